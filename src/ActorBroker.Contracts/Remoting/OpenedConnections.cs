using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ActorBroker.Contracts.Remoting;

/// <summary>
/// Named by <c>hocon/akka.conf</c>: a transport beneath Akka.Remote that notices connections which this node has opened for
/// nobody. Akka.Remote (1.5.74) stops an endpoint that is just connecting when the other node's next incarnation connects
/// first; the handshake goes on, its outcome finds nobody, and nothing ends the connection. The other node takes it for the
/// newer one and reads no other any more, while this one writes to that which came in: nothing that this node tells the
/// other is heard, until one of them is given up.
/// </summary>
public sealed class OpenedConnectionsProvider : ITransportAdapterProvider
{
    /// <inheritdoc/>
    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) => new OpenedConnections(wrappedTransport, system);
}

/// <summary>A connection that this node has opened and does not use: published on its event stream. It has been ended.</summary>
/// <param name="Node">The node at the other end.</param>
internal sealed record ConnectionAbandoned(Address Node) : INoSerializationVerificationNeeded;

/// <summary>Addresses are those of the transport below; connections that come in are left to it.</summary>
internal sealed class OpenedConnections(Transport below, ExtendedActorSystem system) : Transport
{
    // A connection is opened because there is something to be sent, which is sent as soon as the other node has answered.
    private static readonly TimeSpan UseWithin = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override string SchemeIdentifier => below.SchemeIdentifier;

    /// <inheritdoc/>
    public override long MaximumPayloadBytes => below.MaximumPayloadBytes;

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => below.IsResponsibleFor(remote);

    /// <inheritdoc/>
    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => below.Listen();

    /// <inheritdoc/>
    public override async Task<AssociationHandle> Associate(Address remoteAddress) =>
        new Opened(await below.Associate(remoteAddress).ConfigureAwait(false), answered => system.Scheduler.Advanced.ScheduleOnce(UseWithin, () =>
        {
            if (answered.EndIfUnused())
            {
                system.EventStream.Publish(new ConnectionAbandoned(remoteAddress.WithProtocol($"akka.{remoteAddress.Protocol}")));
            }
        }));

    /// <inheritdoc/>
    public override Task<bool> Shutdown() => below.Shutdown();

    private sealed class Opened : AssociationHandle
    {
        // Of Akka.Remote's frames (AkkaProtocolMessage), a message begins so; a heartbeat or the handshake does not.
        private const byte MessageTag = 0x0A;

        private readonly AssociationHandle _below;

        // Or ended.
        private volatile bool _isUsed;

        public Opened(AssociationHandle below, Action<Opened> onAnswer)
            : base(below.LocalAddress, below.RemoteAddress)
        {
            _below = below;
            ReadHandlerSource.Task.ContinueWith(
                reader => below.ReadHandlerSource.SetResult(new Listener(reader.Result, this, onAnswer)), TaskScheduler.Default);
        }

        public override bool Write(ByteString payload)
        {
            if (!_isUsed && payload is [MessageTag, ..])
            {
                _isUsed = true;
            }

            return _below.Write(payload);
        }

        [Obsolete("As below.")]
        public override void Disassociate()
        {
            IsOver();
            _below.Disassociate();
        }

        public void IsOver() => _isUsed = true;

        public bool EndIfUnused()
        {
            if (_isUsed)
            {
                return false;
            }

#pragma warning disable CS0618 // The other overloads log, and end in this one.
            _below.Disassociate();
#pragma warning restore CS0618
            return true;
        }
    }

    private sealed class Listener(IHandleEventListener above, Opened connection, Action<Opened> onAnswer) : IHandleEventListener
    {
        private bool _isAnswered;

        public void Notify(IHandleEvent ev)
        {
            if (ev is not InboundPayload)
            {
                connection.IsOver();
            }
            else if (!_isAnswered)
            {
                _isAnswered = true;
                onAnswer(connection);
            }

            above.Notify(ev);
        }
    }
}
