using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Queues;

/// <content>Recovery from the newest readable snapshot and the events after it.</content>
public sealed partial class QueueActor
{
    private readonly ReplayCheck _replay = new(trimsWithoutSnapshot: true);
    private QueueSnapshot? _recovered;

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (_replay.Look(message, LastSequenceNr))
        {
            case QueueSnapshot snapshot:
                // What of it is true shows with the first event.
                _recovered = snapshot;
                return;
            case RecoveryCompleted:
                BeginFromSnapshot();
                OnRecoveryCompleted();
                return;
            case QueueEvent queueEvent:
                BeginFromSnapshot();
                RecoverDamage(queueEvent);
                RecoverEvent(queueEvent);
                return;
        }

        BeginFromSnapshot();
        if (message is EventSetAside)
        {
            _areLeftoversTransient = false;
        }
    }

    // Of an older snapshot than the newest, messages may have been settled in events that the newest one made
    // superfluous: those are found missing when they are read, and what it alone knew of the definition is lost.
    private void BeginFromSnapshot()
    {
        if (_recovered is not { } snapshot)
        {
            return;
        }

        _recovered = null;
        if (_replay.HasSkipped)
        {
            _log.Error(
                "{0}: journal damage: events before {1} may be gone that an unreadable snapshot knew of; a definition, policy or binding that changed in them is as it was before, and messages that cannot be found count as lost",
                PersistenceId, _replay.First);
        }

        RecoverSnapshot(snapshot);
    }

    private void RecoverSnapshot(QueueSnapshot snapshot)
    {
        _lastSnapshot = SnapshotSequenceNr;
        _key = snapshot.Queue;
        _bindingSources.UnionWith(snapshot.BindingSources);
        _policy = snapshot.Policy;
        _declaration = snapshot.Declaration;
        _declaredBy = snapshot.DeclaredBy;
        if (snapshot.Definition is not null)
        {
            BeginExisting(snapshot.Definition);
            _queue!.RecoverIndex(snapshot.Index);
            _snapshotFirstLive = _queue.FirstLiveSequenceNr;
        }
    }

    private void RecoverEvent(QueueEvent queueEvent)
    {
        switch (queueEvent)
        {
            case QueueDeclared declared:
                _key = declared.Queue;
                _bindingSources.Clear();
                _policy = EffectivePolicy.None;
                _declaration = declared.Declaration;
                _declaredBy = declared.Origin.User;
                BeginExisting(declared.Definition);
                break;
            case QueueRedefined redefined when _queue is not null:
                _definition = redefined.Definition;
                _queue.Apply(Resolved(redefined.Definition));
                break;
            case QueuePolicyApplied applied when _queue is not null:
                _policy = applied.Policy;
                _queue.Apply(Resolved(_definition!));
                break;
            case QueueDeleted:
                _definition = null;
                _queue = null;
                break;
            case BindingSourceAdded added:
                _bindingSources.Add(added.Exchange);
                break;
            case MessagesPurged purged:
                _queue?.RecoverPurge(purged.Positions);
                break;
            case MessagesWritten when _queue is null:
                _hasLeftovers = true;
                break;
            case MessagesWritten written:
                _queue.RecoverWrite(written.Write, LastSequenceNr, written.At);
                _eventsSinceSnapshot++;
                break;
        }
    }

    private void OnRecoveryCompleted()
    {
        _queue?.RecoveryCompleted();
        if (ReportReplay())
        {
            return;
        }

        if (_queue is not null)
        {
            _life = QueueLife.Live;
            _settings.Policies.Follow(_key.VirtualHost, Self);
            BeginFigures();
            RecoverSleep();
            ApplyPolicies();
            BeginDoubt();
            ScheduleTicks();
            return;
        }

        if (_key != default && _bindingSources.Count > 0)
        {
            // Deleted, and stopped before its bindings were known to be gone.
            _life = QueueLife.Deleting;
            BeginCleanUp();
            return;
        }

        if (_key == default && _replay.First > 0)
        {
            // What a transient queue of this name spilled before the broker was killed. Or the last events of a deleted queue,
            // whose snapshots go before them, and its bindings and its name before those.
            DeleteMessages(LastSequenceNr);
        }

        Context.SetReceiveTimeout(AbsentTimeout);
    }

    private void BeginExisting(QueueDefinition definition)
    {
        _definition = definition;
        BeginCounted();
        Use();
        _queue = QueueRules.Create(IsJournaled, Resolved(definition), Limits, _settings.Formats, Now, _outbox);
    }
}
