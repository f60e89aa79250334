using ActorBroker.Core.Names;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Contracts.Statistics;

/// <summary>A way that messages take: from an exchange to a queue.</summary>
/// <param name="Exchange">That which they are published to.</param>
/// <param name="Queue">The queue.</param>
public readonly record struct RouteKey(ExchangeKey Exchange, QueueKey Queue)
{
    /// <summary>Of names in a virtual host.</summary>
    public static RouteKey Of(string virtualHost, RoutePair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return new RouteKey(new ExchangeKey(virtualHost, pair.Exchange), new QueueKey(virtualHost, pair.Queue));
    }
}

/// <summary>How many messages of channels that are no more went which way. Any thread.</summary>
/// <param name="limit">Each way takes room of it.</param>
public sealed class RouteCounts(PairLimit limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RouteKey, long> _counts = [];

    /// <summary>All that there are.</summary>
    public KeyValuePair<RouteKey, long>[] All()
    {
        lock (_lock)
        {
            return [.. _counts];
        }
    }

    /// <summary>A channel has ended.</summary>
    public void Add(string virtualHost, RoutePair[] routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        lock (_lock)
        {
            foreach (var route in routes)
            {
                var key = RouteKey.Of(virtualHost, route);
                if (_counts.TryGetValue(key, out var count) || limit.TryTake())
                {
                    _counts[key] = count + route.Published;
                }
            }
        }
    }

    /// <summary>Ways that are no more are forgotten.</summary>
    public void Drop(Predicate<RouteKey> isGone)
    {
        ArgumentNullException.ThrowIfNull(isGone);
        lock (_lock)
        {
            foreach (var key in _counts.Keys)
            {
                // Removing does not disturb the enumeration.
                if (isGone(key))
                {
                    _counts.Remove(key);
                    limit.GiveBack(1);
                }
            }
        }
    }
}
