using ActorBroker.Contracts.Clustering;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Clustering;

/// <summary>Publishes <see cref="NodeRemoved"/> on the event stream of its node. One a node.</summary>
public sealed class MembersActor : UntypedActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <summary>The actor of a node.</summary>
    public static Props Props { get; } = Akka.Actor.Props.Create(static () => new MembersActor());

    /// <inheritdoc/>
    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is ClusterEvent.MemberRemoved removed)
        {
            Context.System.EventStream.Publish(new NodeRemoved(removed.Member.Address));
        }
    }
}
