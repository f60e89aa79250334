using System.Collections.Concurrent;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Policies;
using Akka.Actor;

namespace ActorBroker.Broker.Policies;

/// <summary>
/// The policies that this node knows, and the node's queues that have to hear when they change. The routing table actor
/// writes; entities read from their own threads.
/// </summary>
/// <param name="routingTableActor">Loads what is not there yet.</param>
public sealed class NodePolicies(Func<ActorSystem, IActorRef> routingTableActor)
{
    private readonly PolicyTable _table = new();

    // The value: the virtual host.
    private readonly ConcurrentDictionary<IActorRef, string> _followers = new();
    private volatile IActorRef _waker = ActorRefs.Nobody;

    /// <summary>
    /// The policies of a virtual host; null when they have yet to be loaded. Then <paramref name="asker"/> hears
    /// <see cref="VirtualHostLoaded"/> when they are.
    /// </summary>
    public VirtualHostPolicies? Of(string virtualHost, ActorSystem system, IActorRef asker)
    {
        var policies = _table.Of(virtualHost);
        if (policies is null)
            routingTableActor(system).Tell(new LoadVirtualHost(virtualHost), asker);
        return policies;
    }

    /// <summary>The queue is told <see cref="PoliciesApplied"/> at every change, until it ends.</summary>
    public void Follow(string virtualHost, IActorRef queue) => _followers[queue] = virtualHost;

    /// <summary>The queues of the node, at this moment. One that comes later has looked at nothing of the node's yet.</summary>
    public ICollection<IActorRef> Followers => _followers.Keys;

    /// <summary>The actor is told <see cref="PoliciesReplaced"/> when policies change that may have been in force.</summary>
    public void FollowAll(IActorRef waker) => _waker = waker;

    /// <summary>The queue has ended.</summary>
    public void Unfollow(IActorRef queue) => _followers.TryRemove(queue, out _);

    /// <summary>
    /// The policies are these from now on. When this returns every queue of the node has been told: it knows before it
    /// sees anything that is sent to it later. For the writer.
    /// </summary>
    public void Set(string virtualHost, VirtualHostPolicies policies)
    {
        var before = _table.Of(virtualHost);
        _table.Set(virtualHost, policies);
        foreach (var (queue, itsVirtualHost) in _followers)
        {
            if (itsVirtualHost == virtualHost)
                queue.Tell(PoliciesApplied.Instance);
        }

        // Also those that are out of memory.
        if (before is not null && before != policies)
            _waker.Tell(new PoliciesReplaced(virtualHost));
    }
}

/// <summary>To a queue: the policies of its virtual host have changed on this node.</summary>
internal sealed record PoliciesApplied : INoSerializationVerificationNeeded
{
    public static PoliciesApplied Instance { get; } = new();
}

/// <summary>To the one who wakes queues: those of this virtual host have to look at its policies again.</summary>
internal sealed record PoliciesReplaced(string VirtualHost) : INoSerializationVerificationNeeded;
