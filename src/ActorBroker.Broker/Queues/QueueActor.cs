using ActorBroker.Broker.Contents;
using ActorBroker.Broker.DeadLetters;
using ActorBroker.Broker.History;
using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Queues;

/// <summary>
/// One queue: a sharded persistent entity around its rules (<see cref="IQueueRules"/>). The actor keeps the journal
/// (one write under way collects the next), tells connections what the rules decide, and takes care of the queue's
/// beginning and end.
/// <para>
/// Its persistence id is <c>queue/ENTITY</c>; it is created by the first message to its name and goes when it turns
/// out that there is no such queue. Commands for its name that come while it is being declared or deleted are stashed
/// (each is some client's outstanding request, so connections bound their number). A write that the
/// journal cannot take for now is tried again; one that fails or is refused for another reason nacks every publish that
/// is not confirmed and stops the actor: the next message starts it anew from what the journal has, and a second
/// incarnation elsewhere is fenced by the journal's unique sequence numbers in the same way.
/// A transient queue journals nothing but the messages that it spills.
/// </para>
/// </summary>
public sealed partial class QueueActor : UntypedPersistentActor, IWithTimers, IQueueWork
{
    private static readonly TimeSpan AbsentTimeout = TimeSpan.FromSeconds(10);

    private readonly QueueActorSettings _settings;
    private readonly QueueConnections _connections = new();
    private readonly QueueOutbox _outbox;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<string> _bindingSources = new(StringComparer.Ordinal);

    private QueueLife _life = QueueLife.Absent;
    private QueueKey _key;
    private QueueDefinition? _definition;
    private IQueueRules? _queue;
    private IActorRef? _owner;

    /// <summary>Use <see cref="Props"/>.</summary>
    public QueueActor(string entityId, QueueActorSettings settings, IActorRef? home)
    {
        PersistenceId = EntityIds.PersistenceId(EntityIds.QueueType, entityId);
        _quarantine = JournalQuarantine.Of(Context.System, PersistenceId);
        JournalPluginId = JournalPlugins.JournalOf(Context.System, PersistenceId);
        SnapshotPluginId = JournalPlugins.SnapshotsOf(Context.System, PersistenceId);
        _settings = settings;
        _home = home;
        _outbox = new QueueOutbox(_connections, Self, this);
    }

    private enum QueueLife
    {
        Absent,
        Placing,
        Elsewhere,
        Returning,
        Declaring,
        Live,
        Deleting,
        Leaving,
        Passivating,
        Stopping,
        Damaged,
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private QueueOptions Options => _settings.Options;

    // An exclusive queue goes with its connection, so it never outlives a restart, whatever it was declared as.
    private bool IsJournaled => _definition is { Durable: true, Exclusive: false };

    /// <summary>The queue entity of this id; with a home, as a child of a <see cref="Placement.QueueHostActor"/>.</summary>
    public static Props Props(string entityId, QueueActorSettings settings, IActorRef? home = null) =>
        Akka.Actor.Props.Create(() => new QueueActor(entityId, settings, home));

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        AdvanceTime();
        switch (message)
        {
            case Terminated terminated when OnPlaceLost(terminated.ActorRef):
                return;
            case Terminated terminated:
                OnTerminated(terminated);
                return;
            case SegmentRead read:
                OnSegmentRead(read);
                return;
            case StopQueue:
                OnStop();
                return;
            case ForgetSender:
                return;
            case ForgetReplay:
                OnForgetReplay();
                return;
            case PlacementMessage or Placement.PlaceHere or Placement.LeaveNode:
                OnPlacement(message);
                return;
            case PoliciesApplied or VirtualHostLoaded:
                OnPoliciesKnown();
                return;
            case FiguresWanted wanted:
                OnFiguresWanted(wanted);
                return;
            case NameUnregistered { RequestId: LostRequest } lost:
                OnLostName(lost);
                return;
        }

        if (OnJournalMessage(message))
        {
            return;
        }

        switch (_life)
        {
            case QueueLife.Live:
                OnLive(message);
                break;
            case QueueLife.Absent:
                OnAbsent(message);
                break;
            case QueueLife.Leaving:
                OnLeaving(message);
                break;
            case QueueLife.Passivating:
                OnPassivating(message);
                break;
            case QueueLife.Stopping:
                OnStopping(message);
                break;
            case QueueLife.Damaged:
                OnDamaged(message);
                break;
            case QueueLife.Placing or QueueLife.Elsewhere or QueueLife.Returning:
                OnHome(message);
                break;
            default:
                OnChanging(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "{0}: journal write {1} failed; the queue restarts from what the journal has", PersistenceId, sequenceNr);
        FailOutstanding();
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        if (RetryLater(cause, @event))
        {
            return;
        }

        _log.Error(cause, "{0}: journal write {1} was refused; the queue restarts from what the journal has", PersistenceId, sequenceNr);
        FailOutstanding();
        Context.Stop(Self);
    }

    /// <summary>
    /// A bug: the connections must learn that their publishes and consumers are lost, which only this actor's end tells
    /// them. The next message to the queue starts it anew.
    /// </summary>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    private void OnLive(object message)
    {
        switch (message)
        {
            case NamedQueueCommand or AskTick when OnDoubt(message):
                break;
            case QueueCommand command when OnMessageCommand(command):
                break;
            case NamedQueueCommand named:
                OnNamedCommand(named);
                break;
            case ContentsQuestion question:
                OnContentsQuestion(question);
                break;
            case FlushTick:
                _queue!.FlushSettlements();
                break;
            case SpillTick:
                _queue!.Spill();
                break;
            case SizesTick:
                _areSizesDue = false;
                break;
            case DueTick:
                OnDueTick();
                break;
            case TidyUpTick:
                KeepJournalShort(isDue: HasLeftovers);
                break;
            case ExpiryTick:
                OnExpiryTick();
                break;
            case LookTick:
                OnLookTick();
                break;
            case DeadLettersDone done:
                OnDeadLettersDone(done);
                break;
            default:
                Unhandled(message);
                return;
        }

        ScheduleTicks();
    }

    private void OnAbsent(object message)
    {
        switch (message)
        {
            case DeclareQueue { Passive: false } declare:
                BeginDeclare(declare);
                break;
            case NamedQueueCommand named:
                RefuseAbsent(named);
                break;
            case ReceiveTimeout:
                Leave();
                break;
            case PublishBatch publish:
                // The queue was deleted while the batch was on its way: as if it had been deleted just after.
                Sender.Tell(new PublishProgress(publish.LinkSequence, publish.LinkSequence));
                break;
            case QueueCommand:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void FailOutstanding()
    {
        (_queue ?? _ending)?.WriteFailed();
        FailRequest();
    }

    /// <summary>The journal's answer to a read.</summary>
    private sealed record SegmentRead(SegmentAddress Segment, int Attempt, SegmentContent? Content, Exception? Failure)
        : INoSerializationVerificationNeeded
    {
        /// <summary>Each event was read by itself.</summary>
        public bool IsOneByOne { get; init; }
    }

    private sealed record FlushTick : INoSerializationVerificationNeeded
    {
        public static FlushTick Instance { get; } = new();
    }

    private sealed record SpillTick : INoSerializationVerificationNeeded
    {
        public static SpillTick Instance { get; } = new();
    }

    /// <summary>From the shard: write what waits, then stop.</summary>
    internal sealed record StopQueue : INoSerializationVerificationNeeded
    {
        public static StopQueue Instance { get; } = new();
    }
}
