using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Exchanges;

/// <summary>
/// One exchange: a sharded persistent entity around <see cref="ExchangeState"/> and <see cref="ExchangeDecider"/>. It is
/// the only writer of its bindings and keeps the routing tables of the nodes in step with them: a request is answered
/// when the journal has what is durable of it and every node that routes through the exchange follows it.
/// <para>
/// Its persistence id is <c>exchange/ENTITY</c>. Requests are handled in order; neighbouring changes of bindings share
/// one round of questions, one write and one message to the nodes. While one is under way the others wait here, up to
/// <see cref="ExchangeSettings.WaitingMax"/>, but <see cref="AddExchangeBindingSource"/> never waits: two exchanges that
/// bind each other would wait for one another.
/// </para>
/// <para>
/// An exchange with a history has a child, <see cref="HistoryCopyActor"/>, while a binding is being added.
/// </para>
/// <para>
/// The state changes before the write: nobody but the node tables sees it, and those are told after the write. A write
/// that fails or is refused refuses all requests as unavailable and stops the actor; the next message starts it anew
/// from what the journal has. A transient exchange journals nothing. An exchange that does not exist leaves its shard.
/// </para>
/// </summary>
public sealed partial class ExchangeActor : UntypedPersistentActor, IWithTimers
{
    private readonly ExchangeSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ExchangeRequests _requests = new();
    private readonly AnswerWait _answers = new();
    private readonly NodeSubscribers _nodes = new();

    // What the requests under way and the questions of other exchanges wait for is the journal: refused if it fails.
    private readonly List<ExchangeRequest> _current = [];
    private readonly List<(string RequestId, IActorRef Sender)> _sourcesInWriting = [];

    // Answered ahead, because the bindings were going anyway; done if the deletion comes to nothing.
    private readonly List<ExchangeRequest> _removedWhileDeleting = [];

    private ExchangeState? _state;
    private Action? _whenNodesFollow;
    private bool _isBusy;
    private bool _isTaking;
    private bool _isDeleting;
    private bool _isLeaving;
    private bool _sendsOn;

    // Since it was recovered.
    private bool _hasWritten;
    private int _eventsSinceSnapshot;

    /// <summary>Use <see cref="Props"/>.</summary>
    public ExchangeActor(string entityId, ExchangeSettings settings)
    {
        PersistenceId = EntityIds.PersistenceId(EntityIds.ExchangeType, entityId);
        JournalPluginId = JournalPlugins.JournalOf(Context.System, PersistenceId);
        SnapshotPluginId = JournalPlugins.SnapshotsOf(Context.System, PersistenceId);
        _settings = settings;
        _search = new FollowerSearch(RoutingTableActor.Name, Clock, settings.NodeTimeout, _log);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    // Set by recovery or by the first command: the entity's own id may be a hash of the name.
    private ExchangeState State => _state!;

    /// <summary>The exchange entity of this id.</summary>
    public static Props Props(string entityId, ExchangeSettings settings) =>
        Akka.Actor.Props.Create(() => new ExchangeActor(entityId, settings));

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case ExchangeCommand command when _isLeaving && (_sendsOn || command is DeclareExchange { Passive: false }):
                // The shard holds back what comes until this actor has stopped; what had come before goes the same way, from
                // the first on after which the answer is another. Each incarnation would else answer one, and send on the many others.
                _sendsOn = true;
                _settings.ExchangeRegion(Context.System).Forward(command);
                break;
            case ExchangeCommand command when _replay.Damage is { } damage:
                RefuseDamaged(command, damage);
                break;
            case AddExchangeBindingSource add:
                OnAddSource(add);
                break;
            case ExchangeCommand command:
                OnRequest(new ExchangeRequest(command, Sender));
                break;
            case BindingSourceAnswered answer:
                _answers.OnAnswer(answer.RequestId, answer.Refusal, answer.DestinationIsDurable);
                break;
            case DestinationRemoved answer:
                _answers.OnAnswer(answer.RequestId, answer.Refusal, isDurable: false);
                break;
            case NameRegistered answer:
                _answers.OnAnswer(answer.RequestId, answer.Refusal, isDurable: false);
                break;
            case NameUnregistered answer:
                _answers.OnAnswer(answer.RequestId, answer.Refusal, isDurable: false);
                break;
            case QueueAnswered answer:
                OnStageAnswered(answer);
                break;
            case RoutesApplied applied:
                _nodes.MarkApplied(Sender, applied.Version);
                GoOnWhenNodesFollow();
                if (_search.OnHeard(Sender))
                    EndSearch();
                break;
            case ActorIdentity identity:
                if (_search.OnIdentity(identity))
                    EndSearch();
                break;
            case HistoryCopied copied:
                OnHistoryCopied(Sender, copied.Refusal);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_historyCopier):
                OnHistoryCopied(terminated.ActorRef, Unavailable("could not copy its history"));
                break;
            case Terminated terminated:
                _nodes.Remove(terminated.ActorRef);
                GoOnWhenNodesFollow();
                break;
            case VirtualHostLoaded:
                OnPoliciesLoaded();
                break;
            case AnswersDue:
                OnAnswersDue();
                break;
            case NodesDue:
                OnNodesDue();
                break;
            case FollowerSearch.Due:
                if (_search.OnDue(Context, Timers, new ReloadRoutes(State.Key)))
                    EndSearch();
                break;
            case ReceiveTimeout:
                OnNobodyCame();
                break;
            case StopExchange:
                RefuseAll(Interrupted("is moving"));
                Context.Stop(Self);
                break;
            default:
                OnSnapshotMessage(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (_replay.Look(message, LastSequenceNr))
        {
            case ExchangeSnapshot snapshot:
                _state = new ExchangeState(snapshot);
                break;
            case RecoveryCompleted when _replay.Damage is { } damage:
                _log.Error("{0}: journal damage: the exchange is not served: {1}", PersistenceId, damage);
                break;
            case ExchangeEvent exchangeEvent:
                _eventsSinceSnapshot++;
                _state ??= new ExchangeState(exchangeEvent.Exchange);
                _state.Apply(exchangeEvent);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "{0}: journal write {1} failed; the exchange restarts from what the journal has", PersistenceId, sequenceNr);
        RefuseAll(Interrupted("could not be written"));
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "{0}: journal write {1} was refused; the exchange restarts from what the journal has", PersistenceId, sequenceNr);
        RefuseAll(Interrupted("could not be written"));
        Context.Stop(Self);
    }

    private Refusal Unavailable(string why) => new(RefusalReason.Unavailable, Text(why));

    private Refusal Interrupted(string why) => new(RefusalReason.Interrupted, Text(why));

    private string Text(string why) => _state is null ? $"{PersistenceId} {why}" : $"{State.Key} {why}";

    /// <summary>From the shard: stop, now that nothing more comes.</summary>
    internal sealed record StopExchange : INoSerializationVerificationNeeded
    {
        public static StopExchange Instance { get; } = new();
    }

    private sealed record AnswersDue : INoSerializationVerificationNeeded
    {
        public static AnswersDue Instance { get; } = new();
    }
}
