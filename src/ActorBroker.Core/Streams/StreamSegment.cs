using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <summary>A committed batch at its place.</summary>
/// <param name="First">Offset of its first message.</param>
/// <param name="Batch">The messages.</param>
/// <param name="At">When its event was written, Unix time in milliseconds.</param>
internal readonly record struct StreamBatch(long First, MessageBatch Batch, long At)
{
    /// <summary>The offset after the last message.</summary>
    public long End => First + Batch.Count;
}

/// <summary>
/// A run of whole journal events: what is dropped from memory, read back and, at the end of its life, deleted together.
/// </summary>
internal sealed class StreamSegment(long first, long firstAt, FilterValueSet filter)
{
    public long First { get; } = first;

    /// <summary>The offset after the last message so far.</summary>
    public long End { get; set; } = first;

    public long FirstAt { get; } = firstAt;

    public long LastAt { get; set; } = firstAt;

    public long FirstSequenceNr { get; set; }

    public long LastSequenceNr { get; set; }

    /// <summary>Size of all records.</summary>
    public long SizeBytes { get; set; }

    /// <summary>Size of the records that are in memory.</summary>
    public long ResidentBytes { get; set; }

    /// <summary>Messages that were appended.</summary>
    public long Count { get; set; }

    /// <summary>Messages of it that are known to be lost.</summary>
    public long Lost { get; set; }

    /// <summary>It has been read back damaged: all that it lacks is counted.</summary>
    public bool IsLossKnown { get; set; }

    public FilterValueSet Filter { get; } = filter;

    public SegmentResidency Residency { get; set; }

    /// <summary>Nothing is appended any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>When it was last read, on the log's own clock.</summary>
    public long LastUse { get; set; }

    /// <summary>By ascending offset; empty unless resident.</summary>
    public List<StreamBatch> Batches { get; } = [];

    /// <summary>Consumers that go on when it is in memory.</summary>
    public List<OffsetReader> Waiting { get; } = [];

    /// <summary>How to read it back.</summary>
    public SegmentAddress Address => new(First, End, FirstSequenceNr, LastSequenceNr, SizeBytes);

    public void Add(StreamBatch batch)
    {
        Batches.Add(batch);
        ResidentBytes += batch.Batch.SizeBytes;
    }

    /// <summary>Index of the batch that holds the offset, or of the next one behind it.</summary>
    public int IndexOf(long offset)
    {
        int low = 0, high = Batches.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Batches[middle].End > offset)
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
}
