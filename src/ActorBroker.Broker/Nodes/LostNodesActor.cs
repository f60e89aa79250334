using ActorBroker.Contracts.Events;
using Akka.Actor;
using Akka.Cluster;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Broker.Nodes;

/// <summary>Tells the node's event stream of nodes that have left the cluster, or were downed: <see cref="NodeLost"/>.</summary>
internal sealed class LostNodesActor : UntypedActor
{
    /// <summary>Its name below <c>/user</c>.</summary>
    public const string Name = "lost-nodes";

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);

    /// <summary>One a node.</summary>
    public static Props Props { get; } = Akka.Actor.Props.Create(static () => new LostNodesActor());

    /// <inheritdoc/>
    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is ClusterEvent.MemberRemoved removed)
        {
            Context.System.EventStream.Publish(new NodeLost(removed.Member.Address));
        }
    }
}
