using System.Collections.Concurrent;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// A virtual host's names and exchanges on this node. The version of the object itself is that of what is <i>not</i>
/// there: it changes when a name or an exchange's routes appear or vanish.
/// </summary>
internal sealed class VirtualHostRoutes(string virtualHost) : Versioned
{
    private readonly ConcurrentDictionary<string, QueueEntry> _queues = New<QueueEntry>();
    private readonly ConcurrentDictionary<string, ExchangeRoutes> _exchanges = New<ExchangeRoutes>();

    // A set; the value says nothing.
    private readonly ConcurrentDictionary<string, bool> _exchangeNames = New<bool>();

    // The writer's alone.
    private VirtualHostPolicies _policies = VirtualHostPolicies.Empty;

    private volatile bool _isLoaded;

    /// <summary>Follows the policies.</summary>
    public TracingSwitch Tracing { get; } = new();

    /// <summary>The names are those of the catalogue.</summary>
    public bool IsLoaded => _isLoaded;

    public RouteStatus Route(string exchange, ref RoutedMessage message, RouteResult result)
    {
        if (exchange.Length == 0)
        {
            RouteToQueues(ref message, result);
            return RouteStatus.Ready;
        }

        var status = Find(exchange, result, out var routes);
        if (status != RouteStatus.Ready)
            return status;
        if (routes!.Definition.Internal && !result.IsOfBroker)
            return RouteStatus.Internal;
        if (result.AvoidedExchange is { } avoided)
            result.Visit(avoided);
        result.Visit(exchange);
        result.Work.Enqueue(routes);
        while (result.Work.TryDequeue(out routes))
        {
            if (!TryRouteThrough(routes, ref message, result))
                return RouteStatus.Loading;
        }

        return RouteStatus.Ready;
    }

    /// <summary>Takes over the catalogue's names; routes of exchanges that are not among them are dropped.</summary>
    public void SetNames(IEnumerable<Destination> names)
    {
        var queues = new HashSet<string>(StringComparer.Ordinal);
        var exchanges = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (kind, name) in names)
            (kind == DestinationKind.Queue ? queues : exchanges).Add(name);
        foreach (var (name, _) in _queues)
        {
            if (!queues.Contains(name))
                RemoveQueue(name);
        }

        foreach (var (name, _) in _exchangeNames)
        {
            if (!exchanges.Contains(name))
                RemoveExchange(name);
        }

        foreach (var name in queues)
            _queues.TryAdd(name, new QueueEntry());
        foreach (var name in exchanges)
            _exchangeNames.TryAdd(name, true);
        _isLoaded = true;
        Changed();
    }

    public IReadOnlyList<Destination> Names() =>
        [.. _queues.Select(static queue => Destination.Queue(queue.Key)), .. _exchangeNames.Select(static exchange => Destination.Exchange(exchange.Key))];

    /// <summary>The names may be out of date: nothing is routed by them until <see cref="SetNames"/>.</summary>
    public void Unload()
    {
        _isLoaded = false;
        Changed();
        foreach (var (_, entry) in _queues)
            entry.Changed();
        _queues.Clear();
        foreach (var (_, routes) in _exchanges)
            routes.Changed();
    }

    /// <summary>Forgets all names and routes.</summary>
    public void Clear()
    {
        Unload();
        _exchangeNames.Clear();
        foreach (var (name, _) in _exchanges)
            RemoveExchange(name);
    }

    public bool Knows(Destination name) =>
        name.Kind == DestinationKind.Queue ? _queues.ContainsKey(name.Name) : _exchangeNames.ContainsKey(name.Name);

    public void AddName(Destination name)
    {
        if (name.Kind == DestinationKind.Queue)
            _queues.TryAdd(name.Name, new QueueEntry());
        else
            _exchangeNames.TryAdd(name.Name, true);
        Changed();
    }

    public void RemoveName(Destination name)
    {
        if (name.Kind == DestinationKind.Queue)
            RemoveQueue(name.Name);
        else
            RemoveExchange(name.Name);
        Changed();
    }

    /// <summary>The policies of exchanges are these from now on.</summary>
    public void SetPolicies(VirtualHostPolicies policies)
    {
        _policies = policies;
        Tracing.IsOn = policies.IsTraced;
        foreach (var (name, routes) in _exchanges)
            routes.Follow(policies.OfExchange(name).Definition);
    }

    public void SetRoutes(string exchange, ExchangeRoutes routes)
    {
        routes.Follow(_policies.OfExchange(exchange).Definition);
        _exchanges.TryGetValue(exchange, out var before);
        _exchanges[exchange] = routes;
        before?.Drop();
        Changed();
    }

    public ExchangeRoutes? GetRoutes(string exchange) => _exchanges.GetValueOrDefault(exchange);

    public void DropRoutes(string exchange)
    {
        if (_exchanges.TryRemove(exchange, out var routes))
            routes.Drop();
        Changed();
    }

    private static ConcurrentDictionary<string, T> New<T>() => new(concurrencyLevel: 1, capacity: 16, StringComparer.Ordinal);

    private void RemoveQueue(string name)
    {
        if (_queues.TryRemove(name, out var entry))
            entry.Changed();
    }

    private void RemoveExchange(string name)
    {
        _exchangeNames.TryRemove(name, out _);
        if (_exchanges.TryRemove(name, out var routes))
            routes.Drop();
    }

    /// <summary>Routing through the default exchange: to the queues that are named so.</summary>
    private void RouteToQueues(ref RoutedMessage message, RouteResult result)
    {
        RouteToQueue(message.RoutingKey, result);
        foreach (var key in message.MoreKeys)
            RouteToQueue(key, result);
    }

    private void RouteToQueue(string name, RouteResult result)
    {
        var version = Version;
        if (_queues.TryGetValue(name, out var entry) && entry.Version == 0 && !Stage.IsName(name))
        {
            result.DependOn(entry, 0);
            result.AddQueue(name);
        }
        else
        {
            result.DependOn(this, version);
        }
    }

    /// <summary>Ready, with the routes; or loading, with what is missing noted; or not found.</summary>
    private RouteStatus Find(string exchange, RouteResult result, out ExchangeRoutes? routes)
    {
        while (true)
        {
            var version = Version;
            if (_exchanges.TryGetValue(exchange, out routes))
            {
                var routesVersion = routes.Version;
                if (routes.IsDropped)
                    continue;
                result.DependOn(routes, routesVersion);
                return RouteStatus.Ready;
            }

            result.DependOn(this, version);
            var key = new ExchangeKey(virtualHost, exchange);
            return _exchangeNames.ContainsKey(exchange) || PredeclaredExchanges.TryGet(key, out _)
                ? result.Lacks(key)
                : RouteStatus.NotFound;
        }
    }

    /// <summary>One exchange on the way; false when the routes of one that it leads to are missing.</summary>
    private bool TryRouteThrough(ExchangeRoutes routes, ref RoutedMessage message, RouteResult result)
    {
        result.IsPerMessage |= routes.IsPerMessage;
        if (routes.Stage is { } stage && stage.Takes(ref message, result.UnstagedExchange))
        {
            if (stage.IsBeside)
            {
                result.Histories.Add(stage.Queue);
            }
            else
            {
                result.AddQueue(stage.Queue);
                if (!message.IsAny || !stage.IsPerMessage)
                    return true;
            }
        }

        var targets = result.Matches.Targets;
        targets.Clear();
        routes.Match(ref message, result.Matches);
        var mayBeUnroutable = targets.Count == 0 || (message.IsAny && routes.IsPerMessage);
        if (mayBeUnroutable && routes.Alternate is { } alternate && !TryFollow(alternate, ref message, result))
            return false;
        foreach (var target in targets)
        {
            if (target.Kind == DestinationKind.Queue)
                result.AddQueue(target.Name);
            else if (!TryFollow(target.Name, ref message, result))
                return false;
        }

        return true;
    }

    /// <summary>The way on to another exchange, unless it was visited or is not there; false when its routes are missing.</summary>
    private bool TryFollow(string exchange, ref RoutedMessage message, RouteResult result)
    {
        if (!result.Visit(exchange))
            return true;
        if (exchange.Length == 0)
        {
            RouteToQueues(ref message, result);
            return true;
        }

        var status = Find(exchange, result, out var routes);
        if (status == RouteStatus.Ready)
            result.Work.Enqueue(routes!);
        return status != RouteStatus.Loading;
    }
}
