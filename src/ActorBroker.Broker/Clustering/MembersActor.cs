using ActorBroker.Contracts.Clustering;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace ActorBroker.Broker.Clustering;

/// <summary>
/// Publishes <see cref="NodeRemoved"/>, <see cref="NodeLinkBroken"/> and <see cref="NodeLinkRestored"/> on the event stream of
/// its node. One a node.
/// </summary>
public sealed class MembersActor : UntypedActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <summary>The actor of a node.</summary>
    public static Props Props { get; } = Akka.Actor.Props.Create(static () => new MembersActor());

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationEvent));
    }

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberRemoved removed:
                Context.System.EventStream.Publish(new NodeRemoved(removed.Member.Address));
                break;
            case AssociationEvent ended and (DisassociatedEvent or AssociationErrorEvent) when IsMember(ended.RemoteAddress):
                Context.System.EventStream.Publish(new NodeLinkBroken(ended.RemoteAddress));
                break;
            case AssociatedEvent begun when IsMember(begun.RemoteAddress):
                Context.System.EventStream.Publish(new NodeLinkRestored(begun.RemoteAddress));
                break;
        }
    }

    private bool IsMember(Address address) => _cluster.State.Members.Any(member => member.Address == address);
}
