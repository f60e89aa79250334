using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using ActorBroker.Core.Queues.Transactions;
using Akka.Actor;

namespace ActorBroker.Broker.Transactions;

/// <summary>What the entities that decide transactions share.</summary>
/// <param name="Clock">Wall clock for events.</param>
/// <param name="QueueRegion">The region of queues.</param>
public sealed record TransactionSettings(TimeProvider Clock, Func<ActorSystem, IActorRef> QueueRegion)
{
    /// <summary>A participant that has not said for so long that it knows of a commit is told again.</summary>
    public TimeSpan TellAgainAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>So many events make a snapshot, and the events before it are deleted.</summary>
    public int SnapshotAfterEvents { get; init; } = 1_000;
}

/// <summary>Starts a node's way to the entities that decide transactions.</summary>
public static class TransactionSharding
{
    /// <summary>Starts the node's region, or returns the one that is started; it takes every <see cref="Contracts.Transactions.TransactionCommand"/>.</summary>
    public static IActorRef Start(ActorSystem system, TransactionSettings settings) =>
        EntitySharding.Start(
            system,
            EntityIds.TransactionType,
            entityId => TransactionActor.Props(entityId, settings),
            TransactionId.DeciderCount,
            PoisonPill.Instance);

    /// <summary>Settings that find the region of queues by its type.</summary>
    public static TransactionSettings Settings(TimeProvider clock) =>
        new(clock, EntitySharding.Region(EntityIds.QueueType));
}
