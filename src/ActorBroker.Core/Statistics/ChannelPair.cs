namespace ActorBroker.Core.Statistics;

/// <summary>What a channel has to do with one exchange. One writer, its connection; others read each number by itself.</summary>
/// <param name="exchange">The exchange's name; empty for the default one.</param>
public sealed class ExchangePair(string exchange)
{
    /// <summary>The exchange's name; empty for the default one.</summary>
    public string Exchange { get; } = exchange;

    /// <summary>Messages that the channel has published to it.</summary>
    public long Published { get; set; }

    /// <summary>Of those, how many were confirmed, positively.</summary>
    public long Confirmed { get; set; }

    /// <summary>Those without a queue that went back to the client.</summary>
    public long ReturnedUnroutable { get; set; }

    /// <summary>Those without a queue that were dropped.</summary>
    public long DroppedUnroutable { get; set; }
}

/// <summary>What a channel has to do with one queue. One writer, its connection; others read each number by itself.</summary>
/// <param name="queue">The queue's name.</param>
public sealed class QueuePair(string queue) : DeliveryCounters
{
    /// <summary>The queue's name.</summary>
    public string Queue { get; } = queue;

    /// <summary>The queue is gone, or the channel: nobody looks at it any more.</summary>
    public bool IsDropped { get; internal set; }
}

/// <summary>What went from a channel through one exchange to one queue. One writer, its connection; others read it as it is.</summary>
/// <param name="exchange">The name of the exchange that was published to; empty for the default one.</param>
/// <param name="queue">The queue's name.</param>
public sealed class RoutePair(string exchange, string queue)
{
    /// <summary>The name of the exchange that was published to; empty for the default one.</summary>
    public string Exchange { get; } = exchange;

    /// <summary>The queue's name.</summary>
    public string Queue { get; } = queue;

    /// <summary>Messages.</summary>
    public long Published { get; set; }

    /// <summary>The exchange, the queue or the channel is gone: nobody looks at it any more.</summary>
    public bool IsDropped { get; internal set; }
}
