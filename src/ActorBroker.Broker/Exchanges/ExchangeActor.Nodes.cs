using ActorBroker.Broker.Routing;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Time;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Exchanges;

// The nodes that route through the exchange: they follow it before it changes anything, and everything that it changes.
public sealed partial class ExchangeActor
{
    private readonly FollowerSearch _search;
    private WaitLimit _nodeLimit;

    /// <summary>What comes first would change something, and nodes may still go by what was before this incarnation.</summary>
    private bool AwaitsFollowers()
    {
        if (_search.IsOver || _requests.Next is DescribeExchange or SubscribeRoutes or ListRoutes)
            return false;
        _search.Begin(Context, Timers, _settings.Nodes(Context.System), _nodes.Heard, new FollowRoutes(State.Key));
        return _search.IsUnderWay;
    }

    private void EndSearch()
    {
        _isBusy = false;
        TakeNext();
    }

    private void Subscribe(SubscribeRoutes subscribe, IActorRef node)
    {
        if (State.Definition is { } definition)
        {
            _nodes.Add(node);
            Context.Watch(node);
            TellRoutes(definition, node);
        }
        else
        {
            // Nodes ask for what the catalogue names: a transient exchange was lost with its node, or a declaration or
            // deletion did not get to its end.
            _settings.CatalogueRegion(Context.System).Tell(new UnregisterName(
                subscribe.Exchange.VirtualHost, DestinationKind.Exchange, subscribe.Exchange.Name, string.Empty), Self);
            node.Tell(new RoutesNotFound(subscribe.Exchange), Self);
        }
    }

    private void TellNodes(List<RouteChange> changes, Action then)
    {
        if (changes.Count > 0)
        {
            foreach (var part in MessageParts.Of(changes))
                _nodes.Tell(version => new RoutesChanged(State.Key, version, part), Self);
        }

        AwaitNodes(then);
    }

    private void AwaitNodes(Action then)
    {
        _whenNodesFollow = then;
        _nodeLimit = WaitLimit.Begin(Clock, _settings.NodeTimeout);
        Timers.StartSingleTimer(NodesDue.Instance, NodesDue.Instance, _settings.NodeTimeout);
        GoOnWhenNodesFollow();
    }

    private void GoOnWhenNodesFollow()
    {
        if (_whenNodesFollow is not { } then || !_nodes.AreCurrent)
            return;
        _whenNodesFollow = null;
        Timers.Cancel(NodesDue.Instance);
        then();
    }

    private void OnNodesDue()
    {
        if (_nodeLimit.Left(Clock) is { Ticks: > 0 } left)
        {
            Timers.StartSingleTimer(NodesDue.Instance, NodesDue.Instance, left);
            return;
        }

        foreach (var node in _nodes.RemoveLaggards())
        {
            _log.Warning("{0}: {1} did not follow in time and has to load the exchange again", PersistenceId, node);
            Context.Unwatch(node);
            node.Tell(new ReloadRoutes(State.Key), Self);
        }

        GoOnWhenNodesFollow();
    }

    private sealed record NodesDue : INoSerializationVerificationNeeded
    {
        public static NodesDue Instance { get; } = new();
    }
}
