using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Management;

/// <summary>How a queue is.</summary>
public enum QueueCondition
{
    /// <summary>It works.</summary>
    Running = 0,

    /// <summary>Nobody uses it, and it is out of memory: it works as soon as somebody does.</summary>
    Sleeping = 1,

    /// <summary>Its node does not answer, or its journal is damaged.</summary>
    Down = 2,
}

/// <summary>One queue.</summary>
/// <param name="VirtualHost">Its virtual host.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">As declared, or redefined since, with its type in the arguments if that is not the default.</param>
/// <param name="Type">Its type.</param>
/// <param name="Policy">What policies say of it.</param>
/// <param name="Node">The name of the node where it is.</param>
/// <param name="Condition">How it is.</param>
public sealed record QueueInfo(
    string VirtualHost, string Name, QueueDefinition Definition, QueueType Type, EffectivePolicy Policy, string Node, QueueCondition Condition)
{
    /// <summary>Messages that wait for a consumer; of a stream, all.</summary>
    public long Ready { get; init; }

    /// <summary>Messages that consumers hold.</summary>
    public long Unacknowledged { get; init; }

    /// <summary>Consumers on the queue.</summary>
    public int Consumers { get; init; }

    /// <summary>What its messages take up.</summary>
    public QueueSizes Sizes { get; init; } = QueueSizes.None;

    /// <summary>Bytes that it takes in memory, of messages that have left included.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>For how much of the last seconds its consumers could take what was there: 0 to 1, 0 without consumers.</summary>
    public double ConsumerCapacity { get; init; }

    /// <summary>Of an exclusive queue: the name of the connection that it belongs to.</summary>
    public string? Owner { get; init; }

    /// <summary>Who has declared it; empty where that is not known.</summary>
    public string DeclaredBy { get; init; } = string.Empty;

    /// <summary>The tag of the consumer that has the queue to itself, or null.</summary>
    public string? ExclusiveConsumerTag { get; init; }

    /// <summary>The tag of the consumer that is served on a queue with a single active one, or null.</summary>
    public string? SingleActiveConsumerTag { get; init; }

    /// <summary>Since when nothing has come or gone, as far as its node has seen; null while something does.</summary>
    public DateTimeOffset? IdleSince { get; init; }

    /// <summary>messages, messages_ready, messages_unacknowledged.</summary>
    public IReadOnlyList<Figure> Lengths { get; init; } = [];

    /// <summary>publish, deliver, deliver_no_ack, get, get_no_ack, get_empty, deliver_get, redeliver, ack, disk_reads, disk_writes; empty where nothing ever happened.</summary>
    public IReadOnlyList<Figure> MessageStats { get; init; } = [];
}
