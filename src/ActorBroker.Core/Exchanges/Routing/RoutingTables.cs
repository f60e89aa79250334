using System.Collections.Concurrent;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// Where this node's publishes go: the names of the virtual hosts in use and the bindings of the exchanges in use.
/// Any number of threads route, without locks, beside one writer. The default exchange and the predeclared ones are
/// there in every loaded virtual host.
/// </summary>
/// <remarks>
/// Nothing is copied for a change: the structures are concurrent dictionaries, <see cref="SlotList{T}"/> and a trie,
/// each of which says why readers may look at it meanwhile. A reader sees each binding either before or after its
/// change; <see cref="RouteResult.IsCurrent"/> says whether a result that is kept is still what routing would give.
/// </remarks>
public sealed class RoutingTables
{
    private readonly ConcurrentDictionary<string, VirtualHostRoutes> _virtualHosts = new(StringComparer.Ordinal);

    // Its version is that of the set of virtual hosts.
    private readonly Versioned _directory = new();

    private volatile RouteWatch? _watch;

    /// <summary>
    /// The queues that a message takes, through bindings between exchanges and alternate exchanges, each exchange
    /// visited once. For any thread. The result is cleared first.
    /// </summary>
    /// <param name="exchange">What the client publishes to.</param>
    /// <param name="message">
    /// One message, or <see cref="RoutedMessage.Any"/>: ready then means that each message with these keys can be routed
    /// without loading anything. Where <see cref="RouteResult.IsPerMessage"/> the queues are those that some message
    /// might take; else they are those that each one takes.
    /// </param>
    /// <param name="result">Filled; owned by the caller.</param>
    public RouteStatus Route(ExchangeKey exchange, ref RoutedMessage message, RouteResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        result.Clear();
        var directoryVersion = _directory.Version;
        if (!_virtualHosts.TryGetValue(exchange.VirtualHost, out var virtualHost))
        {
            result.DependOn(_directory, directoryVersion);
            return result.LacksVirtualHost(exchange.VirtualHost);
        }

        var version = virtualHost.Version;
        if (!virtualHost.IsLoaded)
        {
            result.DependOn(virtualHost, version);
            return result.LacksVirtualHost(exchange.VirtualHost);
        }

        return virtualHost.Route(exchange.Name, ref message, result);
    }

    /// <summary>Whether the names of a virtual host are loaded: ready or loading.</summary>
    public RouteStatus VirtualHost(string name) =>
        _virtualHosts.TryGetValue(name, out var virtualHost) && virtualHost.IsLoaded ? RouteStatus.Ready : RouteStatus.Loading;

    /// <summary>Whether this node knows a queue or exchange of that name. For any thread.</summary>
    public bool Knows(string virtualHost, Destination name) =>
        Get(virtualHost)?.Knows(name) == true
        || (name.Kind == DestinationKind.Exchange && PredeclaredExchanges.TryGet(new ExchangeKey(virtualHost, name.Name), out _));

    /// <summary>An exchange's type, when its routes are loaded. For any thread.</summary>
    public string? TypeOf(ExchangeKey exchange) => GetRoutes(exchange)?.Definition.Type;

    /// <summary>
    /// The names of queues and exchanges that the node knows in a virtual host, predeclared ones left out; none where they
    /// are not loaded. For any thread.
    /// </summary>
    public IReadOnlyList<Destination> NamesOf(string virtualHost) => Get(virtualHost) is { IsLoaded: true } loaded ? loaded.Names() : [];

    /// <summary>Says whether a virtual host is traced; null while this node knows nothing of it. For any thread.</summary>
    public TracingSwitch? TracingOf(string virtualHost) => Get(virtualHost)?.Tracing;

    /// <summary>
    /// Has one exchange watched, in place of an earlier one: <paramref name="changed"/> runs on the writer's thread whenever
    /// it changes whether a message to the exchange may get to a queue, and says so. It may as long as the exchange is not loaded.
    /// </summary>
    public void Watch(ExchangeKey exchange, Action<bool> changed) => _watch = new RouteWatch(exchange, changed);

    /// <summary>Takes over all names of a virtual host; the routes of exchanges that are not among them are dropped. For the writer.</summary>
    public void SetNames(string virtualHost, IEnumerable<Destination> names) => GetOrAdd(virtualHost).SetNames(names);

    /// <summary>The names of a virtual host may be out of date: nothing is routed by them any more. For the writer.</summary>
    public void UnloadNames(string virtualHost) => Get(virtualHost)?.Unload();

    /// <summary>A queue or exchange came into being. For the writer.</summary>
    public void AddName(string virtualHost, Destination name) => Get(virtualHost)?.AddName(name);

    /// <summary>A queue or exchange, and in the latter case its routes, is gone. For the writer.</summary>
    public void RemoveName(string virtualHost, Destination name) => Get(virtualHost)?.RemoveName(name);

    /// <summary>Forgets everything: what is here is followed no longer. For the writer.</summary>
    public void Clear()
    {
        foreach (var (_, virtualHost) in _virtualHosts)
            virtualHost.Clear();
        Look();
    }

    /// <summary>The policies of a virtual host's exchanges are these from now on. For the writer.</summary>
    public void SetPolicies(string virtualHost, VirtualHostPolicies policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        GetOrAdd(virtualHost).SetPolicies(policies);
        Look();
    }

    /// <summary>Takes over all routes of an exchange. For the writer.</summary>
    public void SetRoutes(ExchangeKey exchange, ExchangeDefinition definition, IEnumerable<Binding> bindings)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(bindings);
        var routes = new ExchangeRoutes(exchange.Name, definition);
        foreach (var binding in bindings)
            routes.Add(binding);
        GetOrAdd(exchange.VirtualHost).SetRoutes(exchange.Name, routes);
        Look();
    }

    /// <summary>The routes of an exchange are out of date or gone: it has to be loaded before it routes again. For the writer.</summary>
    public void DropRoutes(ExchangeKey exchange)
    {
        Get(exchange.VirtualHost)?.DropRoutes(exchange.Name);
        Look();
    }

    /// <summary>A binding that was not there; nothing happens when the exchange's routes are not loaded. For the writer.</summary>
    public void Bind(ExchangeKey exchange, Binding binding)
    {
        if (GetRoutes(exchange) is not { } routes)
            return;
        routes.Add(binding);
        routes.Changed();
        Look();
    }

    /// <summary>A binding that was there is gone; nothing happens when the exchange's routes are not loaded. For the writer.</summary>
    public void Unbind(ExchangeKey exchange, Binding binding)
    {
        if (GetRoutes(exchange) is not { } routes)
            return;
        routes.Remove(binding);
        routes.Changed();
        Look();
    }

    private void Look()
    {
        if (_watch is { } watch)
            watch.Set(GetRoutes(watch.Exchange) is not { LeadsNowhere: true });
    }

    private ExchangeRoutes? GetRoutes(ExchangeKey exchange) => Get(exchange.VirtualHost)?.GetRoutes(exchange.Name);

    private VirtualHostRoutes? Get(string virtualHost) => _virtualHosts.GetValueOrDefault(virtualHost);

    private VirtualHostRoutes GetOrAdd(string name)
    {
        if (_virtualHosts.TryGetValue(name, out var virtualHost))
            return virtualHost;
        virtualHost = new VirtualHostRoutes(name);
        _virtualHosts[name] = virtualHost;
        _directory.Changed();
        return virtualHost;
    }
}
