using System.Text.Json.Nodes;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Messages;
using Akka.Actor;

namespace ActorBroker.Management.History;

/// <summary>
/// What a queue keeps that can be read by position (a stream, a queue with retention): browsed without consuming it, and
/// replayed. RabbitMQ has nothing of the kind.
/// </summary>
internal static class HistoryRoutes
{
    private const string Queue = "queues/{vhost}/{queue}";
    private const string HeaderPrefix = "header.";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get(
            Queue + "/history", ApiAccess.User,
            "A page of the messages that a queue keeps: from = first, last, position or time, with start; count, body_bytes, until_position, until_time; routing_key, exchange, type, app_id, correlation_id, message_id and header.NAME select.",
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
        var asked = new JsonObject([.. request.Http.Request.Query.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value[^1]))]);
        var limits = new PageLimits(
            (int)Math.Clamp(asked.Number("count") ?? PageLimits.Default.Count, 1, PageLimits.CountMax), PageLimits.BytesMax,
            asked.Number("body_bytes") is { } bytes ? (int)Math.Clamp(bytes, 0, PageLimits.BytesMax) : null);
        var browse = new BrowseQueue(key, 0, RangeOf(asked), CriteriaOf(asked), limits, request.Origin);
        var page = await request.Broker.Queues.Ask<QueueBrowsed>(browse, ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        Check(page.Refusal);
        await request.Json(new JsonObject
        {
            ["items"] = new JsonArray([.. page.Messages.Select(message => (JsonNode)ObjectOf(message))]),
            ["next"] = page.Next,
            ["is_end"] = page.IsEnd,
            ["first"] = page.Extent.First,
            ["end"] = page.Extent.End,
        }).ConfigureAwait(false);
    }

    private static async Task StartAsync(ApiRequest request)
    {
        var key = KeyOf(request);
        var body = await request.BodyAsync().ConfigureAwait(false);
        var name = body.RequiredText("destination");
        var destination = body.Text("destination_type") switch
        {
            null or "queue" => Destination.Queue(name),
            "exchange" => Destination.Exchange(name),
            var other => throw ApiErrorException.BadRequest($"destination_type is queue or exchange, not '{other}'"),
        };
        await Demand.RightAsync(request, AccessRight.Read, Destination.Queue(key.Name)).ConfigureAwait(false);
        await Demand.RightAsync(request, AccessRight.Write, destination).ConfigureAwait(false);
        var replay = new ReplayMessages(
            key, body.Text("id") ?? Guid.NewGuid().ToString("N"), RangeOf(body), CriteriaOf(body), destination, body.Text("routing_key_for_exchange"), request.Origin);

        // It goes on by itself, and reports to nobody but those who ask.
        var report = await request.Broker.Queues.Ask<ReplayReported>(replay, ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        Check(report.Refusal);
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

    private static HistoryRange RangeOf(JsonObject asked)
    {
        var from = asked.Text("from") switch
        {
            null or "first" => HistoryStart.First,
            "last" => HistoryStart.Last,
            "position" => HistoryStart.Position,
            "time" => HistoryStart.Time,
            var other => throw ApiErrorException.BadRequest($"from is first, last, position or time, not '{other}'"),
        };
        var range = new HistoryRange(from, asked.Number("start") ?? 0, asked.Number("until_position"), asked.Number("until_time"));
        Check(range.Check());
        return range;
    }

    private static MessageCriteria CriteriaOf(JsonObject asked)
    {
        var headers = new ArgumentTable.Builder();
        foreach (var (name, value) in asked)
        {
            if (name.StartsWith(HeaderPrefix, StringComparison.Ordinal))
            {
                headers.Add(name[HeaderPrefix.Length..], JsonArguments.ValueOf(value));
            }
        }

        var criteria = MessageCriteria.None with
        {
            RoutingKey = asked.Text("routing_key"),
            Exchange = asked.Text("exchange"),
            Headers = headers.Build(),
            Type = asked.Text("type"),
            AppId = asked.Text("app_id"),
            CorrelationId = asked.Text("correlation_id"),
            MessageId = asked.Text("message_id"),
        };
        Check(criteria.Check());
        return criteria;
    }

    private static JsonObject ObjectOf(BrowsedMessage message)
    {
        var item = new JsonObject
        {
            ["position"] = message.Position,
            ["written_at"] = message.WrittenAt,
            ["exchange"] = message.Exchange,
            ["routing_key"] = message.RoutingKey,
            ["payload_bytes"] = message.BodyLength,
            ["properties"] = JsonArguments.ObjectOf(message.Properties),
        };
        ((JsonObject)item["properties"]!)["headers"] = JsonArguments.ObjectOf(message.Headers);
        MessageJson.AddPayload(item, message.Body.Span, isBase64: false, truncate: null);
        return item;
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

    private static void Check(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw ApiErrorException.Of(refusal);
        }
    }
}
