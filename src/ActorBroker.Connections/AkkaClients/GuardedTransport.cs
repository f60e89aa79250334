using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>Named by <c>hocon/profiles/client-gate.conf</c>: a transport beneath Akka.Remote that lets in what <see cref="ClientFrames"/> admits.</summary>
public sealed class GuardedTransportProvider : ITransportAdapterProvider
{
    /// <inheritdoc/>
    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) => new GuardedTransport(wrappedTransport, new ClientFrames(system));
}

/// <summary>Addresses are those of the transport below: clients notice nothing.</summary>
internal sealed class GuardedTransport(Transport below, ClientFrames frames) : Transport
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
        listener.SetResult(new AssociationListener(above.Task, frames));
        return (address, above);
    }

    /// <inheritdoc/>
    public override async Task<AssociationHandle> Associate(Address remoteAddress) =>
        new GuardedHandle(await below.Associate(remoteAddress).ConfigureAwait(false), frames);

    /// <inheritdoc/>
    public override Task<bool> Shutdown() => below.Shutdown();

    private sealed class AssociationListener(Task<IAssociationEventListener> above, ClientFrames frames) : IAssociationEventListener
    {
        public void Notify(IAssociationEvent ev)
        {
            var guarded = ev is InboundAssociation inbound ? new InboundAssociation(new GuardedHandle(inbound.Association, frames)) : ev;
            above.ContinueWith(listener => listener.Result.Notify(guarded), TaskScheduler.Default);
        }
    }

    private sealed class GuardedHandle : AssociationHandle
    {
        private readonly AssociationHandle _below;

        public GuardedHandle(AssociationHandle below, ClientFrames frames)
            : base(below.LocalAddress, below.RemoteAddress)
        {
            _below = below;
            ReadHandlerSource.Task.ContinueWith(
                reader => below.ReadHandlerSource.SetResult(new FrameListener(reader.Result, frames)), TaskScheduler.Default);
        }

        public override bool Write(ByteString payload) => _below.Write(payload);

        [Obsolete("As below.")]
        public override void Disassociate() => _below.Disassociate();
    }

    private sealed class FrameListener(IHandleEventListener above, ClientFrames frames) : IHandleEventListener
    {
        public void Notify(IHandleEvent ev)
        {
            if (ev is not InboundPayload inbound || frames.MayPass(inbound.Payload.Span))
            {
                above.Notify(ev);
            }
        }
    }
}
