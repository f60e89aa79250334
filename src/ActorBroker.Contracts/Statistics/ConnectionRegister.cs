using ActorBroker.Core.Names;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Contracts.Statistics;

/// <summary>
/// The connections of a node, and what those have done that are no more. A connection enters and leaves by itself; any
/// thread may look.
/// </summary>
/// <param name="pairs">Room for pairs of channels, exchanges and queues.</param>
public sealed class ConnectionRegister(PairLimit pairs)
{
    private readonly Lock _lock = new();
    private readonly List<ConnectionFigures> _connections = [];
    private readonly Dictionary<string, VirtualHostHistory> _past = new(StringComparer.Ordinal);
    private readonly Dictionary<ExchangeKey, ExchangeCounters> _pastExchanges = [];
    private readonly Dictionary<string, ProtocolCounters> _pastProtocols = new(StringComparer.Ordinal);

    /// <summary>How many connections there are.</summary>
    public int Count => _connections.Count;

    /// <summary>Which way the messages of channels went that are no more.</summary>
    public RouteCounts PastRoutes { get; } = new(pairs);

    /// <summary>Connections, channels and queues that came and went.</summary>
    public Churn Churn { get; } = new();

    /// <summary>A connection is there.</summary>
    public void Enter(ConnectionFigures connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        lock (_lock)
        {
            connection.Place = _connections.Count;
            _connections.Add(connection);
        }
    }

    /// <summary>A connection has ended, with its channels; what it has done stays.</summary>
    public void Leave(ConnectionFigures connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var exchanges = connection.Exchanges();
        lock (_lock)
        {
            if (connection.Place < 0)
            {
                return;
            }

            var last = _connections[^1];
            _connections[connection.Place] = last;
            last.Place = connection.Place;
            _connections.RemoveAt(_connections.Count - 1);
            connection.Place = -1;
            if (connection.Description.VirtualHost is { Length: > 0 } virtualHost)
            {
                var past = PastOf(virtualHost);
                past.BytesRead += connection.BytesRead;
                past.BytesWritten += connection.BytesWritten;
                past.Reads += connection.Reads;
                past.Writes += connection.Writes;
            }

            foreach (var (exchange, counters) in exchanges)
            {
                PastOf(exchange).Add(counters);
            }
        }
    }

    /// <summary>A channel has ended; what it has done stays.</summary>
    public void Leave(string virtualHost, string protocol, IChannelFigures channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var pairs = channel.Counters.Pairs;
        var (exchanges, routes) = (pairs?.Exchanges() ?? [], pairs?.Routes() ?? []);
        pairs?.End();
        PastRoutes.Add(virtualHost, routes);
        lock (_lock)
        {
            foreach (var exchange in exchanges)
            {
                PastOf(new ExchangeKey(virtualHost, exchange.Exchange)).AddOutcomes(exchange);
            }

            PastOf(virtualHost).Channels.Add(channel.Counters);
            if (!_pastProtocols.TryGetValue(protocol, out var past))
            {
                past = new ProtocolCounters();
                _pastProtocols.Add(protocol, past);
            }

            past.Add(channel);
        }
    }

    /// <summary>What channels have done by each protocol: those that are there and those that were.</summary>
    public IReadOnlyList<(string Protocol, ProtocolCounters Counters)> Protocols()
    {
        var all = new SortedDictionary<string, ProtocolCounters>(StringComparer.Ordinal);
        lock (_lock)
        {
            foreach (var (protocol, past) in _pastProtocols)
            {
                all[protocol] = past.Copy();
            }
        }

        foreach (var connection in All())
        {
            var protocol = NodeStatistics.LabelOf(connection.Description.Client.Protocol);
            if (!all.TryGetValue(protocol, out var counters))
            {
                all[protocol] = counters = new ProtocolCounters();
            }

            counters.Add(connection);
        }

        return [.. all.Select(static entry => (entry.Key, entry.Value))];
    }

    /// <summary>An exchange is gone: what was published to it is forgotten.</summary>
    public void Forget(ExchangeKey exchange)
    {
        lock (_lock)
        {
            _pastExchanges.Remove(exchange);
        }
    }

    /// <summary>Pairs with exchanges and queues that are gone are forgotten.</summary>
    /// <param name="isThere">Whether a name is there in a virtual host.</param>
    public void DropPairs(Func<string, Destination, bool> isThere)
    {
        ArgumentNullException.ThrowIfNull(isThere);
        foreach (var connection in All())
        {
            var host = connection.Description.VirtualHost;
            foreach (var channel in connection.Channels())
            {
                channel.Figures?.Counters.Pairs?.Drop(
                    name => isThere(host, Destination.Exchange(name)), name => isThere(host, Destination.Queue(name)));
            }
        }

        PastRoutes.Drop(route =>
            !isThere(route.Exchange.VirtualHost, Destination.Exchange(route.Exchange.Name))
            || !isThere(route.Queue.VirtualHost, Destination.Queue(route.Queue.Name)));
    }

    /// <summary>The connections, now.</summary>
    public ConnectionFigures[] All()
    {
        lock (_lock)
        {
            return [.. _connections];
        }
    }

    /// <summary>What channels and connections that are no more have done, by virtual host.</summary>
    public IReadOnlyList<(string VirtualHost, VirtualHostHistory Past)> Past()
    {
        lock (_lock)
        {
            return [.. _past.Select(static past => (past.Key, past.Value.Copy()))];
        }
    }

    /// <summary>What connections that are no more have published, by exchange.</summary>
    public IReadOnlyList<(ExchangeKey Exchange, ExchangeCounters Past)> PastExchanges()
    {
        lock (_lock)
        {
            return [.. _pastExchanges.Select(static past => (past.Key, past.Value))];
        }
    }

    private ExchangeCounters PastOf(ExchangeKey exchange)
    {
        if (!_pastExchanges.TryGetValue(exchange, out var past))
        {
            past = new ExchangeCounters();
            _pastExchanges.Add(exchange, past);
        }

        return past;
    }

    private VirtualHostHistory PastOf(string virtualHost)
    {
        if (!_past.TryGetValue(virtualHost, out var past))
        {
            past = new VirtualHostHistory();
            _past.Add(virtualHost, past);
        }

        return past;
    }
}

/// <summary>What those have done that are no more.</summary>
public sealed class VirtualHostHistory
{
    /// <summary>Of channels.</summary>
    public ChannelCounters Channels { get; private init; } = new();

    /// <summary>Of connections.</summary>
    public long BytesRead { get; internal set; }

    /// <summary>Of connections.</summary>
    public long BytesWritten { get; internal set; }

    /// <summary>Of connections.</summary>
    public long Reads { get; internal set; }

    /// <summary>Of connections.</summary>
    public long Writes { get; internal set; }

    internal VirtualHostHistory Copy()
    {
        var copy = new VirtualHostHistory { BytesRead = BytesRead, BytesWritten = BytesWritten, Reads = Reads, Writes = Writes };
        copy.Channels.Add(Channels);
        return copy;
    }
}
