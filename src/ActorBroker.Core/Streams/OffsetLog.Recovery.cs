using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <content>From the journal, and into a snapshot.</content>
internal sealed partial class OffsetLog
{
    private long _lostUpTo;

    /// <summary>Messages lost since the queue started because the journal holds them damaged.</summary>
    public long LostCount { get; private set; }

    /// <summary>What a snapshot keeps of it.</summary>
    public StreamIndex Index()
    {
        var segments = new StreamSegmentIndex[_segments.All.Count];
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = _segments.All[i];
            segments[i] = new StreamSegmentIndex(
                segment.Address, segment.FirstAt, segment.LastAt, [.. segment.Filter.Bits], segment.Filter.HasUnfiltered);
        }

        return new StreamIndex(segments, _lastChunk);
    }

    /// <summary>Restores a snapshot; to be called first, on an empty log.</summary>
    public void Recover(StreamIndex index)
    {
        foreach (var segment in index.Segments)
        {
            _segments.Recover(segment);
        }

        _lastChunk = index.LastChunk;
    }

    /// <summary>Offsets below are never given out (again).</summary>
    public void SkipTo(long offset) => _segments.SkipTo(offset);

    /// <summary>Replays the batches of an event, as <see cref="Append"/>.</summary>
    public void RecoverEvent(PlacedBatch[] batches, long sequenceNr, long at)
    {
        if (batches is [var first, ..] && first.FirstPosition < End)
        {
            // Rejected, written again, and found twice after all.
            return;
        }

        Append(batches, sequenceNr, at);
        BoundMemory();
    }

    /// <summary>Replays what a damaged event may have held.</summary>
    public void RecoverLost(PositionRange positions)
    {
        LostCount += positions.Count;
        _lostUpTo = Math.Max(_lostUpTo, positions.End);
    }

    /// <summary>The journal has been replayed.</summary>
    public void RecoveryCompleted()
    {
        // No message gets an offset that another one had.
        SkipTo(_lostUpTo);
        Retain();
        BoundMemory();
    }
}
