using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <content>From the journal, and into a snapshot.</content>
public sealed partial class StreamDecider
{
    private long _lostUpTo;

    /// <inheritdoc/>
    public long LostCount { get; private set; }

    /// <inheritdoc/>
    public QueueIndex Index()
    {
        var segments = new StreamSegmentIndex[_log.Segments.Count];
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = _log.Segments[i];
            segments[i] = new StreamSegmentIndex(
                segment.Address, segment.FirstAt, segment.LastAt, [.. segment.Filter.Bits], segment.Filter.HasUnfiltered);
        }

        return new QueueIndex(_log.End, DeliveredBefore: 0, Live: [], Segments: []) { Stream = new StreamIndex(segments, _lastChunk) };
    }

    /// <inheritdoc/>
    public void RecoverIndex(QueueIndex index)
    {
        if (index.Stream is { } stream)
        {
            foreach (var segment in stream.Segments)
            {
                _log.Recover(segment);
            }

            _lastChunk = stream.LastChunk;
        }

        _log.SkipTo(index.NextPosition);
        _nextOffset = _log.End;
    }

    /// <inheritdoc/>
    public void RecoverWrite(QueueWrite write, long sequenceNr, long at)
    {
        if (write.Batches is [var first, ..] && first.FirstPosition < _log.End)
        {
            // Rejected, written again, and found twice after all.
            return;
        }

        Append(write.Batches, sequenceNr, at);
        _nextOffset = _log.End;
        BoundMemory();
    }

    /// <summary>Nothing: a stream is not purged.</summary>
    public void RecoverPurge(PositionRange[] positions)
    {
    }

    /// <inheritdoc/>
    public void RecoverLost(PositionRange positions)
    {
        LostCount += positions.Count;
        _lostUpTo = Math.Max(_lostUpTo, positions.End);
    }

    /// <inheritdoc/>
    public void RecoveryCompleted()
    {
        // No message gets an offset that another one had.
        _log.SkipTo(_lostUpTo);
        _nextOffset = _log.End;
        Retain();
        BoundMemory();
    }
}
