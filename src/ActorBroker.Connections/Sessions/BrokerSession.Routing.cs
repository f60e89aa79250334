using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>Where publishes go: what one exchange and key lead to is looked up once, unless each message has a way of its own.</content>
public sealed partial class BrokerSession
{
    private readonly List<(object Awaited, Action Loaded, Action<Refusal>? Refused)> _awaitingRoutes = [];
    private RouteResult? _routeOfMessage;

    // Of those that publish. What targets keep of it is small: there are thousands, and more with ever new routing keys.
    private RouteResult RouteOfMessage => _routeOfMessage ??= new RouteResult();

    /// <inheritdoc/>
    public PublishTarget GetTarget(MessageRoute route)
    {
        var exchange = new ExchangeKey(_virtualHost, route.Exchange);
        return new SessionTarget(route, exchange, route.RoutingKey);
    }

    /// <inheritdoc/>
    public TargetStatus Prepare(PublishTarget target, string[] moreKeys, Action loaded)
    {
        var session = (SessionTarget)target;
        var permissions = Authorization.Version;
        session.Counters ??= _figures?.CountersOf(session.Exchange);
        if (session.PermittedBy == permissions && moreKeys.Length == 0)
        {
            return Route(session, moreKeys, loaded);
        }

        // In RabbitMQ's order: the exchange, whether it is there, the keys.
        var status = session.PermittedBy == permissions ? TargetStatus.Ready : PermitExchange(session, loaded);
        if (status == TargetStatus.Ready)
        {
            status = Route(session, moreKeys, loaded);
        }

        if (status == TargetStatus.Ready && session.PermittedBy != permissions)
        {
            status = PermitKey(session, session.RoutingKey, loaded);
            session.PermittedBy = status == TargetStatus.Ready ? permissions : -1;
        }

        for (var i = 0; i < moreKeys.Length && status == TargetStatus.Ready; i++)
        {
            status = PermitKey(session, moreKeys[i], loaded);
        }

        return status;
    }

    private TargetStatus Route(SessionTarget session, string[] moreKeys, Action loaded)
    {
        if (session.IsReply)
        {
            if (session.IsCurrent)
            {
                return TargetStatus.Ready;
            }

            PrepareReply(session, loaded);
            return TargetStatus.Loading;
        }

        if (moreKeys.Length > 0)
        {
            return StatusOf(RouteAny(session, moreKeys, RouteOfMessage), RouteOfMessage, loaded);
        }

        if (session.IsCurrent)
        {
            return TargetStatus.Ready;
        }

        var result = session.IsOfBroker ? RouteOfTrace : RouteOfMessage;
        var status = RouteAny(session, [], result);
        if (status == RouteStatus.Ready)
        {
            session.LeadTo(result.IsPerMessage ? [] : LinksTo(result), result);
        }

        return StatusOf(status, result, loaded);
    }

    private RouteStatus RouteAny(SessionTarget target, ReadOnlySpan<string> moreKeys, RouteResult result)
    {
        var any = RoutedMessage.Any(target.RoutingKey, moreKeys);
        return _services.RoutingTables.Route(target.Exchange, ref any, result);
    }

    private TargetStatus StatusOf(RouteStatus status, RouteResult result, Action loaded)
    {
        switch (status)
        {
            case RouteStatus.Ready:
                return TargetStatus.Ready;
            case RouteStatus.NotFound:
                return TargetStatus.NotFound;
            case RouteStatus.Internal:
                return TargetStatus.Internal;
            default:
                AwaitRoutes(result, loaded);
                return TargetStatus.Loading;
        }
    }

    private MessageLinks RouteMessage(SessionTarget target, in PublishedMessage message, ReadOnlySpan<string> moreKeys, uint random)
    {
        var properties = message.PropertiesSource.AsSpan(message.PropertiesOffset, message.PropertiesLength);
        var routed = new RoutedMessage(
            target.RoutingKey, moreKeys, _services.Formats[message.Format], properties, random);

        // An exchange further on may have been dropped from the tables since the target was prepared: its bindings are
        // then not known, and the next Prepare loads them. Rare enough to count as just before its change.
        var result = target.IsOfBroker ? RouteOfTrace : RouteOfMessage;
        return _services.RoutingTables.Route(target.Exchange, ref routed, result) == RouteStatus.Ready
            ? new MessageLinks(LinksTo(result), result.Queues.Count > 0, result.Histories.Count > 0, random)
            : new MessageLinks([], IsRouted: false, IsRemembered: false, random);
    }

    private QueueLink[] LinksTo(RouteResult result)
    {
        var (queues, histories) = (result.Queues, result.Histories);
        if (queues.Count == 1 && histories.Count == 0)
        {
            return LinkTo(queues[0]).Alone;
        }

        var links = new QueueLink[queues.Count + histories.Count];
        for (var i = 0; i < links.Length; i++)
        {
            links[i] = LinkTo(i < queues.Count ? queues[i] : histories[i - queues.Count]);
        }

        return links;
    }

    private void AwaitRoutes(RouteResult result, Action loaded)
    {
        if (result.Missing is { } exchange)
        {
            _awaitingRoutes.Add((exchange, loaded, null));
            _services.RoutingTableActor.Tell(new LoadExchange(exchange), _self);
        }
        else
        {
            LoadVirtualHost(loaded);
        }
    }

    private void LoadVirtualHost(Action loaded, Action<Refusal>? refused = null)
    {
        _awaitingRoutes.Add((_virtualHost, loaded, refused));
        _services.RoutingTableActor.Tell(new LoadVirtualHost(_virtualHost), _self);
    }

    private void OnRoutesLoaded(object message)
    {
        object what = message is ExchangeLoaded exchange ? exchange.Exchange : ((VirtualHostLoaded)message).VirtualHost;
        var ready = _awaitingRoutes.FindAll(awaiting => awaiting.Awaited.Equals(what));
        _awaitingRoutes.RemoveAll(awaiting => awaiting.Awaited.Equals(what));
        foreach (var (_, loaded, _) in ready)
        {
            loaded();
        }
    }

    // What waits to be routed goes on waiting: its publishers see the connection, which was let in, stand still.
    private void OnVirtualHostRefused(VirtualHostRefused refused)
    {
        foreach (var awaiting in _awaitingRoutes.FindAll(awaiting => awaiting.Awaited.Equals(refused.VirtualHost) && awaiting.Refused is not null))
        {
            _awaitingRoutes.Remove(awaiting);
            awaiting.Refused!(refused.Refusal);
        }
    }
}
