using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using StageDefinition = ActorBroker.Core.Exchanges.StageDefinition;

namespace ActorBroker.Broker.Queues;

/// <content>The journal: writes, reads, snapshots and trimming.</content>
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
    private long _lastSnapshot;

    // As of the snapshot: what is settled after it may not be in the journal yet, so a recovery may still need the body.
    private long _snapshotFirstLive;

    // What is due next in a stage may be anywhere in it, where a queue has it at its head: the stage keeps more in memory.
    private QueueMemoryLimits Limits => new(
        Options.SegmentBytes, Options.ResidentBytes, Options.ResidentBytes * (Stage.IsName(_key.Name) ? StageMemoryFactor : 1),
        Options.WriteBatchBytes, ReadAheadSegments: 3) { DeadBytesMax = Options.CompactAfterBytes };

    void IQueueWork.BeginWrite(QueueWrite write) => BeginWrite(write);

    private void BeginWrite(QueueWrite write) =>
        PersistAsync(new MessagesWritten(_settings.Clock.GetUtcNow().ToUnixTimeMilliseconds(), write) { IsOfTransientQueue = !IsJournaled }, OnWritten);

    private void OnWritten(MessagesWritten written)
    {
        CountWritten(written.Write);
        var bytes = BytesOf(written.Write);
        _bytesSinceSnapshot += bytes;
        _bytesSinceTrim += bytes;
        _eventsSinceSnapshot++;
        OnRetried();
        _queue?.WriteCompleted(LastSequenceNr);
        if (_life == QueueLife.Stopping)
        {
            StopWhenWritten();
            return;
        }

        ReclaimSpace();
        KeepJournalShort();
        ScheduleTidyUp();
        ScheduleTicks();
    }

    void IQueueWork.BeginLoad(SegmentAddress segment) => Read(segment, attempt: 1);

    private void Read(SegmentAddress segment, int attempt)
    {
        var self = Self;
        _settings.Reader.ReadAsync(PersistenceId, segment).PipeTo(
            self,
            success: content => new SegmentRead(segment, attempt, content, Failure: null),
            failure: exception => new SegmentRead(segment, attempt, Content: null, exception));
    }

    private void OnSegmentRead(SegmentRead read)
    {
        var segment = read.Segment;
        if (read.Content is null && ReadAgain(read))
        {
            return;
        }

        CountRead(read.Content?.Batches);
        var damaged = read.Content?.Damaged ?? [];
        var isGone = damaged.Count > 0 || (read.Content is not null && _replay.HasSkipped);
        var missing = _queue?.SegmentLoaded(segment, read.Content?.Batches ?? [], isGone) ?? 0;
        if (damaged.Count > 0)
        {
            Report(damaged, missing);
        }
        else if (missing > 0 && isGone)
        {
            _log.Error(
                "{0}: journal damage: {1} messages of {2} are gone with events {3} to {4}: consumed before, or lost",
                PersistenceId, missing, _key, segment.FirstSequenceNr, segment.LastSequenceNr);
        }
        else if (missing > 0)
        {
            _log.Error(
                read.Failure,
                "{0}: {1} messages could not be read back from events {2} to {3}; they stay in the journal and are tried again when the queue next starts",
                PersistenceId, missing, segment.FirstSequenceNr, segment.LastSequenceNr);
        }

        ScheduleTicks();
    }

    // What a database cannot read of a page it never will; what it cannot read for other reasons it may be able to later.
    private bool ReadAgain(SegmentRead read)
    {
        var segment = read.Segment;
        var isLast = read.Attempt >= ReadAttempts || _quarantine?.IsDamage(read.Failure) == true;
        if (isLast && (_quarantine?.OneByOne is null || read.IsOneByOne))
        {
            return false;
        }

        _log.Warning(
            read.Failure, "{0}: could not read events {1} to {2} back; trying {3}",
            PersistenceId, segment.FirstSequenceNr, segment.LastSequenceNr, isLast ? "one by one" : "again");
        if (!isLast)
        {
            Timers.StartSingleTimer(segment, new RetryRead(segment, read.Attempt + 1), ReadRetryDelay);
            return true;
        }

        new SegmentReader(_quarantine!.OneByOne!).ReadAsync(PersistenceId, segment).PipeTo(
            Self,
            success: content => new SegmentRead(segment, ReadAttempts, content, read.Failure) { IsOneByOne = true },
            failure: exception => new SegmentRead(segment, ReadAttempts, Content: null, exception) { IsOneByOne = true });
        return true;
    }

    // A transient queue is not recovered, so it needs no index; what it spilled and consumed is deleted all the same.
    private void KeepJournalShort(bool isDue = false)
    {
        isDue |= IsTrimDue || _eventsSinceSnapshot >= Options.SnapshotAfterEvents || _bytesSinceSnapshot >= Options.SnapshotAfterBytes;
        if (!isDue || _isSavingSnapshot || _queue?.PreparedBytes > Options.ResidentBytes || _life != QueueLife.Live)
        {
            return;
        }

        _eventsSinceSnapshot = 0;
        _bytesSinceSnapshot = 0;
        if (IsJournaled)
        {
            _isSavingSnapshot = true;
            _hasDelivered = false;
            _snapshotFirstLive = _queue!.FirstLiveSequenceNr;
            SaveSnapshot(Snapshot());
        }
        else
        {
            Trim(LastSequenceNr, _queue!.FirstLiveSequenceNr);
        }
    }

    // What is to go for its age should not stay because nothing more comes.
    private int TrimStep => _queue?.Settings.KeptFor is null ? Options.TrimAfterEvents : Math.Max(1, Options.TrimAfterEvents / 32);

    private QueueSnapshot Snapshot() =>
        new(_key, _definition, _policy, [.. _bindingSources], _queue!.Index()) { Declaration = _declaration, DeclaredBy = _declaredBy };

    private void Trim(long recoverableFrom, long firstLive)
    {
        var to = Math.Min(Math.Min(recoverableFrom, firstLive - 1), _unkept.Count > 0 ? _unkept.Min - 1 : long.MaxValue);
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
                // The one before stays, should this one turn out to be unreadable.
                if (_lastSnapshot > 1)
                {
                    DeleteSnapshots(new SnapshotSelectionCriteria(_lastSnapshot - 1));
                }

                _lastSnapshot = saved.Metadata.SequenceNr;
                if (_life == QueueLife.Live)
                {
                    Trim(saved.Metadata.SequenceNr, _snapshotFirstLive);
                    KeepJournalShort();
                }

                return true;
            case SaveSnapshotFailure failure:
                _isSavingSnapshot = false;
                TakeTrimDue(long.MaxValue);
                _hasDelivered = true;
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
            case EventKept kept:
                OnKept(kept);
                return true;
            case RetryKeep retry:
                Keep(retry.SequenceNr, retry.Reason);
                return true;
            case RetryWrite:
                OnRetryWrite();
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

    private void OnStop()
    {
        if (StopHosted())
        {
            return;
        }

        if (_life != QueueLife.Live)
        {
            PassOn();
            Context.Stop(Self);
            return;
        }

        _life = QueueLife.Stopping;
        _queue!.FlushSettlements();
        OnRetryWrite();
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
