namespace ActorBroker.Core.Statistics;

/// <summary>
/// How messages went to consumers and came to be settled, as one channel or one queue has it. One writer; others read each
/// number by itself.
/// </summary>
public abstract class DeliveryCounters
{
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

    /// <summary>All that were delivered or taken.</summary>
    public long DeliveredOrGot => Delivered + DeliveredNoAck + Got + GotNoAck;

    /// <summary>Adds another one's counts to these.</summary>
    protected void AddDeliveries(DeliveryCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Delivered += other.Delivered;
        DeliveredNoAck += other.DeliveredNoAck;
        Got += other.Got;
        GotNoAck += other.GotNoAck;
        GetEmpty += other.GetEmpty;
        Redelivered += other.Redelivered;
        Acknowledged += other.Acknowledged;
    }
}
