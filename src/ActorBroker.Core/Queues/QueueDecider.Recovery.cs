using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;

namespace ActorBroker.Core.Queues;

/// <content>From the journal, and into a snapshot.</content>
public sealed partial class QueueDecider
{
    // Nothing is decided before all is known.
    private bool _isRecovering;

    /// <summary>Restores a snapshot's index; to be called first, on an empty queue.</summary>
    public void RecoverIndex(QueueIndex index)
    {
        _isRecovering = true;
        var (nextPosition, deliveredBefore, live, segments) = index;
        _ready.Recover(live, index.Lanes);
        foreach (var address in segments)
        {
            var inSegment = CountLive(live, address);
            if (inSegment > 0)
            {
                _log.RecoverSegment(address, inSegment);
            }
        }

        _links.Recover(index.Marks);
        RecoverNotes(index.Notes);
        Array.ForEach(index.Prepared, RecoverPrepared);
        RecoverBodySizes(index.BodySizes);
        Array.ForEach(index.Space, _space.Add);
        _log.SkipTo(nextPosition);
        _deliveredBefore = Math.Min(deliveredBefore, nextPosition);
        _journaledEnd = nextPosition;
        _writtenUpTo = nextPosition;
        if (index.History is { } history)
        {
            _history?.Recover(history);
        }

        _history?.SkipTo(nextPosition);
    }

    /// <summary>Replays a committed write.</summary>
    public void RecoverWrite(QueueWrite write, long sequenceNr, long at)
    {
        _isRecovering = true;
        _links.Recover(write.Marks, at);
        _space.Add(sequenceNr, write);
        _history?.Append(write.Batches, sequenceNr, at);
        foreach (var placed in write.Batches)
        {
            // Transient messages do not outlive a restart, even where they went into the journal. Their positions are
            // used up all the same: a segment that is read back may meet them.
            _writtenUpTo = Math.Max(_writtenUpTo, placed.EndPosition);
            if (!IsQuorum && placed.Batch.CountPersistent() == 0)
            {
                _log.SkipTo(placed.EndPosition);
                continue;
            }

            if (placed.FirstPosition < _log.NextPosition)
            {
                // Rejected, written again, and found twice after all.
                continue;
            }

            var batch = _log.Recover(placed, sequenceNr);
            _ready.Append(batch.First, placed.Batch);
            if (_bodySizes is not null)
            {
                MeasureBodies(batch.First, placed.Batch);
            }

            for (var i = 0; i < placed.Batch.Count; i++)
            {
                if (!IsQuorum && !placed.Batch[i].IsPersistent)
                {
                    RecoverSettled(new PositionRange(batch.First + i, 1));
                }
            }
        }

        _journaledEnd = _writtenUpTo;
        Array.ForEach(write.Ended, RecoverEnded);
        RecoverNotes(write.Notes);
        Array.ForEach(write.Prepared, RecoverPrepared);
        foreach (var range in write.Settled)
        {
            RecoverSettled(range);
        }

        RecoverCopies(write, sequenceNr);

        // The snapshot may know more than a write that was under way when it was taken. Positions that no event holds
        // may have been given out again since.
        _deliveredBefore = Math.Max(_deliveredBefore, Math.Min(write.DeliveredBefore, _journaledEnd));
        BoundMemory();
    }

    /// <summary>Replays a purge.</summary>
    public void RecoverPurge(PositionRange[] positions)
    {
        foreach (var range in positions)
        {
            RecoverSettled(range);
        }
    }

    /// <summary>The journal has been replayed: new messages start behind all that it holds.</summary>
    public void RecoveryCompleted()
    {
        _isRecovering = false;
        _links.RecoveryCompleted(Now);
        CountLostInReplay();
        _history?.RecoveryCompleted();
        _writes.Settled.Clear();
        RecoverMarks();
    }

    /// <summary>
    /// The index as of the last committed write. What is still on its way comes after the snapshot, as events.
    /// </summary>
    public QueueIndex Index()
    {
        var live = Live();
        ForgetSettledVolatile();
        for (var i = 0; i < _volatile.IntervalCount; i++)
        {
            live.Remove(_volatile.Interval(i));
        }

        live.Remove(new PositionRange(_journaledEnd, long.MaxValue - _journaledEnd));
        var segments = new List<SegmentAddress>();
        foreach (var segment in _log.Segments)
        {
            if (segment.FirstSequenceNr > 0 && segment.First < _journaledEnd)
            {
                RemoveUnwritten(segment, live);
                segments.Add(segment.Address with { EndPosition = Math.Min(segment.End, _journaledEnd) });
            }
            else
            {
                live.Remove(new PositionRange(segment.First, segment.End - segment.First));
            }
        }

        return new QueueIndex(_journaledEnd, _deliveredBefore, live.ToArray(), [.. segments])
        {
            Lanes = _ready.Index(live),
            Notes = NotesOf(live),
            Prepared = _prepared.Written(),
            BodySizes = _bodySizes is null ? [] : Within(_bodySizes.ToArray(), live),
            Marks = _links.Marks(Now),
            Space = _space.Runs(FirstLiveSequenceNr),
            History = _history?.Index(),
        };
    }

    /// <inheritdoc/>
    public bool CanBeForgotten =>
        IsDurable && IsWrittenOut && UnsettledCount == 0 && ConsumerCount == 0 && _waitingGets.Count == 0 && _dying.Count == 0 && _prepared.IsEmpty
        && !IsWithholding && Index().Live.Sum(static range => range.Count) == Live().Count;

    private void ForgetSettledVolatile()
    {
        var firstLive = _log.Segments.Count > 0 ? _log.Segments[0].First : _log.NextPosition;
        _volatile.Remove(new PositionRange(0, firstLive));
    }

    private static void RemoveUnwritten(LogSegment segment, PositionSet live)
    {
        foreach (var batch in segment.Batches)
        {
            if (batch.SequenceNr == 0)
            {
                live.Remove(new PositionRange(batch.First, batch.End - batch.First));
            }
        }
    }

    private static long CountLive(PositionRange[] live, SegmentAddress address)
    {
        var count = 0L;
        foreach (var range in live)
        {
            count += Math.Max(0, Math.Min(range.End, address.EndPosition) - Math.Max(range.First, address.FirstPosition));
        }

        return count;
    }

    private void RecoverSettled(PositionRange range)
    {
        ForgetLost(range);
        _scratch.Clear();
        _ready.Remove(range, _scratch);
        _delayed.Remove(range, _scratch);
        _dying.Remove(range, _scratch);
        _prepared.RemoveHeld(range, _scratch);
        for (var i = 0; i < _scratch.IntervalCount; i++)
        {
            Leave(_scratch.Interval(i), _writes.Settled);
        }
    }
}
