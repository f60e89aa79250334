using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using Akka.Actor;

namespace ActorBroker.Broker.Routing;

// The names of virtual hosts.
public sealed partial class RoutingTableActor
{
    private readonly Dictionary<string, NamesFeed> _virtualHosts = new(StringComparer.Ordinal);

    private void OnLoad(LoadVirtualHost load)
    {
        if (!_virtualHosts.TryGetValue(load.VirtualHost, out var feed))
        {
            feed = new NamesFeed(load.VirtualHost);
            _virtualHosts.Add(load.VirtualHost, feed);
            Subscribe(feed);
        }

        if (feed is { IsLoaded: false, Refusal: { } refusal })
        {
            Sender.Tell(new VirtualHostRefused(load.VirtualHost, refusal), Self);
            return;
        }

        feed.Waiters.Add(Sender);
        if (feed.IsLoaded)
            AnswerWaiters(feed, new VirtualHostLoaded(load.VirtualHost));
    }

    private void OnRefused(NamesRefused refused)
    {
        if (!_virtualHosts.TryGetValue(refused.VirtualHost, out var feed) || feed.IsLoaded)
            return;
        feed.Refusal = refused.Refusal;
        AnswerWaiters(feed, new VirtualHostRefused(refused.VirtualHost, refused.Refusal));
    }

    private void SubscribeNames(NamesFeed feed, IActorRef catalogue)
    {
        if (feed.Transient.Count > 0)
        {
            foreach (var part in MessageParts.Of(feed.Transient))
                catalogue.Tell(new ReclaimNames(feed.VirtualHost, part), Self);
        }

        catalogue.Tell(new SubscribeNames(feed.VirtualHost), Self);
    }

    private void OnFollow(FollowNames follow)
    {
        if (!_virtualHosts.TryGetValue(follow.VirtualHost, out var feed))
        {
            Sender.Tell(new NamesApplied(follow.VirtualHost, 0), Self);
            return;
        }

        feed.IsSilent = true;
        SubscribeNames(feed, Sender);
    }

    private void OnSnapshot(NamesSnapshot snapshot)
    {
        if (!_virtualHosts.TryGetValue(snapshot.VirtualHost, out var feed))
            return;
        if (snapshot.IsFirst)
        {
            feed.Received.Clear();
            feed.ReceivedPolicies = snapshot.Policies ?? VirtualHostPolicies.Empty;
            feed.IsLoaded = false;
            Follow(feed, Sender);
        }
        else if (!Sender.Equals(feed.Source))
        {
            return;
        }

        feed.IsSilent = false;
        feed.Received.AddRange(snapshot.Names);
        if (!snapshot.IsLast)
            return;
        Apply(snapshot.VirtualHost, feed.ReceivedPolicies);
        _tables.SetNames(snapshot.VirtualHost, feed.Received.Select(DestinationOf));
        feed.Transient.Clear();
        feed.Transient.UnionWith(feed.Received.Where(name => !name.Durable));
        var exchanges = feed.Received.Where(name => name.Kind == DestinationKind.Exchange).Select(name => name.Name).ToHashSet();
        foreach (var key in _exchanges.Keys.Where(key => key.VirtualHost == snapshot.VirtualHost).ToList())
        {
            if (!exchanges.Contains(key.Name) && !PredeclaredExchanges.TryGet(key, out _))
                Forget(key);
        }

        feed.Received.Clear();
        feed.Received.TrimExcess();
        feed.Version = snapshot.Version;
        feed.Refusal = null;
        feed.IsLoaded = true;
        Sender.Tell(new NamesApplied(snapshot.VirtualHost, snapshot.Version), Self);
        AnswerWaiters(feed, new VirtualHostLoaded(snapshot.VirtualHost));
    }

    private void OnChanged(NamesChanged changed)
    {
        if (!_virtualHosts.TryGetValue(changed.VirtualHost, out var feed) || !feed.IsNext(Sender, changed.Version))
        {
            if (feed is { IsLoaded: true } && Sender.Equals(feed.Source))
                StartAnew(feed, changed.Version);
            return;
        }

        foreach (var change in changed.Changes)
            Apply(feed, change);
        feed.Version = changed.Version;
        Sender.Tell(new NamesApplied(changed.VirtualHost, changed.Version), Self);
    }

    private void OnChanged(PoliciesChanged changed)
    {
        if (!_virtualHosts.TryGetValue(changed.VirtualHost, out var feed) || !feed.IsNext(Sender, changed.Version))
        {
            if (feed is { IsLoaded: true } && Sender.Equals(feed.Source))
                StartAnew(feed, changed.Version);
            return;
        }

        Apply(changed.VirtualHost, changed.Policies);
        feed.Version = changed.Version;
        Sender.Tell(new NamesApplied(changed.VirtualHost, changed.Version), Self);
    }

    private void Apply(string virtualHost, VirtualHostPolicies policies)
    {
        _tables.SetPolicies(virtualHost, policies);
        _settings.Policies.Set(virtualHost, policies);
    }

    private void Apply(NamesFeed feed, NameChange change)
    {
        // Whether it was durable is not told of a name that goes.
        feed.Transient.Remove(change.Name with { Durable = false });
        if (change.Added)
        {
            if (!change.Name.Durable)
                feed.Transient.Add(change.Name);
            _tables.AddName(feed.VirtualHost, DestinationOf(change.Name));
            return;
        }

        _tables.RemoveName(feed.VirtualHost, DestinationOf(change.Name));
        if (change.Name.Kind == DestinationKind.Exchange)
            Forget(new ExchangeKey(feed.VirtualHost, change.Name.Name));
    }

    private void OnReload(ReloadNames reload)
    {
        if (!_virtualHosts.TryGetValue(reload.VirtualHost, out var feed))
            return;
        _tables.UnloadNames(reload.VirtualHost);
        feed.IsLoaded = false;
        Subscribe(feed);
    }

    private static Destination DestinationOf(CatalogueName name) => new(name.Kind, name.Name);
}
