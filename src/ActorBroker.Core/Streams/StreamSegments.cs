using System.Diagnostics;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <summary>Committed messages by offset, in segments of whole journal events, some of them in memory.</summary>
internal sealed class StreamSegments
{
    private readonly List<StreamSegment> _segments = [];
    private readonly List<StreamSegment> _resident = [];
    private long _uses;

    /// <summary>The offset after the last committed message.</summary>
    public long End { get; private set; }

    /// <summary>Offset of the oldest message that is left.</summary>
    public long First => _segments.Count > 0 ? _segments[0].First : End;

    /// <summary>All messages.</summary>
    public long Count { get; private set; }

    /// <summary>Size of all records.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Size of the records in memory.</summary>
    public long ResidentBytes { get; private set; }

    /// <summary>All segments, by ascending offset.</summary>
    public IReadOnlyList<StreamSegment> All => _segments;

    /// <summary>The segment that new events go into; null when the next one starts another.</summary>
    public StreamSegment? Open => _segments.Count > 0 && _segments[^1] is { IsClosed: false } last ? last : null;

    /// <summary>Starts a segment at the end.</summary>
    /// <param name="at">When its first event was written.</param>
    /// <param name="filterBytes">Size of its <see cref="FilterValueSet"/>.</param>
    /// <param name="isResident">What comes into it stays in memory at first.</param>
    public StreamSegment Begin(long at, int filterBytes, bool isResident)
    {
        var segment = new StreamSegment(End, at, new FilterValueSet(new byte[filterBytes]));
        Open?.IsClosed = true;
        _segments.Add(segment);
        Touch(segment);
        if (isResident)
        {
            _resident.Add(segment);
        }
        else
        {
            segment.Residency = SegmentResidency.Evicted;
        }

        return segment;
    }

    /// <summary>Adds an event's batches to the open segment.</summary>
    public void Append(StreamSegment open, long sequenceNr, long at, IReadOnlyList<PlacedBatch> batches)
    {
        Debug.Assert(ReferenceEquals(open, Open));
        foreach (var placed in batches)
        {
            // A gap is what a damaged event held, or what was never written.
            Debug.Assert(placed.FirstPosition >= End);
            if (open.Residency == SegmentResidency.Resident)
            {
                open.Add(new StreamBatch(placed.FirstPosition, placed.Batch, at));
                ResidentBytes += placed.Batch.SizeBytes;
            }

            open.Count += placed.Batch.Count;
            open.SizeBytes += placed.Batch.SizeBytes;
            Count += placed.Batch.Count;
            SizeBytes += placed.Batch.SizeBytes;
            End = placed.EndPosition;
        }

        open.End = End;
        open.FirstSequenceNr = open.FirstSequenceNr == 0 ? sequenceNr : open.FirstSequenceNr;
        open.LastSequenceNr = sequenceNr;
        open.LastAt = at;
    }

    /// <summary>Restores a segment of a snapshot, out of memory.</summary>
    public void Recover(StreamSegmentIndex index)
    {
        var address = index.Address;
        _segments.Add(new StreamSegment(
            address.FirstPosition, index.FirstAt, new FilterValueSet(index.Filter) { HasUnfiltered = index.HasUnfiltered })
        {
            End = address.EndPosition,
            LastAt = index.LastAt,
            FirstSequenceNr = address.FirstSequenceNr,
            LastSequenceNr = address.LastSequenceNr,
            SizeBytes = address.SizeBytes,
            Count = index.Count ?? address.EndPosition - address.FirstPosition,
            Residency = SegmentResidency.Evicted,
            IsClosed = true,
        });
        SizeBytes += address.SizeBytes;
        Count += _segments[^1].Count;
        End = Math.Max(End, address.EndPosition);
    }

    /// <summary>Offsets below are never given out (again).</summary>
    public void SkipTo(long offset) => End = Math.Max(End, offset);

    /// <summary>Index of the segment that holds the offset, or of the next one behind it.</summary>
    public int IndexOf(long offset)
    {
        int low = 0, high = _segments.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_segments[middle].End > offset)
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

    /// <summary>Offset of the first segment that was still written to at that time, or the end.</summary>
    public long FirstWrittenSince(long at)
    {
        int low = 0, high = _segments.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_segments[middle].LastAt >= at)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low < _segments.Count ? _segments[low].First : End;
    }

    /// <summary>The segment is being read: it is evicted last.</summary>
    public void Touch(StreamSegment segment) => segment.LastUse = ++_uses;

    /// <summary>
    /// Bodies read back from the journal; what lies outside the segment is left out, and what does not follow the order
    /// of offsets, as when it was appended. Returns how many messages are missing.
    /// </summary>
    public long Load(StreamSegment segment, IReadOnlyList<PlacedBatch> batches)
    {
        var missing = segment.Count;
        var end = segment.First;
        foreach (var placed in batches)
        {
            if (placed.FirstPosition >= end && placed.EndPosition <= segment.End)
            {
                segment.Add(new StreamBatch(placed.FirstPosition, placed.Batch, Math.Max(placed.At, segment.FirstAt)));
                missing -= placed.Batch.Count;
                end = placed.EndPosition;
            }
        }

        ResidentBytes += segment.ResidentBytes;
        segment.Residency = SegmentResidency.Resident;
        _resident.Add(segment);
        Touch(segment);
        return missing;
    }

    /// <summary>Drops a segment's bodies; the journal holds them.</summary>
    public void Evict(StreamSegment segment)
    {
        Forget(segment);
        segment.Residency = SegmentResidency.Evicted;
    }

    /// <summary>Drops bodies of the segments that were not read for longest, if asked to all but of the open one, where readers meet.</summary>
    public void EvictDownTo(long residentBytesMax, bool keepsOpen)
    {
        while (ResidentBytes > residentBytesMax)
        {
            StreamSegment? victim = null;
            foreach (var segment in _resident)
            {
                if (!(keepsOpen && ReferenceEquals(segment, Open)) && (victim is null || segment.LastUse < victim.LastUse))
                {
                    victim = segment;
                }
            }

            if (victim is null)
            {
                return;
            }

            Evict(victim);
        }
    }

    /// <summary>The oldest segment leaves the stream.</summary>
    public StreamSegment RemoveFirst()
    {
        var segment = _segments[0];
        _segments.RemoveAt(0);
        SizeBytes -= segment.SizeBytes;
        Count -= segment.Count;
        Forget(segment);
        return segment;
    }

    private void Forget(StreamSegment segment)
    {
        ResidentBytes -= segment.ResidentBytes;
        segment.ResidentBytes = 0;
        segment.Batches.Clear();
        _resident.Remove(segment);
    }
}
