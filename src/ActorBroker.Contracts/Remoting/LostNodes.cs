using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Contracts.Remoting;

/// <summary>
/// Nodes that were members of the cluster until a moment ago. Akka tells who watches an actor of such a node of its end when
/// the node is removed; who begins to watch just after that, since another member that has not heard of it yet has named that
/// actor, would hear of it only when heartbeats stay away, and until then tell everything to nobody. For any thread.
/// </summary>
internal sealed class LostNodes
{
    private readonly ConcurrentDictionary<Address, byte> _addresses = new();

    /// <summary>Whether no actor of that node is there any more.</summary>
    public bool Contains(Address node) => _addresses.ContainsKey(node);

    /// <summary>The actor of a node that keeps them.</summary>
    public Props Keeper() =>
        Props.Create(() => new KeeperActor(this)).WithDispatcher("akka.actor.internal-dispatcher");

    // A node that comes back is known as one that joins before it begins to serve anybody.
    private sealed class KeeperActor(LostNodes nodes) : UntypedActor, IWithTimers
    {
        // By then all members know, and heartbeats tell of whatever there may still be.
        private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

        private readonly Cluster _cluster = Cluster.Get(Context.System);

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() =>
            _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

        protected override void PostStop() => _cluster.Unsubscribe(Self);

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ClusterEvent.MemberRemoved removed:
                    nodes._addresses.TryAdd(removed.Member.Address, 0);
                    Timers.StartSingleTimer(removed.Member.Address, new Forget(removed.Member.Address), KeptFor);
                    break;
                case ClusterEvent.MemberJoined or ClusterEvent.MemberWeaklyUp or ClusterEvent.MemberUp:
                    Drop(((ClusterEvent.IMemberEvent)message).Member.Address);
                    break;
                case Forget forget:
                    Drop(forget.Node);
                    break;
            }
        }

        private void Drop(Address node)
        {
            Timers.Cancel(node);
            nodes._addresses.TryRemove(node, out _);
        }

        private sealed record Forget(Address Node) : INoSerializationVerificationNeeded;
    }
}
