namespace ActorBroker.Core.Queues.Log;

/// <summary>A segment whose live messages are being copied.</summary>
/// <param name="Segment">It is in memory.</param>
/// <param name="CopiedBytes">Size of the copied records.</param>
/// <param name="Live">Messages that were live in it then.</param>
internal readonly record struct MovingSegment(LogSegment Segment, long CopiedBytes, long Live);

/// <content>Segments that move to a later event of the journal.</content>
internal sealed partial class MessageLog
{
    /// <summary>
    /// A journal event holds copies of everything live that earlier events hold of these segments. Neighbours that fit
    /// become one: where little is left of each, they are read back together.
    /// </summary>
    /// <param name="moved">By ascending position; those that are gone meanwhile are passed over.</param>
    /// <param name="sequenceNr">The event.</param>
    public void Move(IReadOnlyList<MovingSegment> moved, long sequenceNr)
    {
        LogSegment? previous = null;
        foreach (var (segment, copiedBytes, live) in moved)
        {
            if (!segment.IsMoving)
            {
                continue;
            }

            segment.IsMoving = false;
            segment.MoveTo(sequenceNr, copiedBytes);
            segment.LiveBytes = Math.Min(segment.SizeBytes, segment.SizeBytes * segment.Live / live);
            if (!TryJoin(previous, segment))
            {
                previous = segment;
            }
        }
    }

    private bool TryJoin(LogSegment? previous, LogSegment segment)
    {
        var index = IndexOfSegment(segment.First);
        if (previous is null || !ReferenceEquals(_segments[index - 1], previous) || previous.SizeBytes + segment.SizeBytes > segmentSizeBytes)
        {
            return false;
        }

        previous.Take(segment);
        _segments.RemoveAt(index);
        _resident.Remove(segment);
        _lastFound = 0;
        return true;
    }
}
