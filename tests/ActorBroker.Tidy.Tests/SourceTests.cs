using System.Text.RegularExpressions;
using Xunit;

namespace ActorBroker.Tidy.Tests;

/// <summary>What C# sources hold, and what they must not.</summary>
public sealed partial class SourceTests
{
    private const int LinesMax = 400;

    // Sources above the limit, with the lines that they may have. They may shrink, never grow, and none may be added.
    private static readonly Dictionary<string, int> LongerSources = [];

    [Fact]
    public void The_core_and_the_protocols_know_no_actors_sockets_tasks_clocks_chance_or_logs() =>
        Offences.None(Matches(
            Repository.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && file.StartsWith("src/", StringComparison.Ordinal)
                && DependencyTests.IsPure(file.Split('/')[1])),
            Impure()));

    [Fact]
    public void A_namespace_is_named_like_its_folder() =>
        Offences.None(Repository.SourcesOf("src").Concat(Repository.SourcesOf("tests")).Where(file =>
        {
            // A namespace may end above the folder: the methods of a protocol are one namespace with its frames.
            var folder = string.Join('.', file.Split('/')[1..^1]);
            var declared = Repository.Lines(file).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal));
            var space = declared?["namespace ".Length..].TrimEnd(';');
            return space is not null && folder != space && !folder.StartsWith(space + ".", StringComparison.Ordinal);
        }));

    [Fact]
    public void No_namespace_is_a_drawer_for_everything() =>
        Offences.None(Matches(Sources, VagueNamespace()));

    [Fact]
    public void Sources_stay_short_enough_to_be_read() =>
        Offences.None(Sources
            .Select(file => (File: file, Lines: Repository.Lines(file).Length))
            .Where(source => source.Lines > LongerSources.GetValueOrDefault(source.File, LinesMax))
            .Select(source => $"{source.File} has {source.Lines} lines"));

    [Fact]
    public void What_is_written_is_finished() => Offences.None(Matches(Sources, Unfinished()));

    [Fact]
    public void Nothing_waits_by_sleeping() => Offences.None(Matches(Sources, Sleep()));

    [Fact]
    public void Sources_are_not_folded_into_regions() => Offences.None(Matches(Sources, Folded()));

    [Fact]
    public void Settings_are_written_in_hocon_files_not_in_code() =>
        Offences.None(Matches(Repository.SourcesOf("src"), InlineSettings()));

    private static IEnumerable<string> Sources => Repository.SourcesOf("src").Concat(Repository.SourcesOf("tests"));

    /// <summary>Where the pattern occurs, as <c>file:line: text</c>.</summary>
    internal static IEnumerable<string> Matches(IEnumerable<string> files, Regex pattern) => files.SelectMany(file =>
        Repository.Lines(file).Select((line, index) => (Line: line, Number: index + 1))
            .Where(at => pattern.IsMatch(at.Line))
            .Select(at => $"{file}:{at.Number}: {at.Line.Trim()}"));

    [GeneratedRegex(@"\b(Akka|System\.Net|Microsoft\.Extensions|Serilog|ILogger)\b|\b(Value)?Task\b[.<]|(?<!-)\basync\s|\bDateTime(Offset)?\.(Utc)?Now\b|\bRandom\.Shared\b|\bGuid\.NewGuid\b|\bEnvironment\.TickCount|\bStopwatch\b|\bTimeProvider\.System\b")]
    private static partial Regex Impure();

    [GeneratedRegex(@"^namespace .*\b(Utils?|Utilities|Helpers?|Common|Misc)\b")]
    private static partial Regex VagueNamespace();

    // Written so that the patterns do not find themselves.
    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|HAC[K]|XX[X])\b|\bNotImplemented[E]xception\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bThread[.]Sleep\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"^\s*#\s*(end)?region\b")]
    private static partial Regex Folded();

    // Text that came from a file or the command line is parsed by a variable's name.
    [GeneratedRegex(@"\bConfigurationFactory\.ParseString\((\s*$|[@$""])")]
    private static partial Regex InlineSettings();
}
