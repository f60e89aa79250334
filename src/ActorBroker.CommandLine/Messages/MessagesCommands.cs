using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Messages;

/// <summary><c>actorbroker messages</c>: single messages in a queue, by their positions.</summary>
internal static class MessagesCommands
{
    public static Command Create(CommandBuilder commands) => CommandBuilder.Group(
        "messages", "Messages in a queue, by position: list without consuming, delete, move and copy.",
        List(commands),
        Delete(commands),
        Transfer(commands, "move", "Move messages elsewhere, unless consumers hold them.", "move", "moved", "moved"),
        Transfer(commands, "copy", "Publish copies of messages elsewhere; they stay.", "replay", "replayed", "copied"));

    private static Argument<string> Queue() => new("queue") { Description = "The queue." };

    private static Argument<long[]> Positions() => new("position") { Description = "Positions, as listed.", Arity = ArgumentArity.OneOrMore };

    private static ApiPath PathOf(CommandContext context, string queue) => ApiPath.Of("queues", context.VirtualHost, queue, "messages");

    private static Command List(CommandBuilder commands)
    {
        var queue = Queue();
        var from = new Option<long?>("--from") { Description = "Position to begin at. [default: the first]", HelpName = "POSITION" };
        var last = new Option<int?>("--last", "-n") { Description = "The last so many only.", HelpName = "N" };
        var count = new Option<int>("--count") { Description = "How many messages at most.", HelpName = "N", DefaultValueFactory = static _ => 100 };
        var bytes = new Option<int?>("--max-bytes") { Description = "So much of each body.", HelpName = "N" };
        var payload = new Option<bool>("--payload") { Description = "Print bodies only, as they are." };
        var filters = MessageFilters.Option("Of what is in the queue");
        return commands.Leaf(
            "list", "List the messages in a queue, those that consumers hold too.",
            async context =>
            {
                var path = PathOf(context, context.Value(queue)).Where("body_bytes", context.Value(bytes)?.ToString(CultureInfo.InvariantCulture));
                foreach (var (name, value) in MessageFilters.Read(context, filters))
                {
                    path = path.Where(name, value?.ToString());
                }

                var start = context.Value(from);
                var page = path.Where("from", context.Value(last) is null ? start is null ? "first" : "position" : "last")
                    .Where("start", (context.Value(last) ?? start)?.ToString(CultureInfo.InvariantCulture));
                var items = await ReadAsync(context, path, page, context.Value(count)).ConfigureAwait(false);
                if (context.Result.IsJson)
                {
                    context.Result.Json(items);
                    return;
                }

                var view = new MessageView(context, context.Value(payload));
                foreach (var message in items.OfType<JsonObject>())
                {
                    view.Show(message);
                }
            },
            queue, from, last, count, filters, bytes, payload, commands.VirtualHost);
    }

    // Pages are bounded by bytes and by time, too: one may be empty although more follow.
    private static async Task<JsonArray> ReadAsync(CommandContext context, ApiPath path, ApiPath first, int count)
    {
        var all = new JsonArray();
        for (var asked = first; all.Count < count;)
        {
            var left = (count - all.Count).ToString(CultureInfo.InvariantCulture);
            var page = await context.Api.GetAsync(asked.Where("count", left), context.Ended).ConfigureAwait(false) as JsonObject ?? [];
            foreach (var item in page["items"] as JsonArray ?? [])
            {
                all.Add(item?.DeepClone());
            }

            if ((bool?)page["is_end"] != false)
            {
                break;
            }

            asked = path.Where("from", "position").Where("start", page["next"]!.ToString());
        }

        return all;
    }

    private static Command Delete(CommandBuilder commands)
    {
        var (queue, positions) = (Queue(), Positions());
        var deadLetter = new Option<bool>("--dead-letter") { Description = "They go to the queue's dead letter exchange." };
        return commands.Leaf(
            "delete", "Delete messages, unless consumers hold them.",
            async context =>
            {
                var body = BodyOf(context.Value(positions));
                body["dead_letter"] = context.Value(deadLetter);
                await AskAsync(context, PathOf(context, context.Value(queue)).Then("delete"), body, "deleted", "deleted").ConfigureAwait(false);
            },
            queue, positions, deadLetter, commands.VirtualHost);
    }

    private static Command Transfer(CommandBuilder commands, string word, string description, string operation, string done, string verb)
    {
        var (queue, positions) = (Queue(), Positions());
        var to = new Argument<string>("to") { Description = "The queue that gets the messages, or the exchange." };
        var toExchange = new Option<bool>("--to-exchange") { Description = "Publish them to an exchange of that name." };
        var key = new Option<string?>("--key") { Description = "Routing key at the exchange. [default: each message's own]", HelpName = "KEY" };
        return commands.Leaf(
            word, description,
            async context =>
            {
                var body = BodyOf(context.Value(positions));
                body["destination"] = context.Value(to);
                body["destination_type"] = context.Value(toExchange) ? "exchange" : "queue";
                body.SetIfGiven("routing_key", context.Value(key));
                await AskAsync(context, PathOf(context, context.Value(queue)).Then(operation), body, done, verb).ConfigureAwait(false);
            },
            queue, to, positions, toExchange, key, commands.VirtualHost);
    }

    private static JsonObject BodyOf(long[] positions) => new() { ["positions"] = new JsonArray([.. positions.Select(static position => (JsonNode)position)]) };

    private static async Task AskAsync(CommandContext context, ApiPath path, JsonObject body, string done, string verb)
    {
        var answer = await context.Api.PostAsync(path, body, context.Ended).ConfigureAwait(false) as JsonObject ?? [];
        var (count, left) = ((long?)answer[done] ?? 0, (long?)answer["left"] ?? 0);
        context.Result.Done($"{count} messages {verb}{(left > 0 ? $", {left} left: held by consumers, or not there" : "")}", answer);
    }
}
