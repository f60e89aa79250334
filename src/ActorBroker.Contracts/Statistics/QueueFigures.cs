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

    /// <summary>Who has declared it; empty where that is not known.</summary>
    public string DeclaredBy { get; set; } = string.Empty;

    /// <summary>When whoever samples has last seen that something had come or gone, in Unix milliseconds; 0 before the first look.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>It is in memory.</summary>
    public bool IsAwake { get; set; }

    /// <summary>Messages that wait for a consumer; of a stream, all.</summary>
    public long Ready { get; set; }

    /// <summary>Messages that consumers hold.</summary>
    public long Unacknowledged { get; set; }

    /// <summary>What its messages take up, as of the last look.</summary>
    public QueueSizes Sizes { get; set; } = QueueSizes.None;

    /// <summary>Bytes that it takes in memory, of messages that have left included.</summary>
    public long MemoryBytes { get; set; }

    /// <summary>Consumers on the queue.</summary>
    public int Consumers { get; set; }

    /// <summary>The tag of the consumer that is served on a queue with a single active one, or null.</summary>
    public string? SingleActiveConsumerTag { get; set; }

    /// <summary>By the one who samples, each time.</summary>
    /// <param name="now">Unix time in milliseconds.</param>
    /// <param name="passed">A number that grows with whatever comes or goes.</param>
    public void Look(long now, long passed)
    {
        if (passed != _passed)
        {
            _passed = passed;
            ChangedAt = now;
        }
    }

    // Less than any that is counted: the first look sees a change.
    private long _passed = -1;
}
