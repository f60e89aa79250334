namespace ActorBroker.Core.Statistics;

/// <summary>
/// What one channel has published, received and settled. One writer, its connection; others read as they are, each number
/// by itself.
/// </summary>
public sealed class ChannelCounters : DeliveryCounters
{
    private PairLimit? _pairLimit;
    private volatile ChannelPairs? _pairs;

    /// <summary>Messages that the client has published.</summary>
    public long Published => Sizes?.Messages ?? 0;

    /// <summary>How large those were; null before the first.</summary>
    public MessageSizes? Sizes { get; private set; }

    /// <summary>Publishes that were confirmed, positively.</summary>
    public long Confirmed { get; set; }

    /// <summary>Publishes without a queue that went back to the client.</summary>
    public long ReturnedUnroutable { get; set; }

    /// <summary>Publishes without a queue that were dropped.</summary>
    public long DroppedUnroutable { get; set; }

    /// <summary>The same by exchanges and queues; null before there is something. For any thread to read.</summary>
    public ChannelPairs? Pairs => _pairs;

    /// <summary>Where the connection counts by exchanges and queues; null where nobody watches.</summary>
    public ChannelPairs? CountedPairs => _pairLimit is { } limit ? _pairs ??= new ChannelPairs(limit) : null;

    /// <summary>From now on exchanges and queues are kept apart. By the connection, or before it knows of this.</summary>
    /// <param name="limit">How many the node has room for.</param>
    public void BeginPairs(PairLimit limit) => _pairLimit = limit;

    /// <summary>The client has published one message more.</summary>
    public void CountPublished(int bodyLength) => (Sizes ??= new MessageSizes()).Count(bodyLength);

    /// <summary>Adds another channel's counts to these.</summary>
    public void Add(ChannelCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Sizes is { } sizes)
        {
            (Sizes ??= new MessageSizes()).Add(sizes);
        }

        Confirmed += other.Confirmed;
        ReturnedUnroutable += other.ReturnedUnroutable;
        DroppedUnroutable += other.DroppedUnroutable;
        AddDeliveries(other);
    }
}
