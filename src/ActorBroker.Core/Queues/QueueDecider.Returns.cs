using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;

namespace ActorBroker.Core.Queues;

/// <content>Messages that come back: they are counted, may have to wait, and leave when it happens too often.</content>
public sealed partial class QueueDecider
{
    private readonly PositionMap _returns = new();
    private readonly DueIndex _delays = new();
    private readonly PositionSet _delayed = new();
    private readonly PositionSet _parts = new();

    /// <summary>Returned messages that are not ready yet.</summary>
    public long DelayedCount => _delayed.Count;

    private bool CountsReturns => IsQuorum || Settings.DeliveryLimit is not null || Settings.DelayedRetry is not null;

    // Nobody holds them any more.
    private void Return(PositionRange range, bool failed, bool counts)
    {
        if (!_overdue.IsEmpty && _overdue.Overlaps(range))
        {
            ReturnOverdue(range, failed, counts);
        }
        else if (counts && CountsReturns)
        {
            CountReturn(range, failed);
        }
        else
        {
            BecomeReady(range);
        }
    }

    private void ReturnOverdue(PositionRange range, bool failed, bool counts)
    {
        var overdue = _overdue.Within(range).ToArray();
        _overdue.Remove(range);
        var next = range.First;
        foreach (var part in overdue)
        {
            ReturnPart(next, part.First, failed, counts);
            Die(part, DeathReason.Expired);
            next = part.End;
        }

        ReturnPart(next, range.End, failed, counts);
    }

    private void ReturnPart(long first, long end, bool failed, bool counts)
    {
        if (end > first)
        {
            Return(new PositionRange(first, end - first), failed, counts);
        }
    }

    private void CountReturn(PositionRange range, bool failed)
    {
        _isMarked = true;
        for (var position = range.First; position < range.End;)
        {
            var before = ReturnCounts.Unpack(_returns.ValueAt(position, range.End - position, out var alike) ?? 0);
            var counts = new ReturnCounts(before.Failed + (failed ? 1 : 0), before.Acquired + 1);
            var run = new PositionRange(position, alike);
            _returns.Set(run, counts.Packed);
            position = run.End;
            if (counts.Failed > (Settings.DeliveryLimit ?? int.MaxValue))
            {
                Die(run, DeathReason.DeliveryLimit);
                continue;
            }

            if (IsDurable)
            {
                _writes.Notes.Return(run, counts);
            }

            if (DelayOf(counts, failed) is > 0 and var delay)
            {
                Delay(run, DueIndex.RoundUp(Now + delay, Now));
            }
            else
            {
                BecomeReady(run);
            }
        }
    }

    private long DelayOf(ReturnCounts counts, bool failed)
    {
        if (Settings.DelayedRetry is not { } retry || retry.Type == DelayedRetryType.Disabled
            || (retry.Type == DelayedRetryType.Failed && !failed) || (retry.Type == DelayedRetryType.Returned && failed))
        {
            return 0;
        }

        var count = failed ? counts.Failed : counts.Acquired - counts.Failed;
        var delay = retry.Backoff is { } factor ? retry.Min * Math.Pow(factor, count - 1) : (double)retry.Min * count;
        return (long)Math.Min(delay, retry.Max);
    }

    private void Delay(PositionRange range, long readyAt)
    {
        _delays.Add(range, readyAt);
        _delayed.Add(range);
        if (IsDurable)
        {
            _writes.Notes.Delay(range, readyAt);
        }
    }

    private void EndDelays()
    {
        while (_delays.TryTakeDue(Now, out var positions))
        {
            _parts.Clear();
            _delayed.Remove(positions, _parts);
            for (var i = 0; i < _parts.IntervalCount; i++)
            {
                Return(_parts.Interval(i), failed: false, counts: false);
            }
        }
    }
}
