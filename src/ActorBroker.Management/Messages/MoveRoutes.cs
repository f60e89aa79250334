using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Sessions;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Messages;

/// <summary>
/// Messages that wait in a queue, moved elsewhere one by one: taken, published, and acknowledged when they have arrived. A
/// move that is cut off leaves at most one message in both places, and loses none. RabbitMQ does it by a shovel.
/// </summary>
internal static class MoveRoutes
{
    private const int Getter = 1;
    private const int CountMax = 100_000;

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Post(
            "queues/{vhost}/{queue}/move", ApiAccess.User,
            "Moves messages: destination names a queue, or with destination_type exchange an exchange, which routes by routing_key or each message's own; count is how many at most, of those that are there.",
            MoveAsync),
    ];

    private static async Task MoveAsync(ApiRequest request)
    {
        var queue = request.Value("queue");
        var body = await request.BodyAsync().ConfigureAwait(false);
        var destination = body.RequiredText("destination");
        var isExchange = body.Text("destination_type") == "exchange";
        var routingKey = isExchange ? body.Text("routing_key") : destination;
        var count = Math.Clamp(body.Number("count") ?? CountMax, 0, CountMax);
        if (!await QueueRoutes.ExistsAsync(request.Broker, new QueueKey(request.VirtualHost, queue)).ConfigureAwait(false))
        {
            throw ApiErrorException.ObjectNotFound();
        }

        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        var moved = 0;
        for (; moved < count; moved++)
        {
            if (await session.GetAsync(queue, Getter, noAck: false).ConfigureAwait(false) is not { Segment: { } segment } taken)
            {
                break;
            }

            // What comes back to the queue, by whatever way, would be moved again and again.
            count = moved == 0 ? Math.Min(count, 1 + taken.MessagesLeft) : count;
            var route = RouteOf(isExchange ? destination : string.Empty, routingKey ?? segment.Batch.RouteOf(segment.StartIndex).RoutingKey);
            var confirm = await PublishAsync(session, route, segment).ConfigureAwait(false);
            var isThere = confirm.Outcome == PublishOutcome.Confirmed;
            session.Settle(Getter, isThere ? SettleOutcome.Accepted : SettleOutcome.Released, new PositionRange(segment.FirstPosition, 1));
            if (!isThere)
            {
                await session.SettledAsync(queue).ConfigureAwait(false);
                throw NotTaken(confirm, moved);
            }
        }

        await request.Json(new JsonObject { ["moved"] = moved }).ConfigureAwait(false);
    }

    private static Task<ClientConfirm> PublishAsync(ApiSession session, MessageRoute route, DeliverySegment segment)
    {
        var message = segment.Batch[segment.StartIndex];
        return session.PublishAsync(route, message.Properties.ToArray(), message.Body.ToArray());
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

    private static ApiErrorException NotTaken(ClientConfirm confirm, int moved) => confirm switch
    {
        { Refusal: { } refusal } => ApiErrorException.OfChannel(refusal with { Text = $"{refusal.Text} ({moved} moved before)" }),
        { Outcome: PublishOutcome.Returned } => ApiErrorException.BadRequest($"no queue takes the message ({moved} moved before)"),
        _ => ApiErrorException.BadRequest($"Unable to publish message. Check queue limits. ({moved} moved before)"),
    };
}
