using ActorBroker.Contracts.Clustering;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace ActorBroker.Broker.Clustering;

/// <summary>
/// Publishes <see cref="NodeRemoved"/>, <see cref="NodeLinkBroken"/> and <see cref="NodeLinkRestored"/> on the event stream of
/// its node. One a node.
/// <para>
/// Akka.Remote (<c>EndpointManager.KeepQuarantinedOr</c>) does not wait between its attempts to reach an address at
/// which an earlier node was quarantined: whatever is told that node makes an attempt, which may fail within microseconds.
/// Whoever hears of a broken link tells that node something. So attempts that fail one after the other are published once
/// in <see cref="BrokenInterval"/>; they would go on as fast as they can until the node is removed.
/// </para>
/// </summary>
public sealed class MembersActor : UntypedActor, IWithTimers
{
    /// <summary>As long as Akka.Remote waits where it does (<c>akka.remote.retry-gate-closed-for</c>).</summary>
    internal static readonly TimeSpan BrokenInterval = TimeSpan.FromSeconds(1);

    private readonly HashSet<Address> _brokenAgain = [];
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <summary>The actor of a node.</summary>
    public static Props Props { get; } = Akka.Actor.Props.Create(static () => new MembersActor());

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

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
                Timers.Cancel(removed.Member.Address);
                _brokenAgain.Remove(removed.Member.Address);
                Context.System.EventStream.Publish(new NodeRemoved(removed.Member.Address));
                break;
            case AssociationEvent ended and (DisassociatedEvent or AssociationErrorEvent) when IsMember(ended.RemoteAddress):
                OnEnded(ended.RemoteAddress);
                break;
            case AssociatedEvent begun when IsMember(begun.RemoteAddress):
                OnBegun(begun.RemoteAddress);
                break;
            case BrokenDue due when _brokenAgain.Remove(due.Node):
                PublishBroken(due.Node);
                break;
        }
    }

    private void OnEnded(Address node)
    {
        if (Timers.IsTimerActive(node))
            _brokenAgain.Add(node);
        else
            PublishBroken(node);
    }

    // The next end is that of this connection.
    private void OnBegun(Address node)
    {
        Timers.Cancel(node);
        if (_brokenAgain.Remove(node))
            Context.System.EventStream.Publish(new NodeLinkBroken(node));
        Context.System.EventStream.Publish(new NodeLinkRestored(node));
    }

    private void PublishBroken(Address node)
    {
        Timers.StartSingleTimer(node, new BrokenDue(node), BrokenInterval);
        Context.System.EventStream.Publish(new NodeLinkBroken(node));
    }

    private bool IsMember(Address address) => _cluster.State.Members.Any(member => member.Address == address);

    private sealed record BrokenDue(Address Node) : INoSerializationVerificationNeeded;
}
