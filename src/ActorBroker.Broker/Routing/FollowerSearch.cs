using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Routing;

/// <summary>
/// Which nodes still go by what an earlier incarnation of an entity told them. A new one does not know them until they
/// subscribe, and what it changed would be answered while they go by the old: so at its first change it tells the actor
/// of every node that may follow it to do so, and waits until each has said how far it follows, if it does at all. Part
/// of the entity's actor, which gives up when it has waited long enough.
/// </summary>
/// <param name="follower">Name below <c>/user</c> of the actor that follows, one on each node.</param>
internal sealed class FollowerSearch(string follower)
{
    private readonly HashSet<Address> _unheard = [];
    private Address? _self;

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
    /// <param name="nodes">Where there may be one that follows.</param>
    /// <param name="known">Those of them that do.</param>
    /// <param name="follow">What it is told, which it answers when it follows or has nothing that it would follow.</param>
    public void Begin(IActorContext context, IReadOnlyCollection<Address> nodes, IReadOnlyCollection<IActorRef> known, object follow)
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
    }

    /// <summary>One that may follow has answered.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool OnHeard(IActorRef actor) =>
        IsUnderWay && _unheard.Remove(NodeOf(actor)) && IsOver;

    /// <summary>Whether there is such an actor: one that exists answers for itself.</summary>
    /// <returns>Whether it was the last to be waited for.</returns>
    public bool OnIdentity(ActorIdentity identity) =>
        identity is { Subject: null, MessageId: string node } && _unheard.RemoveWhere(address => address.ToString() == node) > 0 && IsOver;

    /// <summary>Waits no longer: those that were not heard are told to load what they have again.</summary>
    /// <returns>Their addresses.</returns>
    public IReadOnlyCollection<Address> GiveUp(IActorContext context, object reload)
    {
        Address[] unheard = [.. _unheard];
        _unheard.Clear();
        foreach (var node in unheard)
            FollowerOf(context, node).Tell(reload, context.Self);
        return unheard;
    }

    private Address NodeOf(IActorRef actor) => actor.Path.Address.HasGlobalScope ? actor.Path.Address : _self!;

    private ActorSelection FollowerOf(IActorContext context, Address node) =>
        context.ActorSelection(new RootActorPath(node) / "user" / follower);
}
