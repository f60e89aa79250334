using System.Diagnostics;
using System.Security.Cryptography;
using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Options;
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
public sealed partial class AccessActor : UntypedPersistentActor
{
    // Each is some client's handshake under way; beyond it they are refused at once.
    private const int WaitingMax = 10_000;

    private readonly AccessOptions _options;
    private readonly TimeProvider _time;
    private readonly AccessState _state;
    private readonly Queue<(AccessCommand Command, IActorRef Asker)> _waiting = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ReplayCheck _replay = new();
    private bool _isReady;

    /// <summary>Use <see cref="Props"/>.</summary>
    public AccessActor(string entityId, AccessOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        PersistenceId = EntityIds.PersistenceId(EntityIds.AccessType, entityId);
        _options = options;
        _time = time;
        _state = new AccessState(options.LoopbackUsers);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <summary>The access entity.</summary>
    /// <param name="entityId">See <see cref="AccessCommand.TheEntity"/>.</param>
    /// <param name="options">What the first start writes, and who must come from a loopback address.</param>
    /// <param name="time">For the origin of what the first start writes.</param>
    public static Props Props(string entityId, AccessOptions options, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new AccessActor(entityId, options, time));

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
            case AccessEvent accessEvent:
                Apply(accessEvent);
                break;
            case RecoveryCompleted when _replay.Damage is { } damage:
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
        if (message is AccessCommand command)
        {
            Answer(command, Sender);
        }
        else if (message is Terminated terminated)
        {
            Forget(terminated.ActorRef);
        }
        else
        {
            Unhandled(message);
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
            Refuse(writing.Command, writing.Asker);
        }

        while (_waiting.TryDequeue(out var waiting))
        {
            Refuse(waiting.Command, waiting.Asker);
        }

        base.PostStop();
    }

    private void Seed()
    {
        var origin = new Origin(string.Empty, "first start", _time.GetUtcNow());
        var hash = PasswordHash.Create(RandomNumberGenerator.GetBytes(PasswordHash.SaltSize), _options.DefaultPassword);
        AccessEvent[] events =
        [
            new UserCreated(new User(_options.DefaultUser, hash, [User.Administrator]), origin),
            new VirtualHostCreated(_options.DefaultVirtualHost, origin),
            new PermissionGranted(_options.DefaultUser, _options.DefaultVirtualHost, Permission.All, origin),
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
        while (_waiting.TryDequeue(out var waiting))
        {
            Answer(waiting.Command, waiting.Asker);
        }
    }

    private void ApplyWritten(AccessEvent accessEvent)
    {
        Apply(accessEvent);
        Context.System.EventStream.Publish(new AccessChanged(accessEvent));
    }

    private void Apply(AccessEvent accessEvent)
    {
        switch (accessEvent)
        {
            case UserCreated created:
                _state.Put(created.User);
                break;
            case VirtualHostCreated created:
                _state.PutVirtualHost(created.Name);
                break;
            case PermissionGranted granted:
                _state.PutPermission(granted.User, granted.VirtualHost, granted.Permission);
                break;
            case VirtualHostLimited limited:
                _limits.LimitVirtualHost(limited.VirtualHost, limited.ConnectionsMax);
                break;
            case UserLimited limited:
                _limits.LimitUser(limited.User, limited.Limits);
                break;
            default:
                throw new UnreachableException($"{accessEvent.GetType()} is no event of access.");
        }
    }

    private void Answer(AccessCommand command, IActorRef asker)
    {
        switch (command)
        {
            case var _ when _replay.Damage is not null:
                Refuse(command, asker);
                break;
            case AuthenticateUser login:
                asker.Tell(new UserAuthenticated(
                    login.RequestId, _state.Authenticate(login.User, login.Password, login.Loopback), _state.IsImpersonator(login.User)));
                break;
            case RenewUser renew:
                asker.Tell(new UserAuthenticated(
                    renew.RequestId, _state.Renew(renew.User, renew.VirtualHost), _state.IsImpersonator(renew.User)));
                break;
            case ListVirtualHosts list:
                asker.Tell(new VirtualHostsListed(list.RequestId, [.. _state.VirtualHosts]));
                break;
            case OpenVirtualHost open:
                Open(open, asker);
                break;
            default:
                AnswerLimits(command, asker);
                break;
        }
    }

    private static void Refuse(AccessCommand command, IActorRef asker)
    {
        var refusal = new Refusal(RefusalReason.Unavailable, "users and virtual hosts cannot be read at the moment");
        object? answer = command switch
        {
            AuthenticateUser or RenewUser => new UserAuthenticated(command.RequestId, refusal, IsImpersonator: false),
            OpenVirtualHost => new VirtualHostOpened(command.RequestId, refusal),
            SetVirtualHostLimits or SetUserLimits => new LimitsSet(command.RequestId, refusal),
            OpenChannel => new ChannelOpened(command.RequestId, refusal),
            _ => null,
        };
        if (answer is not null)
        {
            asker.Tell(answer);
        }
    }
}
