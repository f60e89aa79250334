namespace ActorBroker.Core.Statistics;

/// <summary>What one connection has published to one exchange. One writer, the connection; others read as they are.</summary>
public sealed class ExchangeCounters
{
    /// <summary>Messages that clients have published to the exchange.</summary>
    public long PublishedIn { get; set; }

    /// <summary>Copies of them that went to queues.</summary>
    public long PublishedOut { get; set; }

    /// <summary>Messages that were confirmed, positively; without those of channels that the node had no room to tell apart.</summary>
    public long Confirmed { get; private set; }

    /// <summary>Messages that no queue took and that went back; as far as <see cref="Confirmed"/>.</summary>
    public long ReturnedUnroutable { get; private set; }

    /// <summary>Messages that no queue took and that were dropped; as far as <see cref="Confirmed"/>.</summary>
    public long DroppedUnroutable { get; private set; }

    /// <summary>Adds another connection's counts to these.</summary>
    public void Add(ExchangeCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        PublishedIn += other.PublishedIn;
        PublishedOut += other.PublishedOut;
        Confirmed += other.Confirmed;
        ReturnedUnroutable += other.ReturnedUnroutable;
        DroppedUnroutable += other.DroppedUnroutable;
    }

    /// <summary>Adds what has become of a channel's publishes.</summary>
    public void AddOutcomes(ExchangePair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        Confirmed += pair.Confirmed;
        ReturnedUnroutable += pair.ReturnedUnroutable;
        DroppedUnroutable += pair.DroppedUnroutable;
    }
}
