using ActorBroker.Core.Messages;

namespace ActorBroker.Broker.Queues;

/// <summary>
/// Cuts what a consumer of another node gets, between messages: so that what is written of it is no longer than what goes
/// between nodes whole, and one long message is alone in what travels in parts.
/// </summary>
internal static class DeliveryCut
{
    // Of a segment, beside its records: its head, the batch's head and a route of the longest names.
    private const int SegmentOverhead = 600;

    /// <summary>The same messages in the same order, a batch or so at a time.</summary>
    public static IEnumerable<DeliverySegment[]> Of(DeliverySegment[] segments)
    {
        var some = new List<DeliverySegment>();
        var bytes = 0L;
        foreach (var segment in segments)
        {
            var done = 0;
            while (done < segment.Count)
            {
                var taken = Take(segment, done, some.Count == 0, ref bytes);
                if (taken > 0)
                {
                    some.Add(segment with
                    {
                        StartIndex = segment.StartIndex + done, Count = taken, FirstPosition = segment.FirstPosition + done,
                    });
                    done += taken;
                }

                if (done < segment.Count)
                {
                    yield return [.. some];
                    some.Clear();
                    bytes = 0;
                }
            }
        }

        if (some.Count > 0)
        {
            yield return [.. some];
        }
    }

    // How many of the segment's messages have room; one always has where there is nothing else.
    private static int Take(in DeliverySegment segment, int done, bool isFirst, ref long bytes)
    {
        var taken = 0;
        bytes += SegmentOverhead;
        for (var i = done; i < segment.Count; i++)
        {
            var length = segment.Batch[segment.StartIndex + i].RecordLength;
            if (bytes + length > MessageBatch.SlabSizeTarget + SegmentOverhead && (taken > 0 || !isFirst))
            {
                break;
            }

            bytes += length;
            taken++;
        }

        return taken;
    }
}
