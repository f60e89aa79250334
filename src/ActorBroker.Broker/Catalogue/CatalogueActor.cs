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
/// The names of all queues and exchanges of one virtual host: a sharded persistent entity, which the nodes follow. A
/// request is answered when a durable name is written and every node knows of the change.
/// <para>
/// Its persistence id is <c>catalogue/VIRTUAL HOST</c>. What comes during a round (write, tell the nodes, hear from
/// them) is gathered, up to <see cref="CatalogueSettings.WaitingMax"/>, and makes the next round. Transient names are
/// not written: after a restart the nodes, which know them, give them back. A write that fails or is refused refuses
/// all requests as unavailable and stops the actor. It never rests: there are few, and nodes follow them.
/// </para>
/// </summary>
public sealed class CatalogueActor : UntypedPersistentActor, IWithTimers
{
    private readonly CatalogueSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CatalogueState _state = new();
    private readonly NodeSubscribers _nodes = new();
    private readonly Queue<(CatalogueCommand Command, IActorRef Sender)> _waiting = new();
    private readonly List<(CatalogueCommand Command, IActorRef Sender)> _current = [];

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
        _settings = settings;
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
            case CatalogueCommand command:
                OnRequest(command);
                break;
            case NamesApplied applied:
                _nodes.MarkApplied(Sender, applied.Version);
                FinishWhenNodesFollow();
                break;
            case Terminated terminated:
                _nodes.Remove(terminated.ActorRef);
                FinishWhenNodesFollow();
                break;
            case NodesDue:
                OnNodesDue();
                break;
            case ReclaimEnds:
                _unregistered = null;
                break;
            case StopCatalogue:
                RefuseAll("is moving");
                Context.Stop(Self);
                break;
            case SaveSnapshotSuccess saved:
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                DeleteMessages(saved.Metadata.SequenceNr);
                break;
            case SaveSnapshotFailure failed:
                _log.Warning("{0}: no snapshot at {1}: {2}", PersistenceId, failed.Metadata.SequenceNr, failed.Cause.Message);
                break;
            case DeleteSnapshotsFailure failed:
                _log.Warning("{0}: old snapshots stay: {1}", PersistenceId, failed.Cause.Message);
                break;
            case DeleteMessagesFailure failed:
                _log.Warning("{0}: old events stay: {1}", PersistenceId, failed.Cause.Message);
                break;
            case DeleteSnapshotsSuccess or DeleteMessagesSuccess:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: CatalogueSnapshot snapshot }:
                foreach (var name in snapshot.Names)
                    _state.Apply(new NameChange(true, name));
                break;
            case NamesRecorded recorded:
                _eventsSinceSnapshot++;
                foreach (var change in recorded.Changes)
                    _state.Apply(change);
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

    private void OnRequest(CatalogueCommand command)
    {
        _virtualHost = command.VirtualHost;
        if (_waiting.Count >= _settings.WaitingMax)
        {
            Answer(command, Sender, Unavailable("has too many requests waiting"));
            return;
        }

        _waiting.Enqueue((command, Sender));
        if (!_isBusy)
            BeginRound();
    }

    private void BeginRound()
    {
        var changes = new List<NameChange>();
        while (_current.Count < _settings.RoundMax && _waiting.TryDequeue(out var request))
        {
            _current.Add(request);
            AddChanges(request.Command, changes);
        }

        var written = new List<NameChange>();
        foreach (var change in changes)
        {
            if (change is { Added: true, Name.Durable: true })
                written.Add(change);
            else if (IsWritten(change.Name))
                written.Add(new NameChange(false, change.Name));
            _state.Apply(change);
        }

        _isBusy = true;
        if (written.Count == 0)
        {
            TellNodes(changes);
            return;
        }

        PersistAsync(new NamesRecorded(_virtualHost, written), _ =>
        {
            _eventsSinceSnapshot++;
            SaveSnapshotWhenDue();
            TellNodes(changes);
        });
    }

    private void AddChanges(CatalogueCommand command, List<NameChange> changes)
    {
        switch (command)
        {
            case RegisterName register:
                // Told to the nodes even if it is known: one of them may have found the exchange missing and dropped it.
                changes.Add(new NameChange(true, new CatalogueName(register.Kind, register.Name, register.Durable)));
                _unregistered?.Remove(new Destination(register.Kind, register.Name));
                break;
            case UnregisterName unregister:
                changes.Add(new NameChange(false, new CatalogueName(unregister.Kind, unregister.Name, Durable: false)));
                _unregistered?.Add(new Destination(unregister.Kind, unregister.Name));
                break;
            case ReclaimNames reclaim when _unregistered is not null:
                foreach (var name in reclaim.Names)
                {
                    var key = new Destination(name.Kind, name.Name);
                    if (!name.Durable && !_unregistered.Contains(key) && !_state.TryGet(key, out _))
                        changes.Add(new NameChange(true, name));
                }

                break;
        }
    }

    private bool IsWritten(CatalogueName name) => _state.TryGet(new Destination(name.Kind, name.Name), out var durable) && durable;

    private void TellNodes(List<NameChange> changes)
    {
        if (changes.Count > 0)
        {
            foreach (var part in MessageParts.Of(changes))
                _nodes.Tell(version => new NamesChanged(_virtualHost, version, part), Self);
        }

        _isAwaitingNodes = true;
        Timers.StartSingleTimer(NodesDue.Instance, NodesDue.Instance, _settings.NodeTimeout);
        FinishWhenNodesFollow();
    }

    private void OnNodesDue()
    {
        foreach (var node in _nodes.RemoveLaggards())
        {
            _log.Warning("{0}: {1} did not follow in time and has to load the names again", PersistenceId, node);
            Context.Unwatch(node);
            node.Tell(new ReloadNames(_virtualHost), Self);
        }

        FinishWhenNodesFollow();
    }

    private void FinishWhenNodesFollow()
    {
        if (!_isAwaitingNodes || !_nodes.AreCurrent)
            return;
        _isAwaitingNodes = false;
        Timers.Cancel(NodesDue.Instance);
        foreach (var (command, sender) in _current)
            Answer(command, sender, null);
        _current.Clear();
        _isBusy = false;
        if (_waiting.Count > 0)
            BeginRound();
    }

    private void Answer(CatalogueCommand command, IActorRef sender, Refusal? refusal)
    {
        switch (command)
        {
            case RegisterName register:
                sender.Tell(new NameRegistered(register.RequestId, refusal), Self);
                break;
            case UnregisterName unregister:
                sender.Tell(new NameUnregistered(unregister.RequestId, refusal), Self);
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
        }
    }

    private void Subscribe(IActorRef node)
    {
        _nodes.Add(node);
        Context.Watch(node);
        var parts = MessageParts.Of(_state.Names).ToList();
        for (var i = 0; i < parts.Count; i++)
            node.Tell(new NamesSnapshot(_virtualHost, _nodes.Version, parts[i], i == 0, i == parts.Count - 1), Self);
    }

    private void List(ListNames list, IActorRef asker)
    {
        var parts = MessageParts.Of(_state.Names).ToList();
        for (var i = 0; i < parts.Count; i++)
            asker.Tell(new NamesListed(list.RequestId, _virtualHost, parts[i], i == parts.Count - 1), Self);
    }

    private void SaveSnapshotWhenDue()
    {
        if (_eventsSinceSnapshot < _settings.SnapshotAfterEvents)
            return;
        _eventsSinceSnapshot = 0;
        SaveSnapshot(new CatalogueSnapshot(_virtualHost, [.. _state.DurableNames]));
    }

    private void RefuseAll(string why)
    {
        var refusal = Unavailable(why);
        foreach (var (command, sender) in _current.Concat(_waiting))
            Answer(command, sender, refusal);
        _current.Clear();
        _waiting.Clear();
    }

    private Refusal Unavailable(string why) => new(RefusalReason.Unavailable, $"the catalogue of vhost '{_virtualHost}' {why}");

    /// <summary>From the shard: the catalogue moves.</summary>
    internal sealed record StopCatalogue : INoSerializationVerificationNeeded
    {
        public static StopCatalogue Instance { get; } = new();
    }

    private sealed record NodesDue : INoSerializationVerificationNeeded
    {
        public static NodesDue Instance { get; } = new();
    }

    private sealed record ReclaimEnds : INoSerializationVerificationNeeded
    {
        public static ReclaimEnds Instance { get; } = new();
    }
}
