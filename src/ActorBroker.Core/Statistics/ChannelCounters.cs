namespace ActorBroker.Core.Statistics;

/// <summary>
/// What one channel has published, received and settled. One writer, its connection; others read as they are, each number
/// by itself.
/// </summary>
public sealed class ChannelCounters
{
    /// <summary>Messages that the client has published.</summary>
    public long Published { get; set; }

    /// <summary>Publishes that were confirmed, positively.</summary>
    public long Confirmed { get; set; }

    /// <summary>Publishes without a queue that went back to the client.</summary>
    public long ReturnedUnroutable { get; set; }

    /// <summary>Publishes without a queue that were dropped.</summary>
    public long DroppedUnroutable { get; set; }

    /// <summary>Messages delivered to consumers that settle them.</summary>
    public long Delivered { get; set; }

    /// <summary>Messages delivered to consumers that do not.</summary>
    public long DeliveredNoAck { get; set; }

    /// <summary>Messages taken one by one, to be settled.</summary>
    public long Got { get; set; }

    /// <summary>Messages taken one by one for good.</summary>
    public long GotNoAck { get; set; }

    /// <summary>Times that the client asked for a message when there was none.</summary>
    public long GetEmpty { get; set; }

    /// <summary>Of those delivered or taken, how many had been delivered before.</summary>
    public long Redelivered { get; set; }

    /// <summary>Deliveries that the client has accepted.</summary>
    public long Acknowledged { get; set; }

    /// <summary>Adds another channel's counts to these.</summary>
    public void Add(ChannelCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Published += other.Published;
        Confirmed += other.Confirmed;
        ReturnedUnroutable += other.ReturnedUnroutable;
        DroppedUnroutable += other.DroppedUnroutable;
        Delivered += other.Delivered;
        DeliveredNoAck += other.DeliveredNoAck;
        Got += other.Got;
        GotNoAck += other.GotNoAck;
        GetEmpty += other.GetEmpty;
        Redelivered += other.Redelivered;
        Acknowledged += other.Acknowledged;
    }
}
