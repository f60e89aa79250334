using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;

namespace ActorBroker.Core.Queues;

/// <content>
/// Bodies that cannot be had. Where the journal holds them damaged, their messages are gone: they leave the queue and
/// are counted. Where they could not be read for another reason, they are set aside until the queue starts the next
/// time, and the journal is not told that they are gone.
/// </content>
public sealed partial class QueueDecider
{
    // In damaged events that are replayed; what is settled later in the replay is no loss.
    private readonly PositionSet _lostInReplay = new();
    private readonly PositionSet _gaps = new();

    /// <summary>Messages that were in the queue and that the journal holds damaged, since the queue started.</summary>
    public long LostCount { get; private set; }

    /// <summary>Replays what a damaged event may have held.</summary>
    public void RecoverLost(PositionRange positions)
    {
        _isRecovering = true;
        _lostInReplay.Add(positions);
    }

    // No message gets a position that another one had.
    private void CountLostInReplay()
    {
        if (_lostInReplay.IsEmpty)
        {
            return;
        }

        LostCount += _lostInReplay.Count;
        _log.SkipTo(_lostInReplay.Interval(_lostInReplay.IntervalCount - 1).End);
        _history?.SkipTo(_log.NextPosition);
        _writtenUpTo = Math.Max(_writtenUpTo, _log.NextPosition);
        _journaledEnd = _writtenUpTo;
        _lostInReplay.Clear();
    }

    // What is ready of the segment and could not be read back with it.
    private long TakeOutGaps(LogSegment segment)
    {
        _gaps.Clear();
        foreach (var gap in segment.Gaps())
        {
            RemoveReady(gap, _gaps);
        }

        return TakeOut(segment, _gaps);
    }

    // The same of what is to be dead-lettered.
    private void TakeOutDying(LogSegment segment, PositionRange range)
    {
        _gaps.Clear();
        foreach (var gap in segment.Gaps())
        {
            var first = Math.Max(gap.First, range.First);
            var end = Math.Min(gap.End, range.End);
            if (first < end)
            {
                var missing = new PositionRange(first, end - first);
                _dying.Forget(missing);
                _gaps.Add(missing);
            }
        }

        TakeOut(segment, _gaps);
    }

    // The segment may be gone afterwards.
    private long TakeOut(LogSegment segment, PositionSet missing)
    {
        if (!segment.IsDamaged)
        {
            _unreadable.AddAll(missing);
            return missing.Count;
        }

        LostCount += CountLost(missing);
        for (var i = 0; i < missing.IntervalCount; i++)
        {
            Leave(missing.Interval(i), _writes.Settled);
        }

        return missing.Count;
    }
}
