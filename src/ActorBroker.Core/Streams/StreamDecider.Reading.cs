using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <content>From the log to a consumer.</content>
public sealed partial class StreamDecider
{
    // Segments that consumers wait for and that no read is under way for yet.
    private readonly Queue<StreamSegment> _wanted = new();
    private readonly List<StreamConsumer> _settling = [];
    private List<StreamConsumer> _atEnd = [];
    private List<StreamConsumer> _wereAtEnd = [];
    private int _reads;

    /// <inheritdoc/>
    public long SegmentLoaded(long firstPosition, IReadOnlyList<PlacedBatch> batches, bool isDamaged)
    {
        _reads--;
        var index = _log.IndexOf(firstPosition);
        var missing = 0L;

        // It may have been dropped while it was being read.
        if (index < _log.Segments.Count && _log.Segments[index] is { Residency: SegmentResidency.Loading } segment && segment.First == firstPosition)
        {
            missing = _log.Load(segment, batches);
            if (isDamaged)
            {
                missing = Lose(segment, missing);
            }

            var waiting = segment.Waiting.ToArray();
            segment.Waiting.Clear();
            foreach (var consumer in waiting)
            {
                consumer.WaitsFor = null;
                Serve(consumer);
            }

            if (missing > 0 && !isDamaged)
            {
                // The consumers that were here went on without; the next one tries again.
                _log.Evict(segment);
            }
        }

        ReadWanted();
        BoundMemory();
        return missing;
    }

    // What the segment lacks is gone: each message of it counts once.
    private long Lose(StreamSegment segment, long missing)
    {
        var lost = Math.Max(0, missing - segment.Lost);
        segment.Lost += lost;
        LostCount += lost;
        return lost;
    }

    private void ServeThoseAtEnd()
    {
        (_atEnd, _wereAtEnd) = (_wereAtEnd, _atEnd);
        foreach (var consumer in _wereAtEnd)
        {
            consumer.IsAtEnd = false;
            Serve(consumer);
        }

        _wereAtEnd.Clear();
    }

    // As much as its credit allows, up to the end or to a segment that has to be read back first.
    private void Serve(StreamConsumer consumer)
    {
        while (consumer.CanTake && consumer is { WaitsFor: null, IsAtEnd: false } && Locate(consumer) is { } segment)
        {
            if (segment.Residency != SegmentResidency.Resident)
            {
                Await(segment, consumer);
                break;
            }

            _log.Touch(segment);
            ReadAhead(consumer, segment);
            ServeFrom(segment, consumer);
        }

        if (consumer.Outgoing.Count > 0)
        {
            _effects.Deliver(consumer.Key, [.. consumer.Outgoing]);
            consumer.Outgoing.Clear();
        }
    }

    // The segment of its next message; null at the end, where it waits for the next commit.
    private StreamSegment? Locate(StreamConsumer consumer)
    {
        consumer.Returned.Remove(new PositionRange(0, _log.First));
        if (!consumer.Returned.IsEmpty)
        {
            return _log.Segments[_log.IndexOf(consumer.Returned.First.First)];
        }

        consumer.Cursor = Math.Max(consumer.Cursor, _log.First);
        var index = _log.IndexOf(consumer.Cursor);
        while (index < _log.Segments.Count && consumer.Filter is { } filter && !filter.MayMatch(_log.Segments[index].Filter))
        {
            consumer.Cursor = Math.Max(consumer.Cursor, _log.Segments[index].End);
            index++;
        }

        if (index < _log.Segments.Count)
        {
            return _log.Segments[index];
        }

        consumer.IsAtEnd = true;
        _atEnd.Add(consumer);
        return null;
    }

    private void ServeFrom(StreamSegment segment, StreamConsumer consumer)
    {
        if (!consumer.Returned.IsEmpty)
        {
            ServeAgain(segment, consumer);
            return;
        }

        for (var i = segment.IndexOf(consumer.Cursor); i < segment.Batches.Count && consumer.CanTake; i++)
        {
            var batch = segment.Batches[i];
            if (batch.At >= consumer.NotBefore)
            {
                consumer.NotBefore = null;
            }

            if (consumer.NotBefore is null)
            {
                consumer.Cursor = ServeBatch(batch, consumer, Math.Max(consumer.Cursor, batch.First), batch.End);
            }
        }

        if (consumer.CanTake)
        {
            consumer.Cursor = Math.Max(consumer.Cursor, segment.End);
        }
    }

    private void ServeAgain(StreamSegment segment, StreamConsumer consumer)
    {
        var returned = consumer.Returned.First;
        var index = segment.IndexOf(returned.First);
        var end = segment.End;
        if (index < segment.Batches.Count && segment.Batches[index] is var batch)
        {
            var from = Math.Max(returned.First, batch.First);
            var to = Math.Min(returned.End, batch.End);
            end = from < to ? ServeBatch(batch, consumer, from, to) : to;
        }

        consumer.Returned.Remove(new PositionRange(returned.First, end - returned.First));
    }

    // Delivers what matches of the offsets given, as far as credit allows; where it stopped.
    private long ServeBatch(StreamBatch batch, StreamConsumer consumer, long from, long to)
    {
        while (from < to && consumer.CanTake)
        {
            var start = (int)(from - batch.First);
            var count = RunLength(batch.Batch, consumer, start, (int)Math.Min(to - from, consumer.Room), out var bytes);
            if (count > 0)
            {
                consumer.WindowBytes -= bytes;
                consumer.Unsettled.Add(new PositionRange(from, count));
                UnsettledCount += count;
                consumer.Outgoing.Add(new DeliverySegment(batch.Batch, start, count, from, Redelivered: false) { IsOfStream = true, WrittenAt = batch.At });
            }

            // What ended the run was not wanted, or there is no credit for it.
            from += count;
            if (from < to && consumer.Filter is { } filter && !filter.Matches(batch.Batch[(int)(from - batch.First)]))
            {
                from++;
            }
        }

        return from;
    }

    // Messages from there on that the consumer wants and its window takes: the last may exceed it.
    private static int RunLength(MessageBatch batch, StreamConsumer consumer, int start, int countMax, out int bytes)
    {
        bytes = 0;
        if (consumer.Filter is null && start == 0 && countMax == batch.Count && batch.SizeBytes <= consumer.WindowBytes)
        {
            bytes = batch.SizeBytes;
            return countMax;
        }

        var count = 0;
        while (count < countMax && bytes < consumer.WindowBytes && consumer.Filter?.Matches(batch[start + count]) != false)
        {
            bytes += batch[start + count].RecordLength;
            count++;
        }

        return count;
    }

    private void Await(StreamSegment segment, StreamConsumer consumer)
    {
        consumer.WaitsFor = segment;
        segment.Waiting.Add(consumer);
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

    // The next segment is read while this one is being delivered, once for each consumer that comes by.
    private void ReadAhead(StreamConsumer consumer, StreamSegment segment)
    {
        var next = _log.IndexOf(segment.End);
        if (_reads < _limits.ReadAheadSegments
            && next < _log.Segments.Count
            && _log.Segments[next] is { Residency: SegmentResidency.Evicted } ahead
            && ahead.First >= consumer.ReadAheadTo)
        {
            consumer.ReadAheadTo = ahead.End;
            Read(ahead);
        }
    }

    private void Read(StreamSegment segment)
    {
        segment.Residency = SegmentResidency.Loading;
        _reads++;
        _effects.Load(segment.Address);
    }
}
