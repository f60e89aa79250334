using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lifetime;

/// <summary>
/// Positions by the time when something is due for them. Times are rounded up, to <see cref="BucketMs"/> or a twentieth
/// of the wait, so that neighbours which are due at about the same time share an entry: a backlog with one lifetime
/// costs an entry for each 50 ms in which something arrived, or twenty in all. Positions that are not wanted any more stay until they are due or
/// <see cref="Retain"/> is called; whoever takes them out must look whether they are still there.
/// </summary>
internal sealed class DueIndex
{
    /// <summary>What is due waits at most so long, in milliseconds.</summary>
    public const long BucketMs = 50;

    private const long BucketsPerWait = 20;
    private const int RetainMin = 1024;

    // By ascending time, those of one time by position; the entry added last is kept beside it, to be extended.
    private readonly PriorityQueue<PositionRange, (long Due, long First)> _entries = new();
    private PositionRange _last;
    private long _lastDue;

    /// <summary>When the next position is due, Unix time in milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDue => Math.Min(
        _entries.TryPeek(out _, out var next) ? next.Due : long.MaxValue, _last.Count > 0 ? _lastDue : long.MaxValue);

    /// <summary>Number of entries.</summary>
    public int EntryCount => _entries.Count + (_last.Count > 0 ? 1 : 0);

    /// <summary>Rounds a time to the one at which the index tells of it; what is due already stays as it is.</summary>
    public static long RoundUp(long due, long now) =>
        due <= now || due > long.MaxValue - BucketMs ? due : RoundUpTo(Math.Clamp((due - now) / BucketsPerWait, 1, BucketMs), due);

    /// <summary>Adds positions that are due at a time, taken as it is: see <see cref="RoundUp"/>.</summary>
    public void Add(PositionRange positions, long due)
    {
        if (_last.Count > 0 && due == _lastDue && positions.First == _last.End)
        {
            _last = _last with { Count = _last.Count + positions.Count };
            return;
        }

        if (_last.Count > 0)
        {
            _entries.Enqueue(_last, (_lastDue, _last.First));
        }

        _last = positions;
        _lastDue = due;
    }

    /// <summary>Takes positions out that are due by then, the earliest first; false when there are none.</summary>
    public bool TryTakeDue(long now, out PositionRange positions)
    {
        if (_last.Count > 0 && _lastDue <= now && !(_entries.TryPeek(out _, out var next) && next.CompareTo((_lastDue, _last.First)) <= 0))
        {
            positions = _last;
            _last = default;
            return true;
        }

        if (_entries.TryPeek(out positions, out var first) && first.Due <= now)
        {
            _entries.Dequeue();
            return true;
        }

        return false;
    }

    /// <summary>Forgets what is not in the set, once that may be most of it.</summary>
    /// <param name="liveCount">How many positions may still be wanted.</param>
    /// <param name="live">Gives all that are wanted; called only when it is worth it.</param>
    public void Retain(long liveCount, Func<PositionSet> live)
    {
        if (_entries.Count <= Math.Max(RetainMin, liveCount * 2))
        {
            return;
        }

        var wanted = live();
        var kept = Entries().SelectMany(entry => wanted.Within(entry.Positions), static (entry, range) => (range, (entry.Value, range.First))).ToArray();
        Clear();
        _entries.EnqueueRange(kept);
    }

    /// <summary>What is in it, in no order; a value is the time when its positions are due.</summary>
    public IEnumerable<PositionRun> Entries()
    {
        foreach (var (positions, due) in _entries.UnorderedItems)
        {
            yield return new PositionRun(positions, due.Due);
        }

        if (_last.Count > 0)
        {
            yield return new PositionRun(_last, _lastDue);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _entries.Clear();
        _last = default;
    }

    private static long RoundUpTo(long bucket, long due) => (due + bucket - 1) / bucket * bucket;
}
