namespace ActorBroker.Core.Statistics;

/// <summary>
/// What has happened to the messages of one queue since its node knows it. One writer, the queue; others read as they are,
/// each number by itself.
/// </summary>
public sealed class QueueCounters
{
    /// <summary>Messages that came in.</summary>
    public long Published { get; set; }

    /// <summary>Messages delivered to consumers that settle them.</summary>
    public long Delivered { get; set; }

    /// <summary>Messages delivered to consumers that do not.</summary>
    public long DeliveredNoAck { get; set; }

    /// <summary>Messages taken one by one, to be settled.</summary>
    public long Got { get; set; }

    /// <summary>Messages taken one by one for good.</summary>
    public long GotNoAck { get; set; }

    /// <summary>Times that somebody asked for a message when there was none.</summary>
    public long GetEmpty { get; set; }

    /// <summary>Of those delivered or taken, how many had been delivered before.</summary>
    public long Redelivered { get; set; }

    /// <summary>Deliveries that were accepted.</summary>
    public long Acknowledged { get; set; }

    /// <summary>Messages read back from the journal.</summary>
    public long DiskReads { get; set; }

    /// <summary>Messages written to the journal.</summary>
    public long DiskWrites { get; set; }

    /// <summary>Adds another queue's counts to these.</summary>
    public void Add(QueueCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Published += other.Published;
        Delivered += other.Delivered;
        DeliveredNoAck += other.DeliveredNoAck;
        Got += other.Got;
        GotNoAck += other.GotNoAck;
        GetEmpty += other.GetEmpty;
        Redelivered += other.Redelivered;
        Acknowledged += other.Acknowledged;
        DiskReads += other.DiskReads;
        DiskWrites += other.DiskWrites;
    }
}
