using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Broker.Management;

/// <summary>What a node has counted, added up: by virtual host, and by exchange, of those that are there and those that were.</summary>
internal sealed class NodeTotals
{
    private const int DiskReads = CounterRows.ChannelStats;
    private const int Traffic = DiskReads + 2;
    private const int Lengths = Traffic + 4;

    private NodeTotals()
    {
    }

    /// <summary>Rows in the order of <see cref="CounterRows.VirtualHost"/>.</summary>
    public Dictionary<string, long[]> VirtualHosts { get; } = new(StringComparer.Ordinal);

    public Dictionary<ExchangeKey, ExchangeCounters> Exchanges { get; } = [];

    public static NodeTotals Of(NodeStatistics statistics)
    {
        var totals = new NodeTotals();
        foreach (var (virtualHost, past) in statistics.Connections.Past())
        {
            var row = totals.RowOf(virtualHost);
            Add(row, past.Channels);
            row[Traffic] += past.BytesRead;
            row[Traffic + 1] += past.Reads;
            row[Traffic + 2] += past.BytesWritten;
            row[Traffic + 3] += past.Writes;
        }

        foreach (var (exchange, past) in statistics.Connections.PastExchanges())
        {
            totals.CountersOf(exchange).Add(past);
        }

        foreach (var connection in statistics.Connections.All())
        {
            totals.Add(connection);
        }

        foreach (var queue in statistics.Queues.All())
        {
            var row = totals.RowOf(queue.Queue.VirtualHost);
            row[DiskReads] += queue.Counters.DiskReads;
            row[DiskReads + 1] += queue.Counters.DiskWrites;
            var (ready, unacknowledged) = (queue.Ready, queue.Unacknowledged);
            row[Lengths] += ready + unacknowledged;
            row[Lengths + 1] += ready;
            row[Lengths + 2] += unacknowledged;
        }

        return totals;
    }

    private void Add(ConnectionFigures connection)
    {
        var row = RowOf(connection.Description.VirtualHost);
        foreach (var channel in connection.Channels())
        {
            if (channel.Figures is { } figures)
            {
                Add(row, figures.Counters);
                foreach (var pair in figures.Counters.Pairs?.Exchanges() ?? [])
                {
                    CountersOf(new ExchangeKey(connection.Description.VirtualHost, pair.Exchange)).AddOutcomes(pair);
                }
            }
        }

        row[Traffic] += connection.BytesRead;
        row[Traffic + 1] += connection.Reads;
        row[Traffic + 2] += connection.BytesWritten;
        row[Traffic + 3] += connection.Writes;
        foreach (var (exchange, counters) in connection.Exchanges())
        {
            CountersOf(exchange).Add(counters);
        }
    }

    private static void Add(long[] row, ChannelCounters channel)
    {
        var values = CounterRows.Of(channel);
        for (var i = 0; i < values.Length; i++)
        {
            row[i] += values[i];
        }
    }

    private long[] RowOf(string virtualHost)
    {
        if (!VirtualHosts.TryGetValue(virtualHost, out var row))
        {
            row = new long[CounterRows.VirtualHost.Length];
            VirtualHosts.Add(virtualHost, row);
        }

        return row;
    }

    private ExchangeCounters CountersOf(ExchangeKey exchange)
    {
        if (!Exchanges.TryGetValue(exchange, out var counters))
        {
            counters = new ExchangeCounters();
            Exchanges.Add(exchange, counters);
        }

        return counters;
    }
}
