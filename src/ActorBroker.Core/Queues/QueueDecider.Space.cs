using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;

namespace ActorBroker.Core.Queues;

/// <content>
/// The journal is deleted from its beginning, up to the first event with a live message: one that stays holds up all
/// that came after it. Once the journal keeps more for nothing than for live messages, these are copied to its end, those
/// of the oldest events first and about one write's worth at a time, until it does not. So what is copied in all is less
/// than what is freed. What is kept as history is not for nothing, and nothing is gained by copying out of its events.
/// </summary>
public sealed partial class QueueDecider
{
    private const int SpaceGrains = 16;

    // Segments that a write takes copies of, and those of them that are read back for it.
    private const int MovedSegmentsMax = 64;
    private const int MovedReadsMax = 4;

    // The more segments there are, the less one write changes.
    private const int SegmentsPerLook = 64;

    private readonly JournalSpace _space;
    private readonly List<LogSegment> _moving = [];
    private readonly List<MovingSegment> _movesUnderWay = [];
    private QueueWrite? _underWay;
    private int _writesUntilLook;
    private bool _hasMoved;

    // All that is to be copied next is in memory.
    private bool CanMove => _moving.Count > 0 && _movesUnderWay.Count == 0 && _moving.TrueForAll(static segment => segment.Residency == SegmentResidency.Resident);

    /// <summary>
    /// To be called after writes, as long as the queue goes on: copies live messages out of events that should be deleted.
    /// </summary>
    /// <param name="trimmedTo">Events up to there have been deleted.</param>
    /// <returns>A snapshot should be taken, and the events below it deleted that nothing is needed of: that is why messages were copied.</returns>
    public bool ReclaimSpace(long trimmedTo)
    {
        _space.Forget(trimmedTo);
        if (_moving.Count > 0 || --_writesUntilLook > 0)
        {
            return false;
        }

        _writesUntilLook = 1 + (_log.Segments.Count / SegmentsPerLook);
        if (HasTooMuchDead())
        {
            ChooseMoves();
        }

        if (_moving.Count > 0)
        {
            TryWrite();
            return false;
        }

        var isDue = _hasMoved;
        _hasMoved = false;
        return isDue;
    }

    private bool HasTooMuchDead()
    {
        if (_space.Total <= _limits.DeadBytesMax)
        {
            return false;
        }

        var firstLive = FirstLiveSequenceNr;
        var retainedFrom = RetainedFrom;
        if (firstLive >= retainedFrom)
        {
            return false;
        }

        var live = 0L;
        foreach (var segment in _log.Segments)
        {
            live += IsInTheWay(segment, retainedFrom) ? segment.LiveBytes : 0;
        }

        return _space.From(firstLive) - _space.From(retainedFrom) - live > Math.Max(_limits.DeadBytesMax, live);
    }

    private static bool IsInTheWay(LogSegment segment, long retainedFrom) => segment.FirstSequenceNr > 0 && segment.FirstSequenceNr < retainedFrom;

    private void ChooseMoves()
    {
        var retainedFrom = RetainedFrom;
        var bytes = 0L;
        var reads = 0;
        foreach (var segment in _log.Segments.Where(segment => IsInTheWay(segment, retainedFrom)).OrderBy(static segment => segment.FirstSequenceNr).Take(MovedSegmentsMax))
        {
            bytes += segment.LiveBytes;
            reads += segment.Residency == SegmentResidency.Resident ? 0 : 1;
            if (segment.CannotMove || (_moving.Count > 0 && (bytes > _limits.WriteBytesMax || reads > MovedReadsMax)))
            {
                break;
            }

            segment.IsMoving = true;
            _moving.Add(segment);
        }

        _moving.Sort(static (a, b) => a.First.CompareTo(b.First));
        foreach (var segment in _moving)
        {
            Load(segment);
        }
    }

    // What the write that begins takes along.
    private PlacedBatch[] BeginMove()
    {
        _moving.RemoveAll(static segment => !segment.IsMoving);
        if (!CanMove)
        {
            return [];
        }

        var copies = new List<PlacedBatch>();
        var live = LiveOf(_moving);
        foreach (var segment in _moving)
        {
            var start = copies.Count;
            if (TryCopy(segment, live, copies))
            {
                _movesUnderWay.Add(new MovingSegment(segment, copies.Skip(start).Sum(static copy => (long)copy.Batch.SizeBytes), segment.Live));
                continue;
            }

            // The journal is not deleted beyond it, so nothing is gained by copying the others.
            copies.RemoveRange(start, copies.Count - start);
            segment.CannotMove = true;
            break;
        }

        if (copies.Count == 0)
        {
            // What is live of them is in no event.
            _log.Move(_movesUnderWay, sequenceNr: 0);
            EndMove();
        }

        return [.. copies];
    }

    // Every live message that the journal holds of the segment; false when one is not in memory.
    private static bool TryCopy(LogSegment segment, PositionSet live, List<PlacedBatch> copies)
    {
        var found = 0L;
        foreach (var placed in segment.Batches)
        {
            foreach (var part in live.Within(new PositionRange(placed.First, placed.End - placed.First)))
            {
                found += placed.Batch is null ? 0 : part.Count;
                if (placed is { SequenceNr: > 0, Batch: { } batch })
                {
                    copies.Add(new PlacedBatch(part.First, batch.Slice((int)(part.First - placed.First), (int)part.Count)));
                }
            }
        }

        return found == segment.Live;
    }

    private void CompleteMove(long sequenceNr)
    {
        _space.Add(sequenceNr, _underWay!);
        _underWay = null;
        if (_movesUnderWay.Count > 0)
        {
            _log.Move(_movesUnderWay, sequenceNr);
            _hasMoved = true;
            EndMove();
        }
    }

    private void EndMove()
    {
        foreach (var segment in _moving)
        {
            segment.IsMoving = false;
        }

        _moving.Clear();
        _movesUnderWay.Clear();
        _writesUntilLook = 0;
    }

    // A replay that begins before the copies finds the originals, unless a later snapshot was lost after they were deleted.
    // New messages of the same event may be in a segment with what is copied.
    private void RecoverCopies(QueueWrite write, long sequenceNr)
    {
        if (write.Copies.Length == 0)
        {
            return;
        }

        var copied = new PositionSet();
        AddTo(copied, write.Copies);
        var held = new PositionSet();
        held.AddAll(copied);
        AddTo(held, write.Batches);
        foreach (var segment in _log.Segments)
        {
            var range = new PositionRange(segment.First, segment.End - segment.First);
            if (copied.Overlaps(range) && LiveOf([segment]).ToArray().All(live => held.Within(live).Sum(static part => part.Count) == live.Count))
            {
                segment.MoveTo(sequenceNr, write.Copies.Concat(write.Batches)
                    .Where(placed => placed.FirstPosition >= range.First && placed.FirstPosition < range.End)
                    .Sum(static placed => (long)placed.Batch.SizeBytes));
            }
        }
    }

    private static void AddTo(PositionSet positions, PlacedBatch[] batches)
    {
        foreach (var placed in batches)
        {
            positions.Add(new PositionRange(placed.FirstPosition, placed.Batch.Count));
        }
    }

    private PositionSet LiveOf(List<LogSegment> segments)
    {
        var elsewhere = new PositionSet();
        foreach (var (dying, _) in _dying.Deaths)
        {
            elsewhere.Add(dying);
        }

        _writes.AddHeldTo(elsewhere);
        var live = new PositionSet();
        PositionSet[] sets = [elsewhere, _delayed, _unreadable, .. _roster.All.Select(static consumer => consumer.Unsettled)];
        foreach (var segment in segments)
        {
            var range = new PositionRange(segment.First, segment.End - segment.First);
            _ready.AddTo(live, range);
            foreach (var part in sets.SelectMany(set => set.Within(range)))
            {
                live.Add(part);
            }
        }

        return live;
    }
}
