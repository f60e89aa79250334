using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Messages;

/// <summary><c>actorbroker get</c>.</summary>
internal static class GetCommand
{
    public static Command Create(CommandBuilder commands)
    {
        var queue = new Argument<string>("queue") { Description = "The queue." };
        var count = new Option<int>("--count") { Description = "How many messages at most.", HelpName = "N", DefaultValueFactory = static _ => 1 };
        var take = new Option<bool>("--ack") { Description = "Take them out of the queue. Without it they go back, marked as redelivered." };
        var reject = new Option<bool>("--reject") { Description = "Reject them: they are dead-lettered, where the queue says so." };
        var bytes = new Option<int?>("--max-bytes") { Description = "So much of each body.", HelpName = "N" };
        var payload = new Option<bool>("--payload") { Description = "Print bodies only, as they are." };
        return commands.Leaf(
            "get", "Get messages from a queue.",
            async context =>
            {
                if (context.Value(take) && context.Value(reject))
                {
                    throw new FormatException("--ack and --reject exclude each other");
                }

                var body = new JsonObject
                {
                    ["count"] = context.Value(count) is > 0 and var most ? most : throw new FormatException("--count is a number above 0"),
                    ["ackmode"] = context.Value(take) ? "ack_requeue_false" : context.Value(reject) ? "reject_requeue_false" : "ack_requeue_true",
                    ["encoding"] = "auto",
                };
                if (context.Value(bytes) is { } limit)
                {
                    body["truncate"] = limit;
                }

                var path = ApiPath.Of("queues", context.VirtualHost, context.Value(queue), "get");
                var messages = await context.Api.PostAsync(path, body, context.Ended).ConfigureAwait(false) as JsonArray ?? [];
                if (context.Result.IsJson)
                {
                    context.Result.Json(messages);
                    return;
                }

                var view = new MessageView(context, context.Value(payload));
                foreach (var message in messages.OfType<JsonObject>())
                {
                    view.Show(message);
                }
            },
            queue, count, take, reject, bytes, payload, commands.VirtualHost);
    }
}
