namespace ActorBroker.Core.Statistics;

/// <summary>
/// What one channel has to do with each exchange and each queue. Its connection counts; any thread may look, and drop what is
/// gone.
/// </summary>
/// <param name="limit">Each pair takes room of it.</param>
public sealed class ChannelPairs(PairLimit limit)
{
    private readonly Lock _lock = new();
    private Dictionary<string, ExchangePair>? _exchanges;
    private Dictionary<string, QueuePair>? _queues;
    private Dictionary<(string Exchange, string Queue), RoutePair>? _routes;
    private AwaitedConfirms? _awaited;
    private bool _hasEnded;

    /// <summary>Exchanges that the channel has published to.</summary>
    public ExchangePair[] Exchanges()
    {
        lock (_lock)
        {
            return _exchanges is null ? [] : [.. _exchanges.Values];
        }
    }

    /// <summary>Queues that the channel has got messages of, or has asked for some.</summary>
    public QueuePair[] Queues()
    {
        lock (_lock)
        {
            return _queues is null ? [] : [.. _queues.Values];
        }
    }

    /// <summary>Where the channel's messages went, and by which exchange.</summary>
    public RoutePair[] Routes()
    {
        lock (_lock)
        {
            return _routes is null ? [] : [.. _routes.Values];
        }
    }

    /// <summary>Messages were published to an exchange. By the connection.</summary>
    /// <param name="exchange">Its name.</param>
    /// <param name="count">How many.</param>
    /// <param name="firstTag">The first one's tag, of consecutive ones; 0 where no confirms are awaited.</param>
    public void CountPublished(string exchange, long count, ulong firstTag)
    {
        if (To(exchange) is { } pair)
        {
            pair.Published += count;
            if (firstTag > 0)
            {
                (_awaited ??= new AwaitedConfirms()).Add(firstTag, count, pair);
            }
        }
    }

    /// <summary>Publishes were confirmed, or refused. By the connection.</summary>
    public void CountConfirmed(ulong firstTag, ulong lastTag, bool negative) => _awaited?.Answer(firstTag, lastTag, negative);

    /// <summary>No queue has taken a message. By the connection.</summary>
    /// <param name="exchange">The name of the exchange that it was published to.</param>
    /// <param name="returned">It goes back to the client.</param>
    public void CountUnroutable(string exchange, bool returned)
    {
        if (To(exchange) is { } pair)
        {
            pair.ReturnedUnroutable += returned ? 1 : 0;
            pair.DroppedUnroutable += returned ? 0 : 1;
        }
    }

    /// <summary>Where to count what comes of a queue, to be asked again once it is dropped; null when there is no room. By the connection.</summary>
    public QueuePair? From(string queue)
    {
        lock (_lock)
        {
            if (_queues is not null && _queues.TryGetValue(queue, out var known))
            {
                return known;
            }

            if (_hasEnded || !limit.TryTake())
            {
                return null;
            }

            var pair = new QueuePair(queue);
            (_queues ??= new Dictionary<string, QueuePair>(StringComparer.Ordinal)).Add(queue, pair);
            return pair;
        }
    }

    /// <summary>
    /// Where to count what goes to a queue, to be asked again once it is dropped; null when there is no room. By the connection.
    /// </summary>
    public RoutePair? Along(string exchange, string queue)
    {
        lock (_lock)
        {
            if (_routes is not null && _routes.TryGetValue((exchange, queue), out var known))
            {
                return known;
            }

            if (_hasEnded || !limit.TryTake())
            {
                return null;
            }

            var pair = new RoutePair(exchange, queue);
            (_routes ??= []).Add((exchange, queue), pair);
            return pair;
        }
    }

    /// <summary>What exchanges and queues are gone is forgotten. Any thread.</summary>
    /// <param name="isExchange">Whether an exchange of a name is there.</param>
    /// <param name="isQueue">Whether a queue of a name is there.</param>
    public void Drop(Func<string, bool> isExchange, Func<string, bool> isQueue)
    {
        ArgumentNullException.ThrowIfNull(isExchange);
        ArgumentNullException.ThrowIfNull(isQueue);
        lock (_lock)
        {
            limit.GiveBack(
                Remove(_exchanges, name => !isExchange(name), static _ => { })
                + Remove(_queues, name => !isQueue(name), static pair => pair.IsDropped = true)
                + Remove(_routes, name => !isExchange(name.Exchange) || !isQueue(name.Queue), static pair => pair.IsDropped = true));
        }
    }

    /// <summary>The channel has ended: what it held of the limit is given back, and nothing is counted any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
        }

        Drop(static _ => false, static _ => false);
    }

    private ExchangePair? To(string exchange)
    {
        lock (_lock)
        {
            if (_exchanges is not null && _exchanges.TryGetValue(exchange, out var known))
            {
                return known;
            }

            if (_hasEnded || !limit.TryTake())
            {
                return null;
            }

            var pair = new ExchangePair(exchange);
            (_exchanges ??= new Dictionary<string, ExchangePair>(StringComparer.Ordinal)).Add(exchange, pair);
            return pair;
        }
    }

    private static int Remove<TKey, TPair>(Dictionary<TKey, TPair>? pairs, Func<TKey, bool> isGone, Action<TPair> dropped)
        where TKey : notnull
    {
        if (pairs is null)
        {
            return 0;
        }

        var count = 0;
        foreach (var (key, pair) in pairs)
        {
            // Removing does not disturb the enumeration.
            if (isGone(key))
            {
                pairs.Remove(key);
                dropped(pair);
                count++;
            }
        }

        return count;
    }
}
