using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Akka.Actor;

namespace ActorBroker.Broker.Access;

/// <summary>What the access entity is started with.</summary>
/// <param name="Options">What the first start writes.</param>
/// <param name="Clock">For the origin of what the first start writes, and elapsed time.</param>
/// <param name="Catalogues">The region of catalogues; a function, since regions need each other.</param>
/// <param name="Queues">The region of queues.</param>
/// <param name="Exchanges">The region of exchanges.</param>
public sealed record AccessSettings(
    AccessOptions Options,
    TimeProvider Clock,
    Func<ActorSystem, IActorRef> Catalogues,
    Func<ActorSystem, IActorRef> Queues,
    Func<ActorSystem, IActorRef> Exchanges)
{
    /// <summary>Where virtual hosts may be kept; null where there is one journal.</summary>
    public IVirtualHostPlaces? Places { get; init; }

    /// <summary>The nodes that may go by what the entity told them before it moved or restarted; none unless it is set.</summary>
    public Func<ActorSystem, IReadOnlyCollection<Address>> Nodes { get; init; } = static _ => [];

    /// <summary>A snapshot is written after so many events, or a quarter of what there is to write.</summary>
    public int SnapshotAfterEvents { get; init; } = 1_000;
}
