using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Broker.Management;

/// <summary>Looks at all that a node counts from time to time, so that rates and past values can be told.</summary>
/// <param name="statistics">What is counted.</param>
/// <param name="isThere">Whether an exchange or a queue is there in a virtual host, as far as the node knows.</param>
/// <param name="clock">Wall clock.</param>
internal sealed class Sampler(NodeStatistics statistics, Func<string, Destination, bool> isThere, TimeProvider clock)
{
    /// <summary>RabbitMQ's.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public SampleTable<QueueFigures> Queues { get; } = new(CounterRows.QueueStats, ReferenceEqualityComparer.Instance);

    public SampleTable<ConnectionFigures> Connections { get; } = new(CounterRows.Connection.Length, ReferenceEqualityComparer.Instance);

    public SampleTable<IChannelFigures> Channels { get; } = new(CounterRows.Channel.Length, ReferenceEqualityComparer.Instance);

    public SampleTable<ExchangeKey> Exchanges { get; } = new(CounterRows.Exchange.Length);

    public SampleTable<ExchangePair> ExchangePairs { get; } = OfPairs<ExchangePair>(CounterRows.ExchangePair, ReferenceEqualityComparer.Instance);

    public SampleTable<QueuePair> QueuePairs { get; } = OfPairs<QueuePair>(CounterRows.QueuePair, ReferenceEqualityComparer.Instance);

    public SampleTable<RouteKey> Routes { get; } = OfPairs<RouteKey>(CounterRows.Route, comparer: null);

    public SampleTable<string> VirtualHosts { get; } = new(CounterRows.VirtualHost.Length - 3, StringComparer.Ordinal);

    public SampleTable<string> Churn { get; } = new(CounterRows.Churn.Length, StringComparer.Ordinal);

    /// <summary>To be called every <see cref="Interval"/>, by one thread at a time.</summary>
    public void Sample()
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        SampleAll(Queues, now, statistics.Queues.All(), static queue => queue, queue =>
        {
            var row = CounterRows.Of(queue);
            queue.Look(now, CounterRows.PassedOf(row) + queue.Ready + queue.Consumers);
            return row;
        });
        var connections = statistics.Connections.All();
        SampleAll(Connections, now, connections, static connection => connection, CounterRows.Of);
        List<IChannelFigures> channels =
            [.. connections.SelectMany(static connection => connection.Channels()).Select(static channel => channel.Figures).OfType<IChannelFigures>()];
        SampleAll(Channels, now, channels, static channel => channel, static channel => CounterRows.Of(channel.Counters));
        SamplePairs(now, channels);
        var totals = NodeTotals.Of(statistics);
        SampleAll(Exchanges, now, totals.Exchanges, static exchange => exchange.Key, static exchange => CounterRows.Of(exchange.Value));
        SampleAll(VirtualHosts, now, totals.VirtualHosts, static host => host.Key, static host => host.Value);
        SampleAll(Churn, now, [statistics.Connections.Churn], static _ => string.Empty, CounterRows.Of);
    }

    /// <summary>What was is forgotten; what is counted goes on. Any thread.</summary>
    public void Clear()
    {
        Queues.Clear();
        Connections.Clear();
        Channels.Clear();
        Exchanges.Clear();
        ExchangePairs.Clear();
        QueuePairs.Clear();
        Routes.Clear();
        VirtualHosts.Clear();
        Churn.Clear();
    }

    private void SamplePairs(long now, List<IChannelFigures> channels)
    {
        statistics.Connections.DropPairs(isThere);
        SampleAll(
            ExchangePairs, now, channels.SelectMany(static channel => channel.Counters.Pairs?.Exchanges() ?? []), static pair => pair, CounterRows.Of);
        SampleAll(QueuePairs, now, channels.SelectMany(static channel => channel.Counters.Pairs?.Queues() ?? []), static pair => pair, CounterRows.Of);
        SampleAll(Routes, now, PairReader.RoutesOf(statistics), static route => route.Key, static route => [route.Value]);
    }

    private static SampleTable<TKey> OfPairs<TKey>(string[] names, IEqualityComparer<TKey>? comparer)
        where TKey : notnull => new(names.Length, comparer) { RowsOfMany = 2 };

    private static void SampleAll<TKey, T>(SampleTable<TKey> table, long now, IEnumerable<T> all, Func<T, TKey> keyOf, Func<T, long[]> rowOf)
        where TKey : notnull
    {
        table.Begin(now);
        foreach (var one in all)
        {
            table.Sample(keyOf(one), rowOf(one));
        }

        table.End();
    }
}
