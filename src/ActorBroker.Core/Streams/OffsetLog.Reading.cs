using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <content>From the log to a reader.</content>
internal sealed partial class OffsetLog
{
    // Segments that readers wait for and that no read is under way for yet.
    private readonly Queue<StreamSegment> _wanted = new();
    private readonly List<OffsetReader> _settling = [];
    private List<OffsetReader> _atEnd = [];
    private List<OffsetReader> _wereAtEnd = [];
    private int _reads;

    /// <summary>The events of a segment's range, read back; see <see cref="IQueueRules.SegmentLoaded"/>.</summary>
    public long SegmentLoaded(SegmentAddress address, IReadOnlyList<PlacedBatch> batches, bool isDamaged)
    {
        _reads--;
        var index = _segments.IndexOf(address.FirstPosition);
        var missing = 0L;

        // It may have been dropped while it was being read.
        if (index < _segments.All.Count
            && _segments.All[index] is { Residency: SegmentResidency.Loading } segment
            && segment.First == address.FirstPosition)
        {
            missing = _segments.Load(segment, batches);
            if (isDamaged)
            {
                missing = Lose(segment, missing);
            }

            var waiting = segment.Waiting.ToArray();
            segment.Waiting.Clear();
            foreach (var reader in waiting)
            {
                reader.WaitsFor = null;
                Serve(reader);
            }

            if (missing > 0 && !isDamaged)
            {
                // The readers that were here went on without; the next one tries again.
                _segments.Evict(segment);
            }
        }

        ReadWanted();
        BoundMemory();
        return missing;
    }

    // What the segment lacks is gone: each message of it counts once.
    private long Lose(StreamSegment segment, long missing)
    {
        segment.IsLossKnown = true;
        var lost = Math.Max(0, missing - segment.Lost);
        segment.Lost += lost;
        LostCount += lost;
        return lost;
    }

    private void ServeThoseAtEnd()
    {
        (_atEnd, _wereAtEnd) = (_wereAtEnd, _atEnd);
        foreach (var reader in _wereAtEnd)
        {
            reader.IsAtEnd = false;
            Serve(reader);
        }

        _wereAtEnd.Clear();
    }

    // As much as its credit allows, up to the end or to a segment that has to be read back first.
    private void Serve(OffsetReader reader)
    {
        while (reader.CanTake && reader is { WaitsFor: null, IsAtEnd: false } && Locate(reader) is { } segment)
        {
            if (segment.Residency != SegmentResidency.Resident)
            {
                Await(segment, reader);
                break;
            }

            _segments.Touch(segment);
            ReadAhead(reader, segment);
            ServeFrom(segment, reader);
        }

        if (reader.Outgoing.Count > 0)
        {
            var segments = reader.Outgoing.ToArray();
            Counters?.Delivered += QueueDecider.CountOf(segments).Count;
            _effects.Deliver(reader.Key, segments);
            reader.Outgoing.Clear();
        }
    }

    // The segment of its next message; null at the end, where it waits for the next commit.
    private StreamSegment? Locate(OffsetReader reader)
    {
        reader.Returned.Remove(new PositionRange(0, _segments.First));
        if (!reader.Returned.IsEmpty)
        {
            return _segments.All[_segments.IndexOf(reader.Returned.First.First)];
        }

        reader.Cursor = Math.Max(reader.Cursor, _segments.First);
        var index = _segments.IndexOf(reader.Cursor);
        while (index < _segments.All.Count && reader.Filter is { } filter && !filter.MayMatch(_segments.All[index].Filter))
        {
            reader.Cursor = Math.Max(reader.Cursor, _segments.All[index].End);
            index++;
        }

        if (index < _segments.All.Count)
        {
            return _segments.All[index];
        }

        reader.IsAtEnd = true;
        _atEnd.Add(reader);
        return null;
    }

    private void ServeFrom(StreamSegment segment, OffsetReader reader)
    {
        if (!reader.Returned.IsEmpty)
        {
            ServeAgain(segment, reader);
            return;
        }

        for (var i = segment.IndexOf(reader.Cursor); i < segment.Batches.Count && reader.CanTake; i++)
        {
            var batch = segment.Batches[i];
            if (batch.At >= reader.NotBefore)
            {
                reader.NotBefore = null;
            }

            if (reader.NotBefore is null)
            {
                reader.Cursor = ServeBatch(batch, reader, Math.Max(reader.Cursor, batch.First), batch.End);
            }
        }

        if (reader.CanTake)
        {
            reader.Cursor = Math.Max(reader.Cursor, segment.End);
        }
    }

    private void ServeAgain(StreamSegment segment, OffsetReader reader)
    {
        var returned = reader.Returned.First;
        var index = segment.IndexOf(returned.First);
        var end = segment.End;
        if (index < segment.Batches.Count && segment.Batches[index] is var batch)
        {
            var from = Math.Max(returned.First, batch.First);
            var to = Math.Min(returned.End, batch.End);
            end = from < to ? ServeBatch(batch, reader, from, to) : to;
        }

        reader.Returned.Remove(new PositionRange(returned.First, end - returned.First));
    }

    // Delivers what matches of the offsets given, as far as credit allows; where it stopped.
    private long ServeBatch(StreamBatch batch, OffsetReader reader, long from, long to)
    {
        while (from < to && reader.CanTake)
        {
            var start = (int)(from - batch.First);
            var count = RunLength(batch.Batch, reader, start, (int)Math.Min(to - from, reader.Room), out var bytes);
            if (count > 0)
            {
                reader.WindowBytes -= bytes;
                reader.Unsettled.Add(new PositionRange(from, count));
                UnsettledCount += count;
                reader.Outgoing.Add(new DeliverySegment(batch.Batch, start, count, from, Redelivered: false) { IsOfStream = true, WrittenAt = batch.At });
            }

            // What ended the run was not wanted, or there is no credit for it.
            from += count;
            if (from < to && reader.Filter is { } filter && !filter.Matches(batch.Batch[(int)(from - batch.First)]))
            {
                from++;
            }
        }

        return from;
    }

    // Messages from there on that the reader wants and its window takes: the last may exceed it.
    private static int RunLength(MessageBatch batch, OffsetReader reader, int start, int countMax, out int bytes)
    {
        bytes = 0;
        if (reader.Filter is null && start == 0 && countMax == batch.Count && batch.SizeBytes <= reader.WindowBytes)
        {
            bytes = batch.SizeBytes;
            return countMax;
        }

        var count = 0;
        while (count < countMax && bytes < reader.WindowBytes && reader.Filter?.Matches(batch[start + count]) != false)
        {
            bytes += batch[start + count].RecordLength;
            count++;
        }

        return count;
    }

    private void Await(StreamSegment segment, OffsetReader reader)
    {
        reader.WaitsFor = segment;
        segment.Waiting.Add(reader);
        if (segment.Residency == SegmentResidency.Evicted && segment.Waiting.Count == 1)
        {
            _wanted.Enqueue(segment);
            ReadWanted();
        }
    }

    // Few at a time: what is being read is in memory next, whatever else is.
    private void ReadWanted()
    {
        while (_reads < _limits.ReadAheadSegments && _wanted.TryDequeue(out var segment))
        {
            if (segment.Waiting.Count > 0 && segment.Residency == SegmentResidency.Evicted)
            {
                Read(segment);
            }
        }
    }

    // The next segment is read while this one is being delivered, once for each reader that comes by.
    private void ReadAhead(OffsetReader reader, StreamSegment segment)
    {
        var next = _segments.IndexOf(segment.End);
        if (_reads < _limits.ReadAheadSegments
            && next < _segments.All.Count
            && _segments.All[next] is { Residency: SegmentResidency.Evicted } ahead
            && ahead.First >= reader.ReadAheadTo)
        {
            reader.ReadAheadTo = ahead.End;
            Read(ahead);
        }
    }

    private void Read(StreamSegment segment)
    {
        // What is appended meanwhile would not be in what is read.
        segment.IsClosed = true;
        segment.Residency = SegmentResidency.Loading;
        _reads++;
        _effects.Load(segment.Address with { WithoutCopies = true });
    }
}
