using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using StageDefinition = ActorBroker.Core.Exchanges.StageDefinition;

namespace ActorBroker.Broker.Queues;

/// <content>The journal: writes, reads, snapshots and trimming, and recovery from all of them.</content>
public sealed partial class QueueActor
{
    // A journal that is busy or starting anew has this long to answer; then the rest of the queue goes on without.
    private const int ReadAttempts = 15;
    private const int StageMemoryFactor = 16;

    private static readonly TimeSpan ReadRetryDelay = TimeSpan.FromSeconds(1);

    private long _trimmedTo;
    private int _eventsSinceSnapshot;
    private long _bytesSinceSnapshot;
    private long _bytesSinceTrim;
    private bool _hasLeftovers;
    private bool _isSavingSnapshot;

    // As of the snapshot: what is settled after it may not be in the journal yet, so a recovery may still need the body.
    private long _snapshotFirstLive;

    // What is due next in a stage may be anywhere in it, where a queue has it at its head: the stage keeps more in memory.
    private QueueMemoryLimits Limits => new(
        Options.SegmentBytes, Options.ResidentBytes, Options.ResidentBytes * (Stage.IsName(_key.Name) ? StageMemoryFactor : 1),
        Options.WriteBatchBytes, ReadAheadSegments: 3) { DeadBytesMax = Options.CompactAfterBytes };

    private void BeginWrite(QueueWrite write) =>
        PersistAsync(new MessagesWritten(_settings.Clock.GetUtcNow().ToUnixTimeMilliseconds(), write), OnWritten);

    private void OnWritten(MessagesWritten written)
    {
        var bytes = BytesOf(written.Write);
        _bytesSinceSnapshot += bytes;
        _bytesSinceTrim += bytes;
        _eventsSinceSnapshot++;
        _queue?.WriteCompleted(LastSequenceNr);
        if (_life == QueueLife.Stopping)
        {
            StopWhenWritten();
            return;
        }

        ReclaimSpace();
        KeepJournalShort();
        ScheduleTicks();
    }

    private void BeginLoad(SegmentAddress segment) => Read(segment, attempt: 1);

    private void Read(SegmentAddress segment, int attempt)
    {
        var self = Self;
        _settings.Reader.ReadAsync(PersistenceId, segment).PipeTo(
            self,
            success: batches => new SegmentRead(segment, attempt, batches, Failure: null),
            failure: exception => new SegmentRead(segment, attempt, Batches: null, exception));
    }

    private void OnSegmentRead(SegmentRead read)
    {
        var segment = read.Segment;
        if (read.Batches is null && read.Attempt < ReadAttempts)
        {
            _log.Warning(read.Failure, "{0}: could not read events {1} to {2} back; trying again", PersistenceId, segment.FirstSequenceNr, segment.LastSequenceNr);
            Timers.StartSingleTimer(segment, new RetryRead(segment, read.Attempt + 1), ReadRetryDelay);
            return;
        }

        if (_queue?.SegmentLoaded(segment.FirstPosition, read.Batches ?? []) is > 0 and var missing)
        {
            _log.Error(
                read.Failure,
                "{0}: {1} messages could not be read back from events {2} to {3}; they stay in the journal and are tried again when the queue next starts",
                PersistenceId, missing, segment.FirstSequenceNr, segment.LastSequenceNr);
        }

        ScheduleTicks();
    }

    // A transient queue is not recovered, so it needs no index; what it spilled and consumed is deleted all the same.
    private void KeepJournalShort(bool isDue = false)
    {
        isDue |= IsTrimDue || _eventsSinceSnapshot >= Options.SnapshotAfterEvents || _bytesSinceSnapshot >= Options.SnapshotAfterBytes;
        if (!isDue || _isSavingSnapshot || _life != QueueLife.Live)
        {
            return;
        }

        _eventsSinceSnapshot = 0;
        _bytesSinceSnapshot = 0;
        if (IsJournaled)
        {
            _isSavingSnapshot = true;
            _snapshotFirstLive = _queue!.FirstLiveSequenceNr;
            SaveSnapshot(Snapshot());
        }
        else
        {
            Trim(LastSequenceNr, _queue!.FirstLiveSequenceNr);
        }
    }

    // What is to go for its age should not stay because nothing more comes.
    private int TrimStep => _queue?.Settings.MaxAge is null ? Options.TrimAfterEvents : Math.Max(1, Options.TrimAfterEvents / 32);

    private QueueSnapshot Snapshot() => new(_key, _definition, _policy, [.. _bindingSources], _queue!.Index());

    private void Trim(long recoverableFrom, long firstLive)
    {
        var to = Math.Min(recoverableFrom, firstLive - 1);
        var isWorthIt = TakeTrimDue(recoverableFrom) || to - _trimmedTo >= TrimStep || _bytesSinceTrim >= Options.TrimAfterBytes || firstLive == long.MaxValue;
        if (isWorthIt && to > _trimmedTo)
        {
            _trimmedTo = to;
            _bytesSinceTrim = 0;
            DeleteMessages(to);
        }
    }

    private bool OnJournalMessage(object message)
    {
        switch (message)
        {
            case SaveSnapshotSuccess or SaveSnapshotFailure when _isForgotten:
                ForgetSnapshots();
                return true;
            case SaveSnapshotSuccess saved:
                _isSavingSnapshot = false;
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                if (_life == QueueLife.Live)
                {
                    Trim(saved.Metadata.SequenceNr, _snapshotFirstLive);
                    KeepJournalShort();
                }

                return true;
            case SaveSnapshotFailure failure:
                _isSavingSnapshot = false;
                TakeTrimDue(long.MaxValue);
                _log.Warning(failure.Cause, "{0}: snapshot {1} failed; the journal is kept whole until the next", PersistenceId, failure.Metadata.SequenceNr);
                return true;
            case DeleteMessagesFailure failure:
                _log.Warning(failure.Cause, "{0}: could not delete events up to {1}; trying again later", PersistenceId, failure.ToSequenceNr);
                _trimmedTo = 0;
                if (_isForgotten && failure.ToSequenceNr == LastSequenceNr)
                {
                    Leave();
                }

                return true;
            case RetryRead retry:
                Read(retry.Segment, retry.Attempt);
                return true;
            case DeleteSnapshotsSuccess deleted when _isForgotten && deleted.Criteria.MaxSequenceNr == LastSequenceNr:
                DeleteMessages(LastSequenceNr);
                return true;
            case DeleteSnapshotsFailure failure when _isForgotten && failure.Criteria.MaxSequenceNr == LastSequenceNr:
                // Without its events, the snapshot would bring the queue back; with them, they end in its deletion.
                _log.Warning(failure.Cause, "{0}: could not delete the snapshots of the deleted queue; its journal is kept", PersistenceId);
                Leave();
                return true;
            case DeleteMessagesSuccess deleted when _isForgotten && deleted.ToSequenceNr == LastSequenceNr:
                Leave();
                return true;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                return true;
            default:
                return false;
        }
    }

    private void RecoverSnapshot(QueueSnapshot snapshot)
    {
        _key = snapshot.Queue;
        _bindingSources.UnionWith(snapshot.BindingSources);
        _policy = snapshot.Policy;
        if (snapshot.Definition is not null)
        {
            BeginExisting(snapshot.Definition);
            _queue!.RecoverIndex(snapshot.Index);
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
        if (_queue is not null)
        {
            _queue.RecoveryCompleted();
            _life = QueueLife.Live;
            _settings.Policies.Follow(_key.VirtualHost, Self);
            ApplyPolicies();
            ScheduleTicks();
            return;
        }

        if (LastSequenceNr > 0 && _bindingSources.Count > 0)
        {
            // Deleted, and stopped before its bindings were known to be gone.
            _life = QueueLife.Deleting;
            BeginCleanUp();
            return;
        }

        if (_hasLeftovers && _key == default)
        {
            // What a transient queue of this name spilled before the broker was killed.
            DeleteMessages(LastSequenceNr);
        }

        Context.SetReceiveTimeout(AbsentTimeout);
    }

    private void BeginExisting(QueueDefinition definition)
    {
        _definition = definition;
        Use();
        _queue = QueueRules.Create(IsJournaled, Resolved(definition), Limits, _settings.Formats, Now, _outbox);
    }

    private void OnStop()
    {
        if (_life != QueueLife.Live)
        {
            Context.Stop(Self);
            return;
        }

        _life = QueueLife.Stopping;
        _queue!.FlushSettlements();
        StopWhenWritten();
    }

    private void StopWhenWritten()
    {
        if (_queue is null || _queue.IsWrittenOut)
        {
            Context.Stop(Self);
        }
        else
        {
            _queue.FlushSettlements();
        }
    }

    private sealed record RetryRead(SegmentAddress Segment, int Attempt) : INoSerializationVerificationNeeded;
}
