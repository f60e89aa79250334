using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

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
                segment.Address, segment.FirstAt, segment.LastAt, [.. segment.Filter.Bits], segment.Filter.HasUnfiltered)
            {
                Count = segment.Count,
            };
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

    /// <summary>Replays what a damaged event may have held.</summary>
    public void RecoverLost(PositionRange positions)
    {
        LostCount += positions.Count;
        _lostUpTo = Math.Max(_lostUpTo, positions.End);
    }

    /// <summary>Messages were found lost by somebody else: how many of them were not known to be.</summary>
    public long NoteLost(PositionSet positions)
    {
        var unknown = positions.Count;
        for (var i = 0; i < positions.IntervalCount; i++)
        {
            var range = positions.Interval(i);
            for (var index = _segments.IndexOf(range.First); index < _segments.All.Count && _segments.All[index].First < range.End; index++)
            {
                var segment = _segments.All[index];
                var within = Math.Min(range.End, segment.End) - Math.Max(range.First, segment.First);
                if (segment.IsLossKnown)
                {
                    unknown -= within;
                }
                else
                {
                    segment.Lost += within;
                }
            }
        }

        return unknown;
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
