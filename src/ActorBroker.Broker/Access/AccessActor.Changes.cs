using ActorBroker.Broker.Routing;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Events;
using ActorBroker.Core.Time;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Access;

/// <content>
/// Changes, and the nodes that follow them: one is answered once it is written and every node goes by it. A node that does
/// not answer in time is taken off, and told to load everything again.
/// </content>
public sealed partial class AccessActor
{
    private static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(5);

    private readonly NodeSubscribers _nodes = new();
    private readonly FollowerSearch _search;
    private readonly List<UnansweredChange> _unanswered = [];
    private UnansweredChange? _writing;

    private void Change(AccessChange change, IActorRef asker)
    {
        SearchFollowers();
        if (NeedsPlace(change))
        {
            Place((CreateVirtualHost)change, asker);
        }
        else
        {
            Write(change, asker);
        }
    }

    private void Write(AccessChange change, IActorRef asker)
    {
        var (refusal, events) = AccessDecider.Decide(_current, change);
        if (refusal is not null)
        {
            asker.Tell(new AccessChangeDone(change.RequestId, refusal), Self);
            return;
        }

        var unanswered = new UnansweredChange(change, asker);
        if (events.Length == 0)
        {
            AnswerWhenFollowed(unanswered);
            return;
        }

        _writing = unanswered;
        var left = events.Length;
        PersistAll(events, written =>
        {
            ApplyWritten(written);
            if (--left > 0)
            {
                return;
            }

            _writing = null;
            SaveSnapshotWhenDue();
            AnswerWhenFollowed(unanswered);
        });
    }

    private void ApplyWritten(AccessEvent written)
    {
        Apply(written);
        _eventsSinceSnapshot++;
        _nodes.Tell(version => new AccessTableChanged(version, IsWhole: false, [written]), Self);
        if (written is UserLimited limited)
        {
            TellConnectionsOf(limited.User);
        }

        BeginWork(written);
        Context.System.EventStream.Publish(new AccessChanged(written));
    }

    private void AnswerWhenFollowed(UnansweredChange unanswered)
    {
        _unanswered.Add(unanswered);
        Follow(unanswered);
    }

    private void Follow(params IEnumerable<UnansweredChange> changes)
    {
        foreach (var unanswered in changes)
        {
            unanswered.Version = _nodes.Version;
            unanswered.Limit = WaitLimit.Begin(_settings.Clock, NodeTimeout);
        }

        AnswerFollowed();
        if (_unanswered.Count > 0 && !Timers.IsTimerActive(NodesDue.Instance))
        {
            Timers.StartSingleTimer(NodesDue.Instance, NodesDue.Instance, NodeTimeout);
        }
    }

    private void AnswerFollowed()
    {
        if (_search.IsUnderWay)
        {
            return;
        }

        var followed = _nodes.Followed;
        for (var i = 0; i < _unanswered.Count; i++)
        {
            var unanswered = _unanswered[i];
            if (unanswered.Version <= followed && !IsWorkUnderWay(unanswered.Change))
            {
                _unanswered.RemoveAt(i--);
                unanswered.Asker.Tell(new AccessChangeDone(unanswered.Change.RequestId, null), Self);
            }
        }
    }

    private void OnNodesDue()
    {
        if (_unanswered.Find(unanswered => unanswered.Version > _nodes.Followed) is not { } oldest)
        {
            return;
        }

        if (oldest.Limit.Left(_settings.Clock) is { Ticks: > 0 } left)
        {
            Timers.StartSingleTimer(NodesDue.Instance, NodesDue.Instance, left);
            return;
        }

        foreach (var node in _nodes.RemoveLaggards())
        {
            _log.Warning("{0}: {1} did not follow in time and has to load users and permissions again", PersistenceId, node);
            Context.Unwatch(node);
            node.Tell(new ReloadAccess(), Self);
        }

        AnswerFollowed();
    }

    // Nodes that this incarnation does not know go by what the one before told them: what they have not heard is not answered.
    private void SearchFollowers()
    {
        if (!_search.IsOver && !_search.IsUnderWay)
        {
            _search.Begin(Context, Timers, _settings.Nodes(Context.System), _nodes.Heard, new FollowAccess());
        }
    }

    private void Subscribe(IActorRef node)
    {
        _nodes.Add(node);
        Context.Watch(node);
        node.Tell(new AccessTableChanged(_nodes.Version, IsWhole: true, _current.ToEvents()), Self);
    }

    /// <summary>A change that is to be answered once the nodes have come to its version, and what it set in motion is done.</summary>
    private sealed class UnansweredChange(AccessChange change, IActorRef asker)
    {
        public AccessChange Change { get; } = change;

        public IActorRef Asker { get; } = asker;

        public long Version { get; set; }

        public WaitLimit Limit { get; set; }
    }

    private sealed record NodesDue : INoSerializationVerificationNeeded
    {
        public static NodesDue Instance { get; } = new();
    }
}
