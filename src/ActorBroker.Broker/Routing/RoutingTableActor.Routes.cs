using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Routing;

// The routes of exchanges.
public sealed partial class RoutingTableActor
{
    private readonly Dictionary<ExchangeKey, RoutesFeed> _exchanges = [];

    private void OnLoad(LoadExchange load)
    {
        if (!_exchanges.TryGetValue(load.Exchange, out var feed))
        {
            feed = new RoutesFeed(load.Exchange);
            _exchanges.Add(load.Exchange, feed);
            Subscribe(feed);
        }

        feed.Waiters.Add(Sender);
        if (feed.IsLoaded)
            AnswerWaiters(feed, new ExchangeLoaded(load.Exchange));
    }

    private void SubscribeRoutes(RoutesFeed feed, IActorRef exchange) => exchange.Tell(new SubscribeRoutes(feed.Exchange), Self);

    private void OnFollow(FollowRoutes follow)
    {
        if (!_exchanges.TryGetValue(follow.Exchange, out var feed))
        {
            Sender.Tell(new RoutesApplied(follow.Exchange, 0), Self);
            return;
        }

        feed.IsSilent = true;
        SubscribeRoutes(feed, Sender);
    }

    private void OnSnapshot(RoutesSnapshot snapshot)
    {
        if (!_exchanges.TryGetValue(snapshot.Exchange, out var feed))
        {
            // It was dropped since it was asked for.
            if (snapshot.IsLast)
                Sender.Tell(new RoutesApplied(snapshot.Exchange, snapshot.Version), Self);
            return;
        }

        if (snapshot.IsFirst)
        {
            feed.Received.Clear();
            feed.IsLoaded = false;
            Follow(feed, Sender);
        }
        else if (!Sender.Equals(feed.Source))
        {
            return;
        }

        feed.IsSilent = false;
        feed.Received.AddRange(snapshot.Bindings);
        if (!snapshot.IsLast)
            return;
        _tables.SetRoutes(snapshot.Exchange, snapshot.Definition, feed.Received);
        feed.Received.Clear();
        feed.Received.TrimExcess();
        feed.Version = snapshot.Version;
        feed.IsLoaded = true;
        Sender.Tell(new RoutesApplied(snapshot.Exchange, snapshot.Version), Self);
        AnswerWaiters(feed, new ExchangeLoaded(snapshot.Exchange));
    }

    private void OnChanged(RoutesChanged changed)
    {
        if (_exchanges.TryGetValue(changed.Exchange, out var feed) && Sender.Equals(feed.Source))
        {
            if (!feed.IsNext(Sender, changed.Version))
            {
                if (feed.IsLoaded)
                    StartAnew(feed, changed.Version);
                return;
            }

            foreach (var change in changed.Changes)
            {
                if (change.Added)
                    _tables.Bind(changed.Exchange, change.Binding);
                else
                    _tables.Unbind(changed.Exchange, change.Binding);
            }

            feed.Version = changed.Version;
        }

        // Also for one that is not followed (any more): nothing here routes by it.
        Sender.Tell(new RoutesApplied(changed.Exchange, changed.Version), Self);
    }

    private void OnRemoved(RoutesRemoved removed)
    {
        if (_exchanges.TryGetValue(removed.Exchange, out var feed) && (feed.Source is null || Sender.Equals(feed.Source)))
        {
            _tables.DropRoutes(removed.Exchange);
            Forget(removed.Exchange);
        }

        Sender.Tell(new RoutesApplied(removed.Exchange, removed.Version), Self);
    }

    private void OnNotFound(RoutesNotFound notFound)
    {
        // The catalogue will say the same; until then the name would only be asked for again.
        _tables.RemoveName(notFound.Exchange.VirtualHost, Destination.Exchange(notFound.Exchange.Name));
        Forget(notFound.Exchange);
        Sender.Tell(new RoutesApplied(notFound.Exchange, 0), Self);
    }

    private void OnReload(ReloadRoutes reload)
    {
        if (!_exchanges.TryGetValue(reload.Exchange, out var feed))
            return;
        _tables.DropRoutes(reload.Exchange);
        feed.IsLoaded = false;
        Subscribe(feed);
    }

    /// <summary>The exchange is gone: who waits for it may look and find so.</summary>
    private void Forget(ExchangeKey exchange)
    {
        if (!_exchanges.Remove(exchange, out var feed))
            return;
        Unfollow(feed);
        AnswerWaiters(feed, new ExchangeLoaded(exchange));
    }
}
