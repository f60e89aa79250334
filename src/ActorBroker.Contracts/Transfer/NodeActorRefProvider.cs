using ActorBroker.Contracts.Remoting;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Contracts.Transfer;

/// <summary>
/// What <c>akka.actor.provider</c> names on a node: that of Akka.Cluster, with messages to other nodes cut where they are long,
/// one connection to each node written to at a time, and the end of a node told to those who ask for it late.
/// </summary>
public sealed class NodeActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    : ClusterActorRefProvider(systemName, settings, eventStream), ITransferProvider, IRemoteActorRefProvider
{
    private readonly TransferSlot _slot = new();
    private readonly LostNodes _lost = new();
    private OrderlyTransport? _transport;
    private IActorRef _succession = ActorRefs.Nobody;

    Transfers ITransferProvider.Transfers => _slot.Transfers!;

    // References are made as soon as it listens, which is before Init ends.
    private OrderlyTransport Orderly => LazyInitializer.EnsureInitialized(ref _transport, () => new OrderlyTransport(Transport))!;

    /// <inheritdoc/>
    public override void Init(ActorSystemImpl system)
    {
        base.Init(system);
        _succession = system.SystemActorOf(EndpointSuccessionActor.Props(Orderly), "endpoint-succession");
        system.SystemActorOf(_lost.Keeper(), "lost-nodes");
        _slot.Transfers = Transfers.Start(system);
    }

    /// <inheritdoc/>
    void IRemoteActorRefProvider.Quarantine(Address address, int? uid)
    {
        Orderly.Hold(address);
        _succession.Tell(new EndpointSuccessionActor.QuarantineNode(address, uid));
    }

    /// <inheritdoc/>
    protected override IInternalActorRef CreateRemoteRef(ActorPath actorPath, Address localAddress) =>
        new PartingActorRef(Orderly, localAddress, actorPath, _slot, _lost);
}
