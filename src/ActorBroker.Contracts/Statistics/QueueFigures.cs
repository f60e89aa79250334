using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;
using Akka.Actor;

namespace ActorBroker.Contracts.Statistics;

/// <summary>
/// One queue as those see it who watch its node. Written by the queue alone; read by any thread, each value by itself, as
/// of some moment just past. It stays when the queue leaves memory, until it is deleted or wakes on another node.
/// </summary>
/// <param name="queue">The queue.</param>
public sealed class QueueFigures(QueueKey queue)
{
    /// <summary>The queue.</summary>
    public QueueKey Queue { get; } = queue;

    /// <summary>What has happened to its messages.</summary>
    public QueueCounters Counters { get; } = new();

    /// <summary>As declared, or redefined since; null before the queue is there.</summary>
    public QueueDefinition? Definition { get; set; }

    /// <summary>What policies say of it.</summary>
    public EffectivePolicy Policy { get; set; } = EffectivePolicy.None;

    /// <summary>Of an exclusive queue: the connection that it belongs to.</summary>
    public IActorRef? Owner { get; set; }

    /// <summary>It is in memory.</summary>
    public bool IsAwake { get; set; }

    /// <summary>Messages that wait for a consumer; of a stream, all.</summary>
    public long Ready { get; set; }

    /// <summary>Messages that consumers hold.</summary>
    public long Unacknowledged { get; set; }

    /// <summary>About how many bytes its messages are.</summary>
    public long Bytes { get; set; }

    /// <summary>How many of them are in memory.</summary>
    public long BytesInMemory { get; set; }

    /// <summary>Consumers on the queue.</summary>
    public int Consumers { get; set; }

    /// <summary>The tag of the consumer that is served on a queue with a single active one, or null.</summary>
    public string? SingleActiveConsumerTag { get; set; }
}
