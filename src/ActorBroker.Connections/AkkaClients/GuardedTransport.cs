using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>Named by <c>hocon/profiles/client-gate.conf</c>: a transport beneath Akka.Remote that lets in what <see cref="ClientConnection"/> lets pass.</summary>
public sealed class GuardedTransportProvider : ITransportAdapterProvider
{
    /// <inheritdoc/>
    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) => new GuardedTransport(
        wrappedTransport, new ClientFrames(system), new ClientOrigins(TimeProvider.System, system.Settings.Config.GetTimeSpan("akka.remote.quarantine-after-silence")), system.Log);
}

/// <summary>Addresses are those of the transport below: clients notice nothing.</summary>
internal sealed class GuardedTransport(Transport below, ClientFrames frames, ClientOrigins origins, ILoggingAdapter log) : Transport
{
    /// <inheritdoc/>
    public override string SchemeIdentifier => below.SchemeIdentifier;

    /// <inheritdoc/>
    public override long MaximumPayloadBytes => below.MaximumPayloadBytes;

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => below.IsResponsibleFor(remote);

    /// <inheritdoc/>
    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var (address, listener) = await below.Listen().ConfigureAwait(false);
        var above = new TaskCompletionSource<IAssociationEventListener>();
        listener.SetResult(new AssociationListener(above.Task, this));
        return (address, above);
    }

    /// <inheritdoc/>
    public override async Task<AssociationHandle> Associate(Address remoteAddress) =>
        Guarded(await below.Associate(remoteAddress).ConfigureAwait(false), remoteAddress, isDialled: true);

    /// <inheritdoc/>
    public override Task<bool> Shutdown() => below.Shutdown();

    private GuardedHandle Guarded(AssociationHandle handle, Address remote, bool isDialled) =>
        new(handle, new ClientConnection(frames, origins, SchemeIdentifier, remote, isDialled), log);

    private sealed class AssociationListener(Task<IAssociationEventListener> above, GuardedTransport transport) : IAssociationEventListener
    {
        public void Notify(IAssociationEvent ev)
        {
            var guarded = ev is InboundAssociation inbound ? new InboundAssociation(transport.Guarded(inbound.Association, inbound.Association.RemoteAddress, isDialled: false)) : ev;
            above.ContinueWith(listener => listener.Result.Notify(guarded), TaskScheduler.Default);
        }
    }

    private sealed class GuardedHandle : AssociationHandle
    {
        private readonly AssociationHandle _below;

        public GuardedHandle(AssociationHandle below, ClientConnection connection, ILoggingAdapter log)
            : base(below.LocalAddress, below.RemoteAddress)
        {
            _below = below;
            ReadHandlerSource.Task.ContinueWith(
                reader => below.ReadHandlerSource.SetResult(new FrameListener(reader.Result, connection, below, log)), TaskScheduler.Default);
        }

        public override bool Write(ByteString payload) => _below.Write(payload);

        [Obsolete("As below.")]
        public override void Disassociate() => _below.Disassociate();
    }

    // Told by the connection's event loop, one thing at a time.
    private sealed class FrameListener(IHandleEventListener above, ClientConnection connection, AssociationHandle below, ILoggingAdapter log) : IHandleEventListener
    {
        private bool _isClosing;

        public void Notify(IHandleEvent ev)
        {
            if (ev is Disassociated)
            {
                connection.Ended();
            }

            if (ev is not InboundPayload inbound)
            {
                above.Notify(ev);
                return;
            }

            var fate = _isClosing ? FrameFate.Dropped : connection.Judge(inbound.Payload.Span);
            if (fate == FrameFate.Passed)
            {
                above.Notify(ev);
            }
            else if (fate == FrameFate.Fatal)
            {
                _isClosing = true;
                below.Disassociate("it has sent what no client sends", log);
            }
        }
    }
}
