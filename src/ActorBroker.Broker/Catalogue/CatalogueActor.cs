using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Catalogue;

/// <summary>
/// The names of all queues and exchanges of one virtual host, and its policies: a sharded persistent entity, which the
/// nodes follow. A request is answered when a durable name or a policy is written and every node knows of the change.
/// <para>
/// Its persistence id is <c>catalogue/VIRTUAL HOST</c>. What comes during a round (write, tell the nodes, hear from
/// them) is gathered, up to <see cref="CatalogueSettings.WaitingMax"/>, and makes the next round. Transient names are
/// not written: after a restart the nodes, which know them, give them back. A write that fails or is refused refuses
/// all requests as unavailable and stops the actor. It never rests: there are few, and nodes follow them.
/// </para>
/// </summary>
public sealed partial class CatalogueActor : UntypedPersistentActor, IWithTimers
{
    private readonly CatalogueSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CatalogueState _state = new();
    private readonly SnapshotPair _snapshots;
    private readonly NodeSubscribers _nodes = new();
    private readonly Queue<CatalogueRequest> _waiting = new();
    private readonly List<CatalogueRequest> _current = [];

    // Names that were unregistered since the start: a node may not have heard of it yet when it gives names back.
    private HashSet<Destination>? _unregistered = [];
    private string _virtualHost = string.Empty;
    private bool _isBusy;
    private bool _isAwaitingNodes;
    private int _eventsSinceSnapshot;

    /// <summary>Use <see cref="Props"/>.</summary>
    public CatalogueActor(string entityId, CatalogueSettings settings)
    {
        PersistenceId = EntityIds.PersistenceId(EntityIds.CatalogueType, entityId);
        JournalPluginId = JournalPlugins.JournalOf(Context.System, PersistenceId);
        SnapshotPluginId = JournalPlugins.SnapshotsOf(Context.System, PersistenceId);
        _settings = settings;
        _search = new FollowerSearch(RoutingTableActor.Name, settings.Clock, settings.NodeTimeout, _log);
        _snapshots = new SnapshotPair(this, _log);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The catalogue entity of this id.</summary>
    public static Props Props(string entityId, CatalogueSettings settings) =>
        Akka.Actor.Props.Create(() => new CatalogueActor(entityId, settings));

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case CatalogueCommand command when _replay.DamageWithGaps is not null:
                RefuseDamaged(command);
                break;
            case CatalogueCommand command:
                OnRequest(command);
                break;
            case NamesApplied applied:
                _nodes.MarkApplied(Sender, applied.Version);
                FinishWhenNodesFollow();
                if (_search.OnHeard(Sender))
                    EndSearch();
                break;
            case ActorIdentity identity:
                if (_search.OnIdentity(identity))
                    EndSearch();
                break;
            case Terminated terminated:
                _nodes.Remove(terminated.ActorRef);
                FinishWhenNodesFollow();
                break;
            case NodesDue:
                OnNodesDue();
                break;
            case FollowerSearch.Due:
                if (_search.OnDue(Context, Timers, new ReloadNames(_virtualHost)))
                    EndSearch();
                break;
            case ReclaimEnds:
                _unregistered = null;
                break;
            case StopCatalogue:
                RefuseAll("is moving");
                Context.Stop(Self);
                break;
            default:
                if (!_snapshots.OnMessage(message))
                    Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (_replay.Look(message, LastSequenceNr))
        {
            case CatalogueSnapshot snapshot:
                _snapshots.Recovered(SnapshotSequenceNr);
                foreach (var name in snapshot.Names)
                    _state.Apply(new NameChange(true, name));
                _policies = snapshot.Policies;
                _queuesMax = snapshot.QueuesMax;
                break;
            case NamesRecorded recorded:
                _eventsSinceSnapshot++;
                foreach (var change in recorded.Changes)
                    _state.Apply(change);
                break;
            case CatalogueEvent policyEvent:
                _eventsSinceSnapshot++;
                Apply(policyEvent);
                break;
            case RecoveryCompleted when _replay.DamageWithGaps is { } damage:
                _log.Error("{0}: journal damage: the virtual host is not served: {1}", PersistenceId, damage);
                break;
            case RecoveryCompleted:
                Timers.StartSingleTimer(ReclaimEnds.Instance, ReclaimEnds.Instance, _settings.ReclaimTime);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "{0}: journal write {1} failed; the catalogue restarts from what the journal has", PersistenceId, sequenceNr);
        RefuseAll("could not be written");
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "{0}: journal write {1} was refused; the catalogue restarts from what the journal has", PersistenceId, sequenceNr);
        RefuseAll("could not be written");
        Context.Stop(Self);
    }

    private void Answer(CatalogueRequest request, Refusal? refusal)
    {
        var sender = request.Sender;
        switch (request.Command)
        {
            case RegisterName register:
                sender.Tell(new NameRegistered(register.RequestId, refusal), Self);
                break;
            case UnregisterName unregister:
                sender.Tell(new NameUnregistered(unregister.RequestId, refusal) { WasThere = request.WasThere }, Self);
                break;
            case SubscribeNames when refusal is null:
                Subscribe(sender);
                break;
            case SubscribeNames:
                sender.Tell(new ReloadNames(_virtualHost), Self);
                break;
            case ListNames list:
                List(list, sender);
                break;
            case PolicyCommand policy:
                sender.Tell(new PolicyAnswered(policy.RequestId, refusal), Self);
                break;
            case ListPolicies list:
                sender.Tell(new PoliciesListed(list.RequestId, list.VirtualHost, _policies, _queuesMax), Self);
                break;
        }
    }

    private void SaveSnapshotWhenDue()
    {
        if (_eventsSinceSnapshot < _settings.SnapshotAfterEvents)
            return;
        _eventsSinceSnapshot = 0;
        SaveSnapshot(new CatalogueSnapshot(_virtualHost, [.. _state.DurableNames], _policies, _queuesMax));
    }

    private void RefuseAll(string why)
    {
        var refusal = Refused(RefusalReason.Interrupted, why);
        foreach (var request in _current.Concat(_waiting).Concat(_held))
            Answer(request, refusal);
        _current.Clear();
        _held.Clear();
        _waiting.Clear();
    }

    private Refusal Refused(RefusalReason reason, string why) => new(reason, $"the catalogue of vhost '{_virtualHost}' {why}");

    /// <summary>A request, who waits for its answer, and why it is refused, once that is known.</summary>
    private sealed class CatalogueRequest(CatalogueCommand command, IActorRef sender)
    {
        public CatalogueCommand Command { get; } = command;

        public IActorRef Sender { get; } = sender;

        public Refusal? Refusal { get; set; }

        // The name that is taken out.
        public bool WasThere { get; set; }
    }

    /// <summary>From the shard: the catalogue moves.</summary>
    internal sealed record StopCatalogue : INoSerializationVerificationNeeded
    {
        public static StopCatalogue Instance { get; } = new();
    }

    private sealed record ReclaimEnds : INoSerializationVerificationNeeded
    {
        public static ReclaimEnds Instance { get; } = new();
    }
}
