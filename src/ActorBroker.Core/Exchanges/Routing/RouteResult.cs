using System.Runtime.InteropServices;
using ActorBroker.Core.Names;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>What came of routing.</summary>
public enum RouteStatus : byte
{
    /// <summary>The queues are known; there may be none.</summary>
    Ready = 0,

    /// <summary>This node lacks a virtual host's names or an exchange's routes: load what the result names, then ask again.</summary>
    Loading = 1,

    /// <summary>No such exchange.</summary>
    NotFound = 2,

    /// <summary>The exchange is internal: only bindings lead there.</summary>
    Internal = 3,
}

/// <summary>
/// The result of <see cref="RoutingTables.Route"/> with all working space that it takes, so that one that has been
/// used before costs no allocation. Belongs to one thread. What was found is valid until the next <see cref="Clear"/>.
/// </summary>
public sealed class RouteResult
{
    private readonly List<(Versioned Source, int Version)> _sources = [];
    private readonly HashSet<string> _seenQueues = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seenExchanges = new(StringComparer.Ordinal);

    /// <summary>
    /// The broker itself publishes: internal exchanges take the message too. Kept by <see cref="Clear"/>.
    /// </summary>
    public bool IsOfBroker { get; init; }

    /// <summary>
    /// The message comes from the stage of this exchange, and is not to go there again; null for other messages. Kept by
    /// <see cref="Clear"/>.
    /// </summary>
    public string? UnstagedExchange { get; set; }

    /// <summary>No way leads through this exchange; null for all other messages than those that come from there. Kept by <see cref="Clear"/>.</summary>
    public string? AvoidedExchange { get; set; }

    /// <summary>Distinct names of the queues that take the message, when the status is ready.</summary>
    public List<string> Queues { get; } = [];

    /// <summary>
    /// Distinct names of the hidden queues that get a copy for the histories of exchanges on the way. No routes: a message
    /// that goes nowhere else is unroutable.
    /// </summary>
    public List<string> Histories { get; } = [];

    /// <summary>With <see cref="RouteStatus.Loading"/>: the exchange whose routes this node lacks, or null when it lacks the virtual host's names.</summary>
    public ExchangeKey? Missing { get; private set; }

    /// <summary>With <see cref="RouteStatus.Loading"/>: the virtual host whose names this node lacks, or null when it lacks an exchange's routes.</summary>
    public string? MissingVirtualHost { get; private set; }

    /// <summary>Some exchange on the way looks at more than routing keys: the result holds for this message only.</summary>
    public bool IsPerMessage { get; internal set; }

    /// <summary>
    /// Nothing that the result, whatever its status, was computed from has changed since. A few comparisons: as many
    /// as exchanges were visited. False for a cleared result.
    /// </summary>
    public bool IsCurrent => RouteSources.AreCurrent(CollectionsMarshal.AsSpan(_sources));

    /// <summary>What says for how long the result holds, for whoever keeps what was found and not the result.</summary>
    public RouteSources Sources => new([.. _sources]);

    internal RouteMatches Matches { get; } = new();

    internal Queue<ExchangeRoutes> Work { get; } = new();

    /// <summary>Forgets everything but the space that it took.</summary>
    public void Clear()
    {
        Queues.Clear();
        Histories.Clear();
        Missing = null;
        MissingVirtualHost = null;
        IsPerMessage = false;
        _sources.Clear();
        _seenQueues.Clear();
        _seenExchanges.Clear();
        Matches.Targets.Clear();
        Work.Clear();
    }

    internal void AddQueue(string name)
    {
        if (_seenQueues.Add(name))
            Queues.Add(name);
    }

    /// <summary>True the first time that this exchange is come to.</summary>
    internal bool Visit(string exchange) => _seenExchanges.Add(exchange);

    internal void DependOn(Versioned source, int version) => _sources.Add((source, version));

    internal RouteStatus Lacks(ExchangeKey exchange)
    {
        Missing = exchange;
        return RouteStatus.Loading;
    }

    internal RouteStatus LacksVirtualHost(string virtualHost)
    {
        MissingVirtualHost = virtualHost;
        return RouteStatus.Loading;
    }
}
