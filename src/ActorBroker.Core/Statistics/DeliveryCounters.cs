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

    /// <summary>Messages were delivered to a consumer.</summary>
    /// <param name="noAck">It does not settle them.</param>
    /// <param name="redelivered">They had been delivered before.</param>
    /// <param name="count">How many.</param>
    public void CountDelivered(bool noAck, bool redelivered, int count)
    {
        Delivered += noAck ? 0 : count;
        DeliveredNoAck += noAck ? count : 0;
        Redelivered += redelivered ? count : 0;
    }

    /// <summary>A message was taken.</summary>
    /// <param name="noAck">For good.</param>
    /// <param name="redelivered">It had been delivered before.</param>
    public void CountGot(bool noAck, bool redelivered)
    {
        Got += noAck ? 0 : 1;
        GotNoAck += noAck ? 1 : 0;
        Redelivered += redelivered ? 1 : 0;
    }

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
