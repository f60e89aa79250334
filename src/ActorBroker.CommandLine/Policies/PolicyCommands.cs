using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Policies;

/// <summary><c>actorbroker policies</c> and <c>actorbroker operator-policies</c>.</summary>
internal static class PolicyCommands
{
    /// <param name="commands">Makes the commands.</param>
    /// <param name="kind">As the API calls them.</param>
    /// <param name="words">As people do.</param>
    public static Command Create(CommandBuilder commands, string kind, string words)
    {
        var list = new ListOptions(
            words, Column.Text("vhost"), Column.Text("name"), Column.Text("pattern"), Column.Text("apply-to"), Column.Count("priority"), Column.Text("definition"));
        return CommandBuilder.Group(
            kind, $"{words[..1].ToUpperInvariant()}{words[1..]}, which hold for queues and exchanges by their names: list, set and delete.",
            list.Command(commands, $"List {words}.", context => context.ListOf(kind), commands.VirtualHost),
            Set(commands, kind),
            Delete(commands, kind));
    }

    private static Command Set(CommandBuilder commands, string kind)
    {
        var name = new Argument<string>("name") { Description = "The policy's name." };
        var pattern = new Argument<string>("pattern") { Description = "Expression for the names of those that it holds for." };
        var definition = new Argument<string>("definition") { Description = "What holds, as JSON: {\"max-length\":1000}." };
        var applyTo = new Option<string>("--apply-to")
        {
            Description = "all, queues, classic_queues, quorum_queues, streams or exchanges.",
            HelpName = "KIND",
            DefaultValueFactory = static _ => "all",
        };
        var priority = new Option<int>("--priority") { Description = "The highest of those that match is in force.", HelpName = "N" };
        return commands.Leaf(
            "set", "Set a policy.",
            async context =>
            {
                var body = new JsonObject
                {
                    ["pattern"] = context.Value(pattern),
                    ["definition"] = DefinitionOf(context.Value(definition)),
                    ["apply-to"] = context.Value(applyTo),
                    ["priority"] = context.Value(priority),
                };
                var isNew = await context.Api.PutAsync(ApiPath.Of(kind, context.VirtualHost, context.Value(name)), body, context.Ended).ConfigureAwait(false);
                context.Result.Done($"policy '{context.Value(name)}' {(isNew ? "set" : "changed")}", new JsonObject { ["created"] = isNew });
            },
            name, pattern, definition, applyTo, priority, commands.VirtualHost);
    }

    private static Command Delete(CommandBuilder commands, string kind)
    {
        var name = new Argument<string>("name") { Description = "The policy's name." };
        return commands.Leaf(
            "delete", "Take a policy away.",
            async context =>
            {
                await context.Api.DeleteAsync(ApiPath.Of(kind, context.VirtualHost, context.Value(name)), cancelled: context.Ended).ConfigureAwait(false);
                context.Result.Done($"policy '{context.Value(name)}' deleted", new JsonObject { ["deleted"] = true });
            },
            name, commands.VirtualHost);
    }

    private static JsonObject DefinitionOf(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new FormatException("the definition is not an object");
        }
        catch (JsonException failure)
        {
            throw new FormatException($"the definition is not JSON: {failure.Message}", failure);
        }
    }
}
