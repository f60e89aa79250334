using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Broker.Management;

/// <summary>Looks at all that a node counts from time to time, so that rates and past values can be told.</summary>
/// <param name="statistics">What is counted.</param>
/// <param name="clock">Wall clock.</param>
internal sealed class Sampler(NodeStatistics statistics, TimeProvider clock)
{
    /// <summary>RabbitMQ's.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public SampleTable<QueueFigures> Queues { get; } = new(CounterRows.QueueStats, ReferenceEqualityComparer.Instance);

    public SampleTable<ConnectionFigures> Connections { get; } = new(CounterRows.Connection.Length, ReferenceEqualityComparer.Instance);

    public SampleTable<IChannelFigures> Channels { get; } = new(CounterRows.Channel.Length, ReferenceEqualityComparer.Instance);

    public SampleTable<ExchangeKey> Exchanges { get; } = new(CounterRows.Exchange.Length);

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
        SampleAll(
            Channels, now, connections.SelectMany(static connection => connection.Channels()).Select(static channel => channel.Figures).OfType<IChannelFigures>(),
            static channel => channel, static channel => CounterRows.Of(channel.Counters));
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
        VirtualHosts.Clear();
        Churn.Clear();
    }

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
