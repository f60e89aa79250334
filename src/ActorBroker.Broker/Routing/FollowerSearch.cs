using ActorBroker.Core.Time;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorBroker.Broker.Routing;

/// <summary>
/// Which nodes still go by what an earlier incarnation of an entity told them. A new one does not know them until they
/// subscribe, and what it changed would be answered while they go by the old: so at its first change it tells the actor
/// of every node that may follow it to do so, and waits until each has said how far it follows, if it does at all. Those
/// that have not in time are told to load what they have again. Part of the entity's actor, which hands it its messages.
/// </summary>
/// <param name="follower">Name below <c>/user</c> of the actor that follows, one on each node.</param>
/// <param name="clock">By what waiting is measured.</param>
/// <param name="timeout">How long it waits at most.</param>
/// <param name="log">The entity's.</param>
internal sealed class FollowerSearch(string follower, TimeProvider clock, TimeSpan timeout, ILoggingAdapter log)
{
    private readonly HashSet<Address> _unheard = [];
    private Address? _self;
    private WaitLimit _limit;

    /// <summary>Nodes were told, and one of them has not answered.</summary>
    public bool IsUnderWay => _unheard.Count > 0;

    /// <summary>It was begun, and nobody is waited for.</summary>
    public bool IsOver => _self is not null && !IsUnderWay;

    /// <summary>The nodes that can be reached: members of the cluster, this one among them.</summary>
    public static IReadOnlyCollection<Address> ReachableNodes(ActorSystem system)
    {
        var state = Cluster.Get(system).State;
        return [.. state.Members
            .Where(static member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving)
            .Except(state.Unreachable)
            .Select(static member => member.Address)];
    }

    /// <summary>Tells the nodes to follow that are not known to.</summary>
    /// <param name="context">The entity's.</param>
    /// <param name="timers">The entity's: one tells it <see cref="Due"/>.</param>
    /// <param name="nodes">Where there may be one that follows.</param>
    /// <param name="known">Those of them that do.</param>
    /// <param name="follow">What it is told, which it answers when it follows or has nothing that it would follow.</param>
    public void Begin(
        IActorContext context, ITimerScheduler timers, IReadOnlyCollection<Address> nodes, IReadOnlyCollection<IActorRef> known, object follow)
    {
        _self = ((ExtendedActorSystem)context.System).Provider.DefaultAddress;
        _unheard.UnionWith(nodes);
        _unheard.ExceptWith(known.Select(NodeOf));
        foreach (var node in _unheard)
        {
            var actor = FollowerOf(context, node);
            actor.Tell(follow, context.Self);

            // A node that is about to start has none: that is answered, too.
            actor.Tell(new Identify(node.ToString()), context.Self);
        }

        if (IsUnderWay)
        {
            _limit = WaitLimit.Begin(clock, timeout);
            timers.StartSingleTimer(Due.Instance, Due.Instance, timeout);
        }
    }

    /// <summary>One that may follow has answered.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool OnHeard(IActorRef actor) =>
        IsUnderWay && _unheard.Remove(NodeOf(actor)) && IsOver;

    /// <summary>Whether there is such an actor: one that exists answers for itself.</summary>
    /// <returns>Whether it was the last to be waited for.</returns>
    public bool OnIdentity(ActorIdentity identity) =>
        identity is { Subject: null, MessageId: string node } && _unheard.RemoveWhere(address => address.ToString() == node) > 0 && IsOver;

    /// <summary><see cref="Due"/> has come.</summary>
    /// <param name="context">The entity's.</param>
    /// <param name="timers">The entity's.</param>
    /// <param name="reload">Tells a node to load what it has again.</param>
    /// <returns>Whether it waits no longer, and did until now.</returns>
    public bool OnDue(IActorContext context, ITimerScheduler timers, object reload)
    {
        if (!IsUnderWay)
            return false;
        if (_limit.Left(clock) is { Ticks: > 0 } left)
        {
            timers.StartSingleTimer(Due.Instance, Due.Instance, left);
            return false;
        }

        log.Warning("{0}: not heard in time: {1}; has to load again what it goes by", context.Self, string.Join(", ", _unheard));
        foreach (var node in _unheard)
            FollowerOf(context, node).Tell(reload, context.Self);
        _unheard.Clear();
        return true;
    }

    private Address NodeOf(IActorRef actor) => actor.Path.Address.HasGlobalScope ? actor.Path.Address : _self!;

    private ActorSelection FollowerOf(IActorContext context, Address node) =>
        context.ActorSelection(new RootActorPath(node) / "user" / follower);

    /// <summary>Tells the entity that time is up; of a search that has ended it says nothing.</summary>
    internal sealed record Due : INoSerializationVerificationNeeded
    {
        public static Due Instance { get; } = new();
    }
}
