using System.Text.RegularExpressions;
using Xunit;

namespace ActorBroker.Tidy.Tests;

/// <summary>What lies in the repository, and that it is about nothing but itself.</summary>
public sealed partial class LayoutTests
{
    private static readonly string[] TopLevel =
    [
        "src", "tests", "hocon", "ActorBroker.sln", "docker-compose.yml", "README.md", "build.ps1", "LICENSE", "global.json",
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props",
    ];

    // Roots that exist on any machine or in the broker's own image, and those of actor paths and of the HTTP server.
    private static readonly string[] KnownRoots = ["api", "app", "bin", "data", "dev", "etc", "health", "metrics", "proc", "sys", "usr", "var", "system", "user", "v1"];

    private static readonly string[] KnownHosts =
        ["127.0.0.1", "dotnet.microsoft.com", "getakka.net", "www.apache.org", "www.postgresql.org", "www.rabbitmq.com", "www.sqlite.org", "www.w3.org", "xunit.net"];

    [Fact]
    public void The_top_level_holds_the_agreed_names_and_dot_files_only() =>
        Offences.None(Repository.TopLevelNames.Where(name => !name.StartsWith('.')).Except(TopLevel));

    [Fact]
    public void Paths_are_those_of_any_machine() =>
        Offences.None(Found(Repository.TextFiles, AbsolutePath(), KnownRoots));

    [Fact]
    public void Addresses_are_those_of_public_pages() =>
        Offences.None(Found(Repository.TextFiles, Address(), KnownHosts));

    [Fact]
    public void Text_files_end_with_a_line_and_have_neither_tabs_nor_trailing_blanks() =>
        Offences.None(Repository.TextFiles.Where(file =>
        {
            var text = Repository.Text(file);
            return text.Length > 0 && (!text.EndsWith('\n') || Untidy().IsMatch(text));
        }));

    /// <summary>Matches whose group <c>name</c> is not among the known ones.</summary>
    private static IEnumerable<string> Found(IEnumerable<string> files, Regex pattern, string[] known) => files.SelectMany(file =>
        Repository.Lines(file).SelectMany((line, index) => pattern.Matches(line)
            .Where(match => !known.Contains(match.Groups["name"].Value))
            .Select(match => $"{file}:{index + 1}: {match.Value}")));

    [GeneratedRegex(@"(?:^|(?<=[\s""'`(=:,<>\[]))(?:/(?<name>[A-Za-z][\w.-]*)/[A-Za-z0-9]|[A-Za-z]:\\(?<name>\w+))")]
    private static partial Regex AbsolutePath();

    [GeneratedRegex(@"\bhttps?://(?<name>[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)")]
    private static partial Regex Address();

    [GeneratedRegex(@"\t|[ \r]\n")]
    private static partial Regex Untidy();
}
