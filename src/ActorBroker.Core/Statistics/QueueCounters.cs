using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Statistics;

/// <summary>
/// What has happened to the messages of one queue since its node knows it. One writer, the queue; others read as they are,
/// each number by itself.
/// </summary>
public sealed class QueueCounters : DeliveryCounters
{
    /// <summary>Messages that came in.</summary>
    public long Published { get; set; }

    /// <summary>Messages read back from the journal.</summary>
    public long DiskReads { get; set; }

    /// <summary>Messages written to the journal.</summary>
    public long DiskWrites { get; set; }

    /// <summary>Messages that the queue has given up; null before the first.</summary>
    public DeadLetterCounters? DeadLetters { get; private set; }

    /// <summary>How well its consumers keep up; null as long as nothing has waited for one.</summary>
    public ConsumerUse? ConsumerUse { get; private set; }

    /// <summary>The queue gives messages up.</summary>
    /// <param name="strategy">How they go to a dead letter exchange; null where they have none to go to.</param>
    /// <param name="reason">Why.</param>
    /// <param name="count">How many.</param>
    public void CountDead(DeadLetterStrategy? strategy, DeathReason reason, long count) =>
        (DeadLetters ??= new DeadLetterCounters()).Count(strategy, reason, count);

    /// <summary>Messages that the queue has given up have arrived.</summary>
    public void CountArrived(long count) => (DeadLetters ??= new DeadLetterCounters()).Confirmed += count;

    /// <summary>Consumers have been given what they can take, and messages are left for want of one, or none are.</summary>
    public void CountShortage(bool isShort, long now)
    {
        if (isShort)
        {
            ConsumerUse ??= new ConsumerUse(now);
        }

        ConsumerUse?.Set(isShort, now);
    }

    /// <summary>Adds another queue's counts to these.</summary>
    public void Add(QueueCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Published += other.Published;
        AddDeliveries(other);
        DiskReads += other.DiskReads;
        DiskWrites += other.DiskWrites;
        if (other.DeadLetters is { } dead)
        {
            (DeadLetters ??= new DeadLetterCounters()).Add(dead);
        }
    }
}
