using System.Diagnostics;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Log;

/// <content>Bodies leave memory, and come back.</content>
internal sealed partial class MessageLog
{
    /// <summary>Drops a segment's bodies; the journal holds them.</summary>
    public void Evict(LogSegment segment)
    {
        Debug.Assert(segment.IsEvictable);
        EvictableBytes -= ResidentBytes(segment);
        segment.Batches.Clear();
        segment.Residency = SegmentResidency.Evicted;
        _resident.Remove(segment);
    }

    /// <summary>Bodies read back from the journal; what lies outside the segment is left out.</summary>
    /// <remarks>How much of each batch was settled before is not known any more: it stays until its segment goes.</remarks>
    public void Load(LogSegment segment, IReadOnlyList<PlacedBatch> batches)
    {
        segment.Batches.Clear();
        foreach (var placed in batches)
        {
            if (placed.FirstPosition < segment.First || placed.FirstPosition >= segment.End)
            {
                continue;
            }

            segment.Batches.Add(new LogBatch(placed.FirstPosition, placed.Batch)
            {
                IsJournaled = true,
                SequenceNr = segment.FirstSequenceNr,
            });
            EvictableBytes += placed.Batch.SizeBytes;
        }

        segment.Batches.Sort(static (a, b) => a.First.CompareTo(b.First));
        segment.Residency = SegmentResidency.Resident;
        _resident.Add(segment);
    }

    private static long ResidentBytes(LogSegment segment)
    {
        var bytes = 0L;
        foreach (var batch in segment.Batches)
        {
            bytes += batch.Batch is null ? 0 : batch.SizeBytes;
        }

        return bytes;
    }
}
