namespace ActorBroker.Core.Statistics;

/// <summary>What one connection has published to one exchange. One writer, the connection; others read as they are.</summary>
public sealed class ExchangeCounters
{
    /// <summary>Messages that clients have published to the exchange.</summary>
    public long PublishedIn { get; set; }

    /// <summary>Copies of them that went to queues.</summary>
    public long PublishedOut { get; set; }

    /// <summary>Messages that no queue took.</summary>
    public long Unroutable { get; set; }

    /// <summary>Adds another connection's counts to these.</summary>
    public void Add(ExchangeCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        PublishedIn += other.PublishedIn;
        PublishedOut += other.PublishedOut;
        Unroutable += other.Unroutable;
    }
}
