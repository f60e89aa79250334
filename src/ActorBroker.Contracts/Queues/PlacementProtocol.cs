using Akka.Actor;

namespace ActorBroker.Contracts.Queues;

/// <summary>
/// What is said about a queue that was declared to live on a certain node. The entity at its shard, its home, passes on
/// what comes by name, and starts and stops the queue, as a shard does with an entity.
/// </summary>
public abstract record PlacementMessage : IBrokerMessage
{
    private protected PlacementMessage()
    {
    }
}

/// <summary>To the queue host of a node: have the queue of this entity id live there. Answered to its home by <see cref="QueueHosted"/>.</summary>
public sealed record HostQueue(string EntityId, IActorRef Home) : PlacementMessage;

/// <summary>To the home: this is the queue.</summary>
public sealed record QueueHosted(IActorRef Queue) : PlacementMessage;

/// <summary>
/// From the queue to its home: it is about to leave its node. What comes by name waits at home from then on, and
/// <see cref="StopHostedQueue"/> is told; when the queue has ended, the home lives at its shard, or not at all.
/// </summary>
public sealed record HostedQueueLeaves : PlacementMessage;

/// <summary>From the home: write what waits, then end.</summary>
public sealed record StopHostedQueue : PlacementMessage;

/// <summary>To the queue host of a node: how many queues are there? Answered by <see cref="QueuesCounted"/>.</summary>
public sealed record CountQueues : PlacementMessage;

/// <summary>The answer to <see cref="CountQueues"/>: those in memory.</summary>
public sealed record QueuesCounted(int Count) : PlacementMessage;
