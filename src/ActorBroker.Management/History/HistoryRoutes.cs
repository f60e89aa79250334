using System.Text.Json.Nodes;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using Akka.Actor;

namespace ActorBroker.Management.History;

/// <summary>
/// What a queue keeps that can be read by position (a stream, a queue with retention): browsed without consuming it, and
/// replayed. RabbitMQ has nothing of the kind.
/// </summary>
internal static class HistoryRoutes
{
    private const string Queue = "queues/{vhost}/{queue}";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get(
            Queue + "/history", ApiAccess.User,
            "A page of the messages that a queue keeps: from = first, last, position or time, with start; count, body_bytes, until_position, until_time; routing_key, exchange, type, app_id, correlation_id, message_id, text (of the body) and header.NAME select.",
            BrowseAsync),
        ApiRoutes.Post(Queue + "/replays", ApiAccess.User, "Publishes a part of the history again, to a queue or an exchange.", StartAsync),
        ApiRoutes.Get(Queue + "/replays/{replay}", ApiAccess.User, "How far a replay has come.", static request =>
            ReportAsync(request, key => new DescribeReplay(key, request.Value("replay")))),
        ApiRoutes.Delete(Queue + "/replays/{replay}", ApiAccess.User, "Ends a replay; what was published stays.", static request =>
            ReportAsync(request, key => new CancelReplay(key, request.Value("replay")))),
    ];

    private static QueueKey KeyOf(ApiRequest request) => new(request.VirtualHost, request.Value("queue"));

    private static async Task BrowseAsync(ApiRequest request)
    {
        var key = KeyOf(request);
        await Demand.RightAsync(request, AccessRight.Read, Destination.Queue(key.Name)).ConfigureAwait(false);
        await request.Json(BrowseForm.ObjectOf(await BrowseForm.AskAsync(request, BrowseForm.Read(request, key)).ConfigureAwait(false))).ConfigureAwait(false);
    }

    private static async Task StartAsync(ApiRequest request)
    {
        var key = KeyOf(request);
        var body = await request.BodyAsync().ConfigureAwait(false);
        var destination = BrowseForm.DestinationOf(body);
        await Demand.RightAsync(request, AccessRight.Read, Destination.Queue(key.Name)).ConfigureAwait(false);
        await Demand.RightAsync(request, AccessRight.Write, destination).ConfigureAwait(false);
        var replay = new ReplayMessages(
            key, body.Text("id") ?? Guid.NewGuid().ToString("N"), BrowseForm.RangeOf(body), BrowseForm.CriteriaOf(body), destination, body.Text("routing_key_for_exchange"), request.Origin);

        // It goes on by itself, and reports to nobody but those who ask.
        var report = await request.Broker.Queues.Ask<ReplayReported>(replay, ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        ApiErrorException.ThrowIf(report.Refusal);
        await request.WriteAsync(201, ObjectOf(report)).ConfigureAwait(false);
    }

    private static async Task ReportAsync(ApiRequest request, Func<QueueKey, HistoryCommand> make)
    {
        var key = KeyOf(request);
        await Demand.RightAsync(request, AccessRight.Read, Destination.Queue(key.Name)).ConfigureAwait(false);
        var report = await request.Broker.Queues.Ask<ReplayReported>(make(key), ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        if (report.State == ReplayState.Failed && report.Refusal is { Reason: RefusalReason.NotFound })
        {
            throw ApiErrorException.ObjectNotFound();
        }

        await request.Json(ObjectOf(report)).ConfigureAwait(false);
    }

    private static JsonObject ObjectOf(ReplayReported report) => new()
    {
        ["id"] = report.ReplayId,
        ["state"] = report.State.ToString().ToLowerInvariant(),
        ["reason"] = report.Refusal?.Text,
        ["looked_at"] = report.Progress.LookedAt,
        ["matched"] = report.Progress.Matched,
        ["replayed"] = report.Progress.Replayed,
        ["unrouted"] = report.Progress.Unrouted,
        ["missing"] = report.Progress.Missing,
        ["next"] = report.Progress.Next,
        ["end"] = report.Progress.End,
    };
}
