using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Topology;

/// <summary><c>actorbroker bindings</c>.</summary>
internal static class BindingCommands
{
    public static Command Create(CommandBuilder commands)
    {
        var list = new ListOptions(
            "bindings",
            Column.Text("vhost"), Column.Text("source"), Column.Text("destination_type", "to"), Column.Text("destination"), Column.Text("routing_key", "key"),
            Column.Text("arguments"));
        var ends = new BindingEnds();
        return CommandBuilder.Group(
            "bindings", "Bindings: list, add and delete.",
            list.Command(commands, "List bindings.", static context => context.ListOf("bindings"), commands.VirtualHost),
            commands.Leaf("add", "Bind a queue, or an exchange, to an exchange.", ends.AddAsync, [.. ends.Symbols, commands.VirtualHost]),
            commands.Leaf("delete", "Take a binding away.", ends.DeleteAsync, [.. ends.Symbols, commands.VirtualHost]));
    }

    /// <summary>What a binding lies between, and by what it routes.</summary>
    private sealed class BindingEnds
    {
        private readonly Argument<string> _source = new("source") { Description = "The exchange that messages come from." };
        private readonly Argument<string> _destination = new("destination") { Description = "The queue that they go to." };
        private readonly Option<bool> _toExchange = new("--to-exchange") { Description = "The destination is an exchange." };
        private readonly Option<string> _key = new("--key") { Description = "Routing key.", HelpName = "KEY", DefaultValueFactory = static _ => "" };
        private readonly Option<string[]> _arguments = new("--argument", "-a")
        {
            Description = "An argument such as x-match=any, or a header to match; may be repeated.",
            HelpName = "NAME=VALUE",
        };

        public Symbol[] Symbols => [_source, _destination, _toExchange, _key, _arguments];

        public async Task AddAsync(CommandContext context)
        {
            var body = new JsonObject
            {
                ["routing_key"] = context.Value(_key),
                ["arguments"] = GivenPairs.ObjectOf(_arguments.Name, context.Value(_arguments)),
            };
            await context.Api.PostAsync(PathOf(context), body, context.Ended).ConfigureAwait(false);
            context.Result.Done($"{Sentence(context)} bound", new JsonObject { ["bound"] = true });
        }

        public async Task DeleteAsync(CommandContext context)
        {
            var path = PathOf(context);
            var arguments = GivenPairs.ObjectOf(_arguments.Name, context.Value(_arguments));
            var all = await context.Api.ListAsync(path, context.Ended).ConfigureAwait(false);
            var found = all.OfType<JsonObject>().FirstOrDefault(
                binding => (string?)binding["routing_key"] == context.Value(_key) && JsonNode.DeepEquals(binding["arguments"] ?? new JsonObject(), arguments));
            if (found is null)
            {
                throw new ApiException(System.Net.HttpStatusCode.NotFound, "not_found", $"{Sentence(context)} is not bound by key '{context.Value(_key)}' and these arguments");
            }

            await context.Api.DeleteAsync(path.Then((string)found["properties_key"]!), cancelled: context.Ended).ConfigureAwait(false);
            context.Result.Done($"{Sentence(context)} unbound", new JsonObject { ["unbound"] = true });
        }

        private string Sentence(CommandContext context) =>
            $"{(context.Value(_toExchange) ? "exchange" : "queue")} '{context.Value(_destination)}' to exchange '{context.Value(_source)}'";

        private ApiPath PathOf(CommandContext context) => ApiPath.Of(
            "bindings", context.VirtualHost, "e", context.Value(_source), context.Value(_toExchange) ? "e" : "q", context.Value(_destination));
    }
}
