using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Messages;

/// <summary><c>actorbroker replay</c>: publishes what a queue keeps again.</summary>
internal sealed class ReplayCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(3);

    private readonly Argument<string> _queue = new("queue") { Description = "A stream, or a queue with retention." };
    private readonly Argument<string> _to = new("to") { Description = "The queue that gets the messages, or the exchange." };
    private readonly Option<bool> _toExchange = new("--to-exchange") { Description = "Publish them to an exchange of that name." };
    private readonly Option<string?> _key = new("--key") { Description = "Routing key at the exchange. [default: each message's own]", HelpName = "KEY" };
    private readonly Option<string[]> _filters = MessageFilters.Option("Of what the queue keeps");
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Start it and end; it goes on by itself." };
    private readonly HistoryRangeOptions _range = new();

    public static Command Create(CommandBuilder commands)
    {
        var given = new ReplayCommand();
        return commands.Leaf(
            "replay", "Publish what a queue keeps again, to a queue or an exchange. Ctrl-C ends it; what was published stays.", given.RunAsync,
            [given._queue, given._to, given._toExchange, given._key, .. given._range.Symbols, given._filters, given._noWait, commands.VirtualHost]);
    }

    private async Task RunAsync(CommandContext context)
    {
        var body = MessageFilters.Read(context, _filters);
        body["destination"] = context.Value(_to);
        body["destination_type"] = context.Value(_toExchange) ? "exchange" : "queue";
        body.SetIfGiven("routing_key_for_exchange", context.Value(_key));
        _range.AddTo(body, context);
        var replays = ApiPath.Of("queues", context.VirtualHost, context.Value(_queue), "replays");
        var report = await context.Api.PostAsync(replays, body, context.Ended).ConfigureAwait(false) as JsonObject ?? [];
        if (!context.Value(_noWait))
        {
            var one = replays.Then((string)report["id"]!);
            report = await ProgressBar.ShowAsync(context.Console, "Replaying", part => FollowAsync(context, one, report, part)).ConfigureAwait(false);
        }

        Tell(context, report);
    }

    private static async Task<JsonObject> FollowAsync(CommandContext context, ApiPath replay, JsonObject report, IProgress<double>? part)
    {
        try
        {
            var first = Number(report, "next");
            while ((string?)report["state"] == "running")
            {
                await Task.Delay(Interval, context.Ended).ConfigureAwait(false);
                report = await context.Api.GetAsync(replay, context.Ended).ConfigureAwait(false) as JsonObject ?? [];
                var (next, end) = (Number(report, "next"), Number(report, "end"));
                part?.Report(Math.Clamp((double)(next - first) / Math.Max(end - first, 1), 0, 1));
            }

            return report;
        }
        catch (OperationCanceledException) when (context.Ended.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(CancelLimit);
            await context.Api.DeleteAsync(replay, cancelled: limit.Token).ConfigureAwait(false);
            throw;
        }
    }

    private static void Tell(CommandContext context, JsonObject report)
    {
        var state = (string?)report["state"];
        if (context.Result.IsJson)
        {
            context.Result.Json(report);
        }
        else if (state == "running")
        {
            context.Result.Line($"replay {(string?)report["id"]} started");
        }
        else if (state == "finished")
        {
            context.Result.Line($"{report["replayed"]} of {report["matched"]} messages replayed, {report["unrouted"]} of them to no queue, {report["missing"]} were gone");
        }

        if (state is not ("running" or "finished"))
        {
            throw new CommandFailedException($"the replay {(state == "failed" ? "failed" : "was ended")} after {report["replayed"]} messages: {(string?)report["reason"]}".TrimEnd(':', ' '));
        }
    }

    private static long Number(JsonObject report, string name) => (long?)report[name] ?? 0;
}
