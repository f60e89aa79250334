using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Clustering;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Routing;

/// <summary>
/// Keeps this node's <see cref="RoutingTables"/>, as their only writer: loads what publishers need, follows the
/// catalogues and exchanges that it has loaded, and acknowledges what they tell when routing goes by it.
/// <para>
/// One a node, at <c>/user/routing</c>. Nothing is persistent. When an entity's actor terminates the node goes on with
/// what it has (nothing changes while there is no entity) and subscribes to the next incarnation at once. What does not
/// answer is asked again every <see cref="RoutingTableSettings.RetryInterval"/>, for as long as it takes.
/// If this actor fails it starts with empty tables: it would otherwise route by what it does not follow.
/// </para>
/// </summary>
public sealed partial class RoutingTableActor : UntypedActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c>.</summary>
    public const string Name = "routing";

    private readonly RoutingTables _tables;
    private readonly RoutingTableSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<IActorRef, Feed> _sources = [];

    /// <summary>Use <see cref="Props"/>.</summary>
    public RoutingTableActor(RoutingTables tables, RoutingTableSettings settings)
    {
        _tables = tables;
        _settings = settings;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The node's routing table actor, which is the only one to write <paramref name="tables"/>.</summary>
    public static Props Props(RoutingTables tables, RoutingTableSettings settings) =>
        Akka.Actor.Props.Create(() => new RoutingTableActor(tables, settings));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _tables.Clear();
        Context.System.EventStream.Subscribe(Self, typeof(NodeLinkBroken));
        Context.System.EventStream.Subscribe(Self, typeof(NodeLinkRestored));
        Timers.StartPeriodicTimer(RetryTick.Instance, RetryTick.Instance, _settings.RetryInterval);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LoadExchange load:
                OnLoad(load);
                break;
            case LoadVirtualHost load:
                OnLoad(load);
                break;
            case RoutesChanged changed:
                OnChanged(changed);
                break;
            case NamesChanged changed:
                OnChanged(changed);
                break;
            case PoliciesChanged changed:
                OnChanged(changed);
                break;
            case RoutesSnapshot snapshot:
                OnSnapshot(snapshot);
                break;
            case NamesSnapshot snapshot:
                OnSnapshot(snapshot);
                break;
            case RoutesNotFound notFound:
                OnNotFound(notFound);
                break;
            case RoutesRemoved removed:
                OnRemoved(removed);
                break;
            case ReloadRoutes reload:
                OnReload(reload);
                break;
            case NamesRefused refused:
                OnRefused(refused);
                break;
            case ReloadNames reload:
                OnReload(reload);
                break;
            case FollowNames follow:
                OnFollow(follow);
                break;
            case FollowRoutes follow:
                OnFollow(follow);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case NodeLinkBroken broken:
                SubscribeAgain(broken.Node);
                break;
            case NodeLinkRestored restored:
                SubscribeAgain(restored.Node);
                break;
            case RetryTick:
                AskTheSilent();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnTerminated(IActorRef source)
    {
        if (!_sources.Remove(source, out var feed))
            return;
        feed.Source = null;
        feed.IsLoaded = false;
        Subscribe(feed);
    }

    // A change may have been lost, and perhaps no other follows that would show it. What is here stays in force.
    private void SubscribeAgain(Address node)
    {
        foreach (var (_, feed) in _sources.Where(known => known.Key.Path.Address == node))
            Subscribe(feed);
    }

    private void AskTheSilent()
    {
        foreach (var feed in _virtualHosts.Values.Concat<Feed>(_exchanges.Values).Where(feed => !feed.IsLoaded))
        {
            if (feed.IsSilent)
                Subscribe(feed);
            feed.IsSilent = true;
        }
    }

    private void Subscribe(Feed feed)
    {
        feed.IsSilent = true;
        if (feed is NamesFeed names)
            SubscribeNames(names, _settings.CatalogueRegion(Context.System));
        else if (feed is RoutesFeed routes)
            SubscribeRoutes(routes, _settings.ExchangeRegion(Context.System));
    }

    /// <summary>The actor that a snapshot begins to come from is the one that is followed from now on.</summary>
    private void Follow(Feed feed, IActorRef source)
    {
        if (source.Equals(feed.Source))
            return;
        Unfollow(feed);
        feed.Source = source;
        _sources[source] = feed;
        Context.Watch(source);
    }

    private void Unfollow(Feed feed)
    {
        if (feed.Source is not { } source)
            return;
        feed.Source = null;
        _sources.Remove(source);
        Context.Unwatch(source);
    }

    /// <summary>A change was missed: what is here stays in force until the new snapshot.</summary>
    private void StartAnew(Feed feed, long version)
    {
        _log.Warning("change {0} of {1} came after {2}: loading again", version, feed.Source, feed.Version);
        feed.IsLoaded = false;
        Subscribe(feed);
    }

    private void AnswerWaiters(Feed feed, object answer)
    {
        foreach (var waiter in feed.Waiters)
            waiter.Tell(answer, Self);
        feed.Waiters.Clear();
    }

    private sealed record RetryTick : INoSerializationVerificationNeeded
    {
        public static RetryTick Instance { get; } = new();
    }
}
