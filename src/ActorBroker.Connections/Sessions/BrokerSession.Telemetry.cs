using System.Diagnostics;
using ActorBroker.Contracts.Telemetry;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>What becomes of messages that carry a trace's context, for whoever listens to <see cref="BrokerTraces"/>.</content>
public sealed partial class BrokerSession
{
    // Of messages that a client holds for long nothing is told when it settles them.
    private const int TracedMax = 10_000;

    private Dictionary<(int ConsumerId, long Position), ActivityContext>? _tracedDeliveries;

    private void TellPublished(SessionTarget target, in PublishedMessage message, QueueLink[] links, DateTimeOffset began)
    {
        var properties = message.PropertiesSource.AsSpan(message.PropertiesOffset, message.PropertiesLength);
        if (!target.IsOfBroker && BrokerTraces.TryGetContext(_services.Formats, message.Format, message.Flags, properties, out var context))
        {
            var publish = BrokerTraces.Tell(
                "publish", ActivityKind.Server, context, began, target.Exchange.Name, "messaging.rabbitmq.destination.routing_key", target.RoutingKey);
            BrokerTraces.Tell(
                "route", ActivityKind.Internal, publish, began, target.Exchange.Name, "actorbroker.queues",
                links.Select(static link => link.Queue).ToArray());
        }
    }

    private void TellDelivered(SessionConsumer consumer, ReadOnlySpan<DeliverySegment> segments)
    {
        var now = _services.Clock.GetUtcNow();
        foreach (ref readonly var segment in segments)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                var message = segment.Batch[segment.StartIndex + i];
                if (BrokerTraces.TryGetContext(_services.Formats, message.Format, message.Flags, message.Properties, out var context))
                {
                    BrokerTraces.Tell(
                        "deliver", ActivityKind.Producer, context, now, consumer.Link.Queue, "messaging.rabbitmq.redelivered", segment.Redelivered);
                    Remember(consumer, segment.FirstPosition + i, context);
                }
            }
        }
    }

    private void Remember(SessionConsumer consumer, long position, ActivityContext context)
    {
        if (consumer.Settings is { NoAck: false } && (_tracedDeliveries ??= []).Count < TracedMax)
        {
            _tracedDeliveries[(consumer.Id, position)] = context;
        }
    }

    private void TellSettled(SessionConsumer consumer, SettleOutcome outcome, PositionRange positions)
    {
        if (_tracedDeliveries is not { Count: > 0 } traced)
        {
            return;
        }

        for (var position = positions.First; position < positions.End; position++)
        {
            if (traced.Remove((consumer.Id, position), out var context))
            {
                BrokerTraces.Tell(
                    "settle", ActivityKind.Server, context, _services.Clock.GetUtcNow(), consumer.Link.Queue, "actorbroker.outcome", outcome.ToString());
            }
        }
    }
}
