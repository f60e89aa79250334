using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Messages;

/// <summary>Which messages of a queue a command is about, by what they say.</summary>
internal static class MessageFilters
{
    private static readonly string[] Names = ["routing_key", "exchange", "type", "app_id", "correlation_id", "message_id", "text"];

    /// <param name="whose">What they select from.</param>
    public static Option<string[]> Option(string whose) => new("--filter")
    {
        Description = $"{whose} only that: {string.Join(", ", Names)} (in the body) or header.NAME; may be repeated.",
        HelpName = "NAME=VALUE",
    };

    /// <summary>The filters as parameters of the API.</summary>
    /// <exception cref="FormatException">There is no such filter.</exception>
    public static JsonObject Read(CommandContext context, Option<string[]> option)
    {
        var filters = GivenPairs.ObjectOf(option.Name, context.Value(option));
        var unknown = filters.Select(static filter => filter.Key).FirstOrDefault(static name =>
            !Names.Contains(name) && !name.StartsWith("header.", StringComparison.Ordinal));
        return unknown is null ? filters : throw new FormatException($"{option.Name} {unknown}: expected {string.Join(", ", Names)} or header.NAME");
    }
}
