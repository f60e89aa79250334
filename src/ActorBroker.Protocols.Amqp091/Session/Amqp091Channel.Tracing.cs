using System.Runtime.InteropServices;
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
        var routingKey = TraceHeaders.RoutingKey("deliver.", queue);
        for (var index = first; index < first + count; index++)
        {
            var message = segment.Batch[segment.StartIndex + index];
            var route = segment.Batch.RouteOf(segment.StartIndex + index);
            if (TraceHeaders.IsOfTrace(route) || message.Format != MessageFormat.Amqp091)
                continue;
            var properties = HeadersFor(tracer).OfDelivery(route, _connection.Encoder.PropertiesOf(segment, index), segment.Redelivered);
            MemoryMarshal.TryGetArray(segment.Batch.BodyOf(segment.StartIndex + index), out var body);
            Publish(tracer, routingKey, properties, body);
        }
    }

    /// <summary>Copies the message that was just published.</summary>
    private void Trace(PublishTarget target, in PublishedMessage message)
    {
        if (_session.Tracer is not { } tracer)
            return;
        var properties = HeadersFor(tracer).OfPublish(
            target.Route,
            Properties.MoreKeys,
            message.PropertiesSource.AsSpan(message.PropertiesOffset, message.PropertiesLength),
            tracer.QueuesOf(target, Properties.MoreKeys));
        Publish(
            tracer,
            TraceHeaders.RoutingKey("publish.", target.Route.Exchange),
            properties,
            new ArraySegment<byte>(message.BodySource, message.BodyOffset, message.BodyLength));
    }

    private static void Publish(SessionTracer tracer, string routingKey, byte[] properties, ArraySegment<byte> body) => tracer.Publish(
        routingKey,
        PublishedMessage.InPlaces(
            properties, 0, properties.Length, body.Array ?? [], body.Offset, body.Count,
            MessageFormat.Amqp091, MessageFlags.HasHeaders, priority: 0));

    private TraceHeaders HeadersFor(SessionTracer tracer) => new(tracer, _connection.VirtualHost, _connection.User, Number);
}
