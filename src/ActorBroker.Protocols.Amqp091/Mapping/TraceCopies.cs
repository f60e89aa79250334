using System.Runtime.InteropServices;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>
/// Copies what passes on one channel of a session, for tracing (RabbitMQ's firehose). What has come by the trace exchange
/// itself is not copied again.
/// </summary>
/// <param name="tracer">Takes the copies.</param>
/// <param name="virtualHost">Where the channel is.</param>
/// <param name="user">Whose it is.</param>
/// <param name="channel">Its number.</param>
public readonly struct TraceCopies(SessionTracer tracer, string virtualHost, string user, ushort channel)
{
    private TraceHeaders Headers => new(tracer, virtualHost, user, channel);

    /// <summary>A delivery would be copied.</summary>
    public static bool IsCopied(MessageRoute route, MessageFormat format) => !TraceHeaders.IsOfTrace(route) && format == MessageFormat.Amqp091;

    /// <summary>Copies the session's last publish, in the message's own arrays.</summary>
    /// <param name="target">What was published to.</param>
    /// <param name="moreKeys">As given to the publish.</param>
    /// <param name="message">The message.</param>
    public void Published(PublishTarget target, string[] moreKeys, in PublishedMessage message)
    {
        var properties = Headers.OfPublish(
            target.Route,
            moreKeys,
            message.PropertiesSource.AsSpan(message.PropertiesOffset, message.PropertiesLength),
            tracer.QueuesOf(target, moreKeys));
        Publish(
            TraceHeaders.RoutingKey("publish.", target.Route.Exchange), properties,
            new ArraySegment<byte>(message.BodySource, message.BodyOffset, message.BodyLength));
    }

    /// <summary>Copies a message that was just delivered or got, where <see cref="IsCopied"/> says so.</summary>
    /// <param name="queue">The queue that it came from.</param>
    /// <param name="route">Where it was published to.</param>
    /// <param name="properties">As the client gets them.</param>
    /// <param name="body">In an array, which is read until the session's next <see cref="IBrokerSession.EndOfRead"/>.</param>
    /// <param name="redelivered">It had been delivered before.</param>
    public void Delivered(string queue, MessageRoute route, ReadOnlySpan<byte> properties, ReadOnlyMemory<byte> body, bool redelivered)
    {
        MemoryMarshal.TryGetArray(body, out var bytes);
        Publish(TraceHeaders.RoutingKey("deliver.", queue), Headers.OfDelivery(route, properties, redelivered), bytes);
    }

    private void Publish(string routingKey, byte[] properties, ArraySegment<byte> body) => tracer.Publish(
        routingKey,
        PublishedMessage.InPlaces(
            properties, 0, properties.Length, body.Array ?? [], body.Offset, body.Count,
            MessageFormat.Amqp091, MessageFlags.HasHeaders, priority: 0));
}
