using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Queues.Placement;

/// <summary>How the queues of a node come to live where they were declared to.</summary>
/// <param name="byDefault">Where queues go that say nothing of it.</param>
public sealed class QueueHosting(QueueLeaderLocator byDefault)
{
    private int _count;

    /// <summary>Where queues go that say nothing of it.</summary>
    public QueueLeaderLocator Default { get; } = byDefault;

    /// <summary>The node's <see cref="QueueHostActor"/>.</summary>
    public IActorRef Host { get; internal set; } = ActorRefs.Nobody;

    /// <summary>Queues in the memory of this node.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>A queue is there now.</summary>
    internal void Enter() => Interlocked.Increment(ref _count);

    /// <summary>One is there no more.</summary>
    internal void Leave() => Interlocked.Decrement(ref _count);
}
