using ActorBroker.Broker.Queues.Placement;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Broker.Queues;

/// <content>
/// A queue that is declared to live on another node than that of its shard. The entity at the shard is then its home: it
/// passes on what comes by name, and the queue itself is a child of the other node's <see cref="QueueHostActor"/>. They
/// end together: when the home moves or is lost, the queue stops; when the queue leaves its node, or is lost with it, the
/// home makes way for its next incarnation, which has the queue from the journal and is the queue itself.
/// </content>
public sealed partial class QueueActor
{
    private static readonly TimeSpan PlacingLimit = TimeSpan.FromSeconds(3);

    // At the queue, where it does not live at its shard.
    private readonly IActorRef? _home;

    // At its home.
    private IActorRef? _hosted;
    private bool _isPlaceChosen;
    private bool _isCounted;

    private bool BeginPlacing(DeclareQueue declare, VirtualHostPolicies policies)
    {
        if (_home is not null || _isPlaceChosen || _settings.Hosting is not { } hosting || Stage.IsName(declare.Queue.Name)
            || AkkaCluster.Get(Context.System).State.Members.Count < 2)
        {
            _isPlaceChosen = false;
            return false;
        }

        var locator = LocatorOf(declare, policies, hosting);
        if (locator == QueueLeaderLocator.ByName)
        {
            return false;
        }

        Context.SetReceiveTimeout(null);
        _life = QueueLife.Placing;
        Stash.Stash();
        hosting.Host.Tell(new ChoosePlace(Contracts.EntityIds.Of(declare.Queue), Self, locator, Sender.Path.Address), Self);
        Timers.StartSingleTimer(PlaceHere.Instance, PlaceHere.Instance, PlacingLimit);
        return true;
    }

    // An exclusive queue is used by one connection, with which it ends.
    private static QueueLeaderLocator LocatorOf(DeclareQueue declare, VirtualHostPolicies policies, QueueHosting hosting)
    {
        if (declare.Definition.Exclusive)
        {
            return QueueLeaderLocator.ClientLocal;
        }

        var arguments = declare.Definition.Arguments;
        var policy = policies.OfQueue(declare.Queue.Name, QueueArguments.TypeOf(arguments) ?? QueueType.Classic);
        return QueueLeaderLocators.Of(arguments, policy.Definition) ?? hosting.Default;
    }

    private void OnPlacement(object message)
    {
        switch (message)
        {
            case Placement.PlaceHere when _life == QueueLife.Placing:
                Timers.Cancel(PlaceHere.Instance);
                _isPlaceChosen = true;
                _life = QueueLife.Absent;
                Context.SetReceiveTimeout(AbsentTimeout);
                Stash.UnstashAll();
                break;
            case QueueHosted hosted when _life == QueueLife.Placing:
                Timers.Cancel(PlaceHere.Instance);
                _hosted = hosted.Queue;
                Context.Watch(_hosted);
                _life = QueueLife.Elsewhere;
                Stash.UnstashAll();
                break;
            case QueueHosted late:
                late.Queue.Tell(new StopHostedQueue());
                break;
            case HostedQueueLeaves:
                _life = _life == QueueLife.Elsewhere ? QueueLife.Returning : _life;
                Sender.Tell(new StopHostedQueue());
                break;
            case StopHostedQueue:
                OnStop();
                break;
            case LeaveNode:
                AskToLeave();
                break;
        }
    }

    // While the queue is to live elsewhere, does so, or comes back.
    private void OnHome(object message)
    {
        if (message is not NamedQueueCommand)
        {
            return;
        }

        if (_life == QueueLife.Elsewhere)
        {
            _hosted!.Forward(message);
        }
        else
        {
            Stash.Stash();
        }
    }

    // What has not begun here does not end here: the next incarnation, elsewhere, answers it.
    private void PassOn()
    {
        var region = _settings.QueueRegion(Context.System);
        if (_declaring is not null)
        {
            region.Tell(_declaring, _requester);
        }

        foreach (var waiting in Stash.ClearStash())
        {
            region.Tell(waiting.Message, waiting.Sender);
        }
    }

    private bool OnPlaceLost(IActorRef actor)
    {
        if (actor.Equals(_home))
        {
            OnStop();
            return true;
        }

        if (!actor.Equals(_hosted))
        {
            return false;
        }

        _hosted = null;
        if (_life == QueueLife.Stopping)
        {
            Context.Stop(Self);
        }
        else
        {
            Leave();
        }

        return true;
    }

    // The shard takes the home away: its queue goes first.
    private bool StopHosted()
    {
        if (_hosted is null)
        {
            return false;
        }

        _life = QueueLife.Stopping;
        _hosted.Tell(new StopHostedQueue());
        return true;
    }

    private void AskToLeave()
    {
        if (_home is null)
        {
            Context.Parent.Tell(new Passivate(StopQueue.Instance));
        }
        else
        {
            _home.Tell(new HostedQueueLeaves());
        }
    }

    private void BeginCounted()
    {
        if (!_isCounted && _settings.Hosting is { } hosting)
        {
            _isCounted = true;
            hosting.Enter();
        }
    }

    private void EndCounted()
    {
        if (_isCounted)
        {
            _isCounted = false;
            _settings.Hosting!.Leave();
        }
    }
}
