using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;

namespace ActorBroker.Connections.AkkaClients;

/// <content>
/// Tracing (RabbitMQ's firehose): what the client publishes and is given is copied as for a client of AMQP. A request of
/// the HTTP API is a session of its own, which is over before a queue of copies may have been found: it stays for them.
/// </content>
internal sealed partial class ClientSessionActor
{
    private static readonly TimeSpan LeavingMax = TimeSpan.FromSeconds(5);

    private long? _leavingSince;

    private TraceCopies? Copies => _session.Tracer is { } tracer ? new TraceCopies(tracer, _open.VirtualHost, _session.User, ConfirmChannel) : null;

    private void TracePublish(PublishTarget target, in PublishedMessage message) => Copies?.Published(target, _properties!.MoreKeys, message);

    private void TraceDelivery(string? queue, in DeliverySegment segment)
    {
        if (queue is null || Copies is not { } copies)
        {
            return;
        }

        for (var index = segment.StartIndex; index < segment.StartIndex + segment.Count; index++)
        {
            var message = segment.Batch[index];
            var route = segment.Batch.RouteOf(index);
            if (TraceCopies.IsCopied(route, message.Format))
            {
                copies.Delivered(queue, route, message.Properties, segment.Batch.BodyOf(index), segment.Redelivered);
            }
        }
    }

    private void Leave()
    {
        _leavingSince ??= _services.Clock.GetTimestamp();
        _session.EndOfRead();
        LeaveWhenTraced();
    }

    private void OnClientGone()
    {
        if (_leavingSince is null)
        {
            End("the client's actor system is gone");
        }
    }

    private void LeaveWhenTraced()
    {
        if (_leavingSince is { } since && !_isEnding
            && (_session.Tracer is not { HasUnderWay: true } || _services.Clock.GetElapsedTime(since) > LeavingMax))
        {
            End(reason: null);
        }
    }
}
