using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Output;

/// <summary>What every list can be asked: which columns, in which order, and only those with a certain name.</summary>
/// <param name="kind">What is listed, as the API calls it.</param>
/// <param name="defaults">The columns that are shown when none are asked for.</param>
internal sealed class ListOptions(string kind, params IReadOnlyList<Column> defaults)
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    private readonly Option<string?> _columns = new("--columns")
    {
        Description = "Fields of the API to show, with commas between them, such as name,message_stats.publish.",
        HelpName = "FIELDS",
    };

    private readonly Option<string?> _sort = new("--sort") { Description = "Field to sort by.", HelpName = "FIELD" };

    private readonly Option<bool> _reverse = new("--reverse") { Description = "Last things first." };

    private readonly Option<string?> _match = new("--match") { Description = "Only what has a name in which this expression is found.", HelpName = "REGEX" };

    /// <summary>The command that lists.</summary>
    /// <param name="commands">Makes it.</param>
    /// <param name="description">What it says.</param>
    /// <param name="path">Where the list is.</param>
    /// <param name="symbols">Further arguments and options.</param>
    public Command Command(CommandBuilder commands, string description, Func<CommandContext, ApiPath> path, params ReadOnlySpan<Symbol> symbols) =>
        commands.Leaf("list", description, context => RunAsync(context, path(context)), [.. symbols, _columns, _sort, _reverse, _match]);

    private async Task RunAsync(CommandContext context, ApiPath path)
    {
        var given = context.Value(_columns)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var columns = given is { Length: > 0 } ? [.. given.Select(static field => Column.Text(field))] : defaults;
        var pattern = PatternOf(context.Value(_match));

        // Programs get all that there is, unless they say what they want.
        var fields = given is { Length: > 0 } || !context.Result.IsJson ? columns.Select(static column => column.Field) : null;
        var asked = path
            .Where("columns", fields is null ? null : string.Join(',', pattern is null ? fields : fields.Append("name")))
            .Where("sort", context.Value(_sort))
            .Where("sort_reverse", context.Value(_reverse) ? "true" : null);
        var items = await context.Api.ListAsync(asked, context.Ended).ConfigureAwait(false);
        context.Result.List(pattern is null ? items : Matching(items, pattern), columns, areAsked: given is { Length: > 0 });
    }

    private JsonArray Matching(JsonArray items, Regex pattern)
    {
        try
        {
            return new JsonArray([.. items.Where(item => pattern.IsMatch((string?)(item as JsonObject)?["name"] ?? "")).Select(static item => item!.DeepClone())]);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new FormatException($"--match takes too long on the names of {kind}");
        }
    }

    private static Regex? PatternOf(string? expression)
    {
        try
        {
            return expression is null ? null : new Regex(expression, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException failure)
        {
            throw new FormatException($"--match {expression}: {failure.Message}", failure);
        }
    }
}
