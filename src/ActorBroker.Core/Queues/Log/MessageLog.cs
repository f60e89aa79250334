using System.Diagnostics;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Log;

/// <summary>
/// The messages of a queue by position, in segments. Bodies of segments that the journal holds may be out of memory;
/// <see cref="TryFind"/> then names the segment to read back. Positions that nobody settles any more free their batch
/// at once and their segment when it is all gone.
/// </summary>
internal sealed partial class MessageLog(long segmentSizeBytes)
{
    private readonly List<LogSegment> _segments = [];
    private readonly List<LogSegment> _resident = [];
    private int _lastFound;

    /// <summary>The position of the next message.</summary>
    public long NextPosition { get; private set; }

    /// <summary>Bytes in memory that only settling or writing frees.</summary>
    public long PinnedBytes { get; private set; }

    /// <summary>Bytes in memory that the journal holds too.</summary>
    public long EvictableBytes { get; private set; }

    /// <summary>All segments, by ascending position.</summary>
    public IReadOnlyList<LogSegment> Segments => _segments;

    /// <summary>Those of them that are in memory, in no order.</summary>
    public IReadOnlyList<LogSegment> Resident => _resident;

    /// <summary>The lowest journal event that holds a live message, or <see cref="long.MaxValue"/>.</summary>
    public long FirstLiveSequenceNr
    {
        get
        {
            // Spilled messages are written after younger ones: events do not follow the order of positions.
            var first = long.MaxValue;
            foreach (var segment in _segments)
            {
                if (segment.FirstSequenceNr > 0)
                {
                    first = Math.Min(first, segment.FirstSequenceNr);
                }
            }

            return first;
        }
    }

    /// <summary>Appends a batch at the end; its first message gets <see cref="NextPosition"/>.</summary>
    public LogBatch Append(MessageBatch batch)
    {
        var placed = new LogBatch(NextPosition, batch);
        Place(OpenSegment(), placed);
        PinnedBytes += placed.SizeBytes;
        return placed;
    }

    /// <summary>Puts a batch back that recovery found in the journal.</summary>
    public LogBatch Recover(PlacedBatch found, long sequenceNr)
    {
        Debug.Assert(found.FirstPosition >= NextPosition);
        NextPosition = found.FirstPosition;
        var placed = Append(found.Batch);
        placed.IsJournaled = true;
        MarkWritten(placed, sequenceNr);
        return placed;
    }

    /// <summary>Restores a segment of a snapshot, out of memory.</summary>
    public void RecoverSegment(SegmentAddress address, long live)
    {
        var segment = new LogSegment(address.FirstPosition);
        segment.Recover(address, live);
        _segments.Add(segment);
        NextPosition = Math.Max(NextPosition, address.EndPosition);
    }

    /// <summary>Positions below are never given out (again).</summary>
    public void SkipTo(long position) => NextPosition = Math.Max(NextPosition, position);

    /// <summary>A journal event holds the batch now.</summary>
    public void MarkWritten(LogBatch batch, long sequenceNr)
    {
        // A batch whose messages are all settled may have taken its segment with it.
        var wasPinned = batch.IsPinned;
        PinnedBytes -= !wasPinned && batch.Kept is not null ? batch.SizeBytes : 0;
        batch.Kept = null;
        batch.SequenceNr = sequenceNr;
        if (FindSegment(batch.First) is not { } segment)
        {
            return;
        }

        segment.AddSequenceNr(sequenceNr);
        if (wasPinned)
        {
            segment.PinnedBatches--;
            PinnedBytes -= batch.SizeBytes;
            EvictableBytes += batch.SizeBytes;
        }
    }

    /// <summary>
    /// Finds a live message. False when its segment is not in memory: <paramref name="segment"/> is then the one to
    /// load. The run is what the batch holds from there on; no batch means that the body could not be read back.
    /// </summary>
    public bool TryFind(long position, out LogSegment segment, out LogBatch? batch)
    {
        segment = FindSegment(position) ?? throw new UnreachableException($"No segment holds live position {position}.");
        if (segment.Residency != SegmentResidency.Resident)
        {
            batch = null;
            return false;
        }

        var index = segment.IndexOf(position);
        batch = index >= 0 ? segment.Batches[index] : null;
        return true;
    }

    /// <summary>
    /// Messages leave the queue. Adds to <paramref name="journaled"/> what of it the journal must hear of, and frees
    /// what no message needs any more.
    /// </summary>
    public void Settle(PositionRange range, Collections.PositionSet journaled)
    {
        var position = range.First;
        while (position < range.End)
        {
            var segment = FindSegment(position) ?? throw new UnreachableException($"No segment holds settled position {position}.");
            var end = Math.Min(range.End, segment.End);
            if (segment.Residency == SegmentResidency.Resident)
            {
                SettleResident(segment, position, end, journaled);
            }
            else
            {
                journaled.Add(new PositionRange(position, end - position));
            }

            segment.Settle(end - position);
            if (segment.Live == 0)
            {
                Release(segment);
            }

            position = end;
        }
    }

    /// <summary>New messages still go into the segment.</summary>
    public bool IsOpen(LogSegment segment) => ReferenceEquals(segment, _segments[^1]) && segment.SizeBytes < segmentSizeBytes;

    /// <summary>The segment that starts at a position, or null when it is gone.</summary>
    public LogSegment? SegmentStartingAt(long first) => FindSegment(first) is { } segment && segment.First == first ? segment : null;

    /// <summary>Index of the segment that holds, or follows, the position.</summary>
    public int IndexOfSegment(long position)
    {
        int low = 0, high = _segments.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_segments[middle].End > position)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private void SettleResident(LogSegment segment, long from, long end, Collections.PositionSet journaled)
    {
        var index = segment.IndexOf(from);
        index = index < 0 ? ~index : index;
        while (from < end)
        {
            var batch = index < segment.Batches.Count ? segment.Batches[index] : null;
            if (batch is null || from < batch.First)
            {
                // Held since before its body turned out to be unreadable.
                var next = Math.Min(end, batch?.First ?? end);
                journaled.Add(new PositionRange(from, next - from));
                from = next;
                continue;
            }

            index++;
            var stop = Math.Min(end, batch.End);
            if (batch.IsJournaled)
            {
                journaled.Add(new PositionRange(from, stop - from));
            }

            batch.Live -= (int)(stop - from);
            if (batch.Live == 0)
            {
                Free(segment, batch);
            }

            from = stop;
        }
    }

    private void Free(LogSegment segment, LogBatch batch)
    {
        if (batch.IsPinned)
        {
            segment.PinnedBatches--;
            PinnedBytes -= batch.Kept is null ? batch.SizeBytes : 0;
        }
        else if (batch.Batch is not null)
        {
            EvictableBytes -= batch.SizeBytes;
        }

        batch.Batch = null;
    }

    private LogSegment OpenSegment()
    {
        if (_segments.Count > 0 && _segments[^1] is { Residency: SegmentResidency.Resident } last && IsOpen(last))
        {
            return last;
        }

        var segment = new LogSegment(NextPosition);
        _segments.Add(segment);
        _resident.Add(segment);
        return segment;
    }

    private void Place(LogSegment segment, LogBatch batch)
    {
        segment.Append(batch);
        NextPosition = batch.End;
    }

    // All settled: the last segment starts anew with the next message, so that a queue that keeps up needs only one.
    private void Release(LogSegment segment)
    {
        EvictableBytes -= segment.Residency == SegmentResidency.Resident ? ResidentBytes(segment) : 0;
        segment.IsMoving = false;
        _segments.RemoveAt(segment == _segments[^1] ? _segments.Count - 1 : IndexOfSegment(segment.First));
        _resident.Remove(segment);
        _lastFound = 0;
        if (_segments.Count == 0)
        {
            segment.Reset(NextPosition);
            _segments.Add(segment);
            _resident.Add(segment);
        }
    }

    private LogSegment? FindSegment(long position)
    {
        if (_lastFound < _segments.Count && _segments[_lastFound] is var last && last.First <= position && position < last.End)
        {
            return last;
        }

        var index = IndexOfSegment(position);
        if (index == _segments.Count || _segments[index].First > position)
        {
            return null;
        }

        _lastFound = index;
        return _segments[index];
    }
}
