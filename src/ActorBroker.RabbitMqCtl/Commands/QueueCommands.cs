using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Queues: deleted, purged.</summary>
internal static class QueueCommands
{
    public static IEnumerable<Command> All =>
    [
        new("delete_queue", HelpSection.Queues, "delete_queue <queue_name> [--if-empty|-e] [--if-unused|-u]", "Deletes a queue")
        {
            Takes = (1, 1),
            HasTimeout = true,
            Switches = [new("if-empty", SwitchKind.Flag, 'e'), new("if-unused", SwitchKind.Flag, 'u'), new("timeout", SwitchKind.Number, 't')],
            Explanations =
            [
                ("<queue_name>", "name of the queue to delete"),
                ("--if-empty", "delete the queue if it is empty (has no messages ready for delivery)"),
                ("--if-unused", "delete the queue only if it has no consumers"),
            ],
            Check = static request =>
            {
                if (request.Arguments[0].Length == 0)
                {
                    throw BadArgumentsException.BadArgument("queue name cannot be an empty string");
                }
            },
            Banner = static request =>
            {
                string[] conditions = [.. request.Flag("if-empty") ? ["if queue is empty "] : Array.Empty<string>(), .. request.Flag("if-unused") ? ["if queue is unused "] : Array.Empty<string>()];
                return $"Deleting queue '{request.Arguments[0]}' on vhost '{request.VirtualHost}' {string.Join("and ", conditions)}...";
            },
            Run = DeleteAsync,
        },
        new("purge_queue", HelpSection.Queues, "purge_queue <queue>", "Purges a queue (removes all messages in it)")
        {
            Takes = (1, 1),
            HasTimeout = true,
            Explanations = [("<queue>", "Name of the queue to purge")],
            Banner = static request => $"Purging queue '{request.Arguments[0]}' in vhost '{request.VirtualHost}' ...",
            Run = static async request => await request.RemoveAsync(PathOf(request).Then("contents")).ConfigureAwait(false)
                ? new Outcome.Done()
                : throw CommandFailedException.Of(ExitCodes.Unavailable, "not_found"),
        },
    ];

    private static ApiPath PathOf(Request request) => ApiPath.Of("queues", request.VirtualHost, request.Arguments[0]);

    private static async Task<Outcome> DeleteAsync(Request request)
    {
        var queue = await request.FindAsync(PathOf(request)).ConfigureAwait(false) ?? throw Refused("Queue not found");
        if (request.Flag("if-empty") && Figure(queue, "messages") > 0)
        {
            throw Refused("Queue is not empty");
        }

        if (request.Flag("if-unused") && Figure(queue, "consumers") > 0)
        {
            throw Refused("Queue is in use");
        }

        // Both are asked of the broker once more, which knows better what has happened since.
        var path = PathOf(request).Where("if-empty", request.Flag("if-empty") ? "true" : null).Where("if-unused", request.Flag("if-unused") ? "true" : null);
        var isThere = await request.RemoveAsync(path).ConfigureAwait(false);
        var ready = Figure(queue, "messages_ready").ToString(CultureInfo.InvariantCulture);
        return isThere ? new Outcome.Message($"Queue was successfully deleted with {ready} ready messages") : throw Refused("Queue not found");
    }

    private static long Figure(JsonObject queue, string name) => queue[name] is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    private static CommandFailedException Refused(string reason) => CommandFailedException.Of(ExitCodes.Usage, reason);
}
