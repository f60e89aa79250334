using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>
/// Tracing (RabbitMQ's firehose): a copy of each message that the client publishes and of each one that is delivered to
/// it, what has come by the trace exchange itself excepted. Replies of direct reply-to are traced as they are published.
/// </content>
internal sealed partial class Amqp091Channel
{
    /// <summary>Copies messages that were just delivered or got.</summary>
    /// <param name="consumer">Who received them.</param>
    /// <param name="segment">Holds them.</param>
    /// <param name="first">The first one's place in the segment.</param>
    /// <param name="count">How many.</param>
    public void Trace(AmqpConsumer consumer, in DeliverySegment segment, int first, int count)
    {
        if (_session.Tracer is not { } tracer || consumer.Queue is not { } queue)
            return;
        var copies = CopiesFor(tracer);
        for (var index = first; index < first + count; index++)
        {
            var place = segment.StartIndex + index;
            var route = segment.Batch.RouteOf(place);
            if (TraceCopies.IsCopied(route, segment.Batch[place].Format))
                copies.Delivered(queue, route, _connection.Encoder.PropertiesOf(segment, index), segment.Batch.BodyOf(place), segment.Redelivered);
        }
    }

    /// <summary>Copies the message that was just published.</summary>
    private void Trace(PublishTarget target, in PublishedMessage message)
    {
        if (_session.Tracer is { } tracer)
            CopiesFor(tracer).Published(target, Properties.MoreKeys, message);
    }

    private TraceCopies CopiesFor(SessionTracer tracer) => new(tracer, _connection.VirtualHost, _connection.User, Number);
}
