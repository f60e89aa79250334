using System.Diagnostics;
using System.Security.Cryptography;
using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Access;

/// <summary>
/// Users, virtual hosts and permissions: the one sharded persistent entity of its kind in a cluster.
/// <para>
/// Its persistence id is <c>access/access</c>. The first start, when the journal is empty, writes the default user,
/// virtual host and permissions before anything is answered; ever after only the journal counts. Questions that come
/// earlier wait here rather than in the stash, so that they can be refused as unavailable when the journal does not
/// play along: then the actor stops, and the next question starts it anew. It never passivates.
/// </para>
/// </summary>
public sealed partial class AccessActor : UntypedPersistentActor, IWithTimers
{
    // Each is some client's handshake under way; beyond it they are refused at once.
    private const int WaitingMax = 10_000;

    private readonly AccessSettings _settings;
    private AccessSnapshot _current = AccessSnapshot.Empty;
    private readonly Queue<(AccessCommand Command, IActorRef Asker)> _waiting = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ReplayCheck _replay = new();
    private bool _isReady;

    /// <summary>Use <see cref="Props"/>.</summary>
    public AccessActor(string entityId, AccessSettings settings)
    {
        PersistenceId = EntityIds.PersistenceId(EntityIds.AccessType, entityId);
        _settings = settings;
        _search = new FollowerSearch(AccessTableActor.Name, settings.Clock, NodeTimeout, _log);
        _snapshots = new SnapshotPair(this, _log);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The access entity.</summary>
    /// <param name="entityId">See <see cref="AccessCommand.TheEntity"/>.</param>
    /// <param name="settings">What the first start writes, and where virtual hosts are.</param>
    public static Props Props(string entityId, AccessSettings settings) =>
        Akka.Actor.Props.Create(() => new AccessActor(entityId, settings));

    /// <inheritdoc/>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (_isReady || message is not AccessCommand command)
        {
            return base.AroundReceive(receive, message);
        }

        if (_waiting.Count < WaitingMax || command is CountConnection)
        {
            _waiting.Enqueue((command, Sender));
        }
        else
        {
            Refuse(command, Sender);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (_replay.Look(message, LastSequenceNr))
        {
            case AccessEntitySnapshot snapshot:
                Recover(snapshot);
                break;
            case AccessEvent accessEvent:
                _eventsSinceSnapshot++;
                Apply(accessEvent);
                break;
            case RecoveryCompleted when _replay.DamageWithGaps is { } damage:
                _log.Error("{0}: journal damage: nobody can log in: {1}", PersistenceId, damage);
                BecomeReady();
                break;
            case RecoveryCompleted when LastSequenceNr == 0:
                Seed();
                break;
            case RecoveryCompleted:
                BecomeReady();
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case AccessCommand command:
                Answer(command, Sender);
                break;
            case AccessTableApplied applied:
                _nodes.MarkApplied(Sender, applied.Version);
                _search.OnHeard(Sender);
                AnswerFollowed();
                break;
            case ActorIdentity identity:
                _search.OnIdentity(identity);
                AnswerFollowed();
                break;
            case FollowerSearch.Due:
                _search.OnDue(Context, Timers, new ReloadAccess());
                AnswerFollowed();
                break;
            case NodesDue:
                OnNodesDue();
                break;
            case PolicyAnswered answered:
                OnTypeSet(answered);
                break;
            case TypesDue:
                AskForTypes();
                break;
            case VirtualHostPlaced placed:
                OnPlaced(placed);
                break;
            case VirtualHostEmptied emptied:
                OnEmptied(emptied);
                break;
            case Terminated terminated:
                Forget(terminated.ActorRef);
                if (_nodes.Remove(terminated.ActorRef))
                {
                    AnswerFollowed();
                }

                break;
            default:
                if (!_snapshots.OnMessage(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _log.Error(cause, "{0}: journal write {1} failed; the next login starts over", PersistenceId, sequenceNr);

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "{0}: journal write {1} was refused; the next login starts over", PersistenceId, sequenceNr);
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _log.Error(reason, "{0}: users and virtual hosts cannot be read from the journal; the next login starts over", PersistenceId);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_writing is { } writing)
        {
            Refuse(writing.Change, writing.Asker);
        }

        // Written, and in force on the nodes that have heard of it: so it is not known to have failed.
        foreach (var unanswered in _unanswered)
        {
            Refuse(unanswered.Change, unanswered.Asker);
        }

        foreach (var placing in _placing)
        {
            Refuse(placing.Change, placing.Asker);
        }

        while (_waiting.TryDequeue(out var waiting))
        {
            Refuse(waiting.Command, waiting.Asker);
        }

        base.PostStop();
    }

    private void Seed()
    {
        var options = _settings.Options;
        var origin = new Origin(string.Empty, "first start", _settings.Clock.GetUtcNow());
        // The configuration has it in clear: a slow hash would protect nothing.
        var salt = RandomNumberGenerator.GetBytes(PasswordHash.SaltSizeOf(PasswordHashing.Sha256));
        var hash = PasswordHash.Create(PasswordHashing.Sha256, salt, options.DefaultPassword);
        AccessEvent[] events =
        [
            new UserCreated(new User(options.DefaultUser, hash, [User.Administrator]), origin),
            new VirtualHostCreated(options.DefaultVirtualHost, VirtualHostMetadata.None, origin),
            new PermissionGranted(options.DefaultUser, options.DefaultVirtualHost, Permission.All, origin),
        ];
        var last = events[^1];
        PersistAll(events, written =>
        {
            ApplyWritten(written);
            if (ReferenceEquals(written, last))
            {
                BecomeReady();
            }
        });
    }

    private void BecomeReady()
    {
        _isReady = true;
        ResumeWork();
        SaveSnapshotWhenDue();
        while (_waiting.TryDequeue(out var waiting))
        {
            Answer(waiting.Command, waiting.Asker);
        }
    }

    private void Apply(AccessEvent accessEvent) => _current = _current.After(accessEvent);

    private void Answer(AccessCommand command, IActorRef asker)
    {
        switch (command)
        {
            case var _ when _replay.DamageWithGaps is not null:
                Refuse(command, asker);
                break;
            case ListVirtualHosts list:
                asker.Tell(new VirtualHostsListed(list.RequestId, [.. _current.VirtualHosts.Keys]));
                break;
            case OpenVirtualHost open:
                Open(open, asker);
                break;
            case AccessChange change:
                Change(change, asker);
                break;
            case SubscribeAccess:
                Subscribe(asker);
                break;
            default:
                AnswerCounting(command, asker);
                break;
        }
    }

    private static void Refuse(AccessCommand command, IActorRef asker)
    {
        var refusal = new Refusal(RefusalReason.Unavailable, "users and virtual hosts cannot be read at the moment");
        object? answer = command switch
        {
            OpenVirtualHost => new VirtualHostOpened(command.RequestId, refusal),
            AccessChange => new AccessChangeDone(command.RequestId, refusal),
            SubscribeAccess => new AccessTableRefused(refusal),
            OpenChannel => new ChannelOpened(command.RequestId, refusal),
            _ => null,
        };
        if (answer is not null)
        {
            asker.Tell(answer);
        }
    }
}
