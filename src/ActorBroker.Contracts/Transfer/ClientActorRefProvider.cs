using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Contracts.Transfer;

/// <summary>As <see cref="NodeActorRefProvider"/>, for an actor system that is no node and speaks to nodes.</summary>
public sealed class ClientActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    : RemoteActorRefProvider(systemName, settings, eventStream), ITransferProvider
{
    private readonly TransferSlot _slot = new();

    Transfers ITransferProvider.Transfers => _slot.Transfers!;

    /// <inheritdoc/>
    public override void Init(ActorSystemImpl system)
    {
        base.Init(system);
        _slot.Transfers = Transfers.Start(system);
    }

    /// <inheritdoc/>
    protected override IInternalActorRef CreateRemoteRef(ActorPath actorPath, Address localAddress) =>
        new PartingActorRef(Transport, localAddress, actorPath, _slot);
}
