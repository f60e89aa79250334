using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Cluster;
using Akka.Event;

namespace ActorBroker.Contracts.Transfer;

/// <summary>What <c>akka.actor.provider</c> names on a node: that of Akka.Cluster, with messages to other nodes cut where they are long.</summary>
public sealed class NodeActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    : ClusterActorRefProvider(systemName, settings, eventStream), ITransferProvider
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
