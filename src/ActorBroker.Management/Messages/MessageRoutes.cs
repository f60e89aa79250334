using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Sessions;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Messages;

/// <summary>Single messages: published, and got from a queue.</summary>
internal static class MessageRoutes
{
    // By which they are settled; a session gets from one queue only.
    private const int Getter = 1;

    // RabbitMQ has no limit but its memory.
    private const int CountMax = 10_000;
    private const long BytesMax = 64 * 1024 * 1024;

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Post("exchanges/{vhost}/{exchange}/publish", ApiAccess.User, "Publishes a message, and says whether any queue took it.", PublishAsync),
        ApiRoutes.Post("queues/{vhost}/{queue}/get", ApiAccess.User, "Gets messages from a queue, and puts them back or not as ackmode says.", GetAsync),
    ];

    private static async Task PublishAsync(ApiRequest request)
    {
        var key = ExchangeRoutes.KeyOf(request);
        if (await ExchangeRoutes.DescribeAsync(request.Broker, key).ConfigureAwait(false) is null)
        {
            throw ApiErrorException.ObjectNotFound();
        }

        var body = await request.BodyAsync().ConfigureAwait(false);
        body.Require("routing_key", "properties", "payload", "payload_encoding");
        var routingKey = body.RequiredText("routing_key");
        var payload = body["payload"] is JsonValue value && value.TryGetValue(out string? text) ? text : throw ApiErrorException.BadRequest("payload_not_string");
        var bytes = MessageJson.Decode(payload, body.RequiredText("payload_encoding"));
        var properties = ArgumentTableCodec.Encode(MessageJson.PropertiesOf(body["properties"]));
        var route = RouteOf(key.Name, routingKey);
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        var confirm = await session.PublishAsync(route, properties, bytes).ConfigureAwait(false);
        await (confirm.Outcome switch
        {
            PublishOutcome.Confirmed => request.Json(new JsonObject { ["routed"] = true }),
            PublishOutcome.Returned => request.Json(new JsonObject { ["routed"] = false }),
            PublishOutcome.Rejected => throw ApiErrorException.BadRequest("rejected Unable to publish message. Check queue limits."),
            _ => throw ApiErrorException.OfChannel(confirm.Refusal!),
        }).ConfigureAwait(false);
    }

    private static MessageRoute RouteOf(string exchange, string routingKey)
    {
        try
        {
            return MessageRoute.Create(Encoding.UTF8.GetBytes(exchange), Encoding.UTF8.GetBytes(routingKey));
        }
        catch (ArgumentException failure)
        {
            throw ApiErrorException.BadRequest(failure.Message);
        }
    }

    private static async Task GetAsync(ApiRequest request)
    {
        var queue = request.Value("queue");
        var body = await request.BodyAsync().ConfigureAwait(false);
        body.Require("ackmode", "count", "encoding");
        var (noAck, outcome) = ModeOf(body.RequiredText("ackmode"));
        var isBase64 = body.RequiredText("encoding") switch
        {
            "auto" => false,
            "base64" => true,
            _ => throw ApiErrorException.BadRequest("Unsupported encoding. Please use auto or base64."),
        };
        var count = Math.Min(body.Number("count") ?? 0, CountMax);
        var truncate = body.Number("truncate");
        if (!await QueueRoutes.ExistsAsync(request.Broker, new QueueKey(request.VirtualHost, queue)).ConfigureAwait(false))
        {
            throw ApiErrorException.NotFound($"NOT_FOUND - no {new QueueKey(request.VirtualHost, queue)}");
        }

        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        var messages = new JsonArray();
        List<long> held = [];
        for (long bytes = 0; messages.Count < count && bytes < BytesMax;)
        {
            if (await session.GetAsync(queue, Getter, noAck).ConfigureAwait(false) is not { } taken)
            {
                break;
            }

            var segment = taken.Segment!.Value;
            bytes += segment.Batch[segment.StartIndex].BodyLength;
            messages.Add((JsonNode)MessageJson.ObjectOf(taken, isBase64, truncate));
            held.Add(segment.FirstPosition);
        }

        // All at the end: what was put back at once would be got again.
        if (!noAck)
        {
            foreach (var position in held)
            {
                session.Settle(Getter, outcome, new PositionRange(position, 1));
            }

            await session.SettledAsync(queue).ConfigureAwait(false);
        }

        await request.Json(messages).ConfigureAwait(false);
    }

    private static (bool NoAck, SettleOutcome Outcome) ModeOf(string ackMode) => ackMode switch
    {
        "ack_requeue_true" => (false, SettleOutcome.Requeued),
        "reject_requeue_true" => (false, SettleOutcome.Failed),
        "ack_requeue_false" => (true, SettleOutcome.Accepted),
        "reject_requeue_false" => (false, SettleOutcome.Rejected),
        _ => throw ApiErrorException.BadRequest(
            $"Invalid ackmode value: {ackMode}. Valid values are: ack_requeue_true, ack_requeue_false, reject_requeue_true, reject_requeue_false"),
    };
}
