using System.Diagnostics;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Collections;

/// <summary>
/// A set of queue positions kept as sorted, disjoint, non-adjacent intervals: a backlog costs ranges, not messages.
/// Adding at the end and taking from the front, which is what a queue does, cost O(1); elsewhere O(log n) to find and
/// O(n) to shift, n being the number of intervals. Not thread-safe.
/// </summary>
public sealed partial class PositionSet
{
    private const int CapacityMin = 4;

    // Intervals live in [_head, _head + _size) of both arrays; free room at the front makes taking from it cheap.
    // A queue has many sets of which most stay empty: these cost no arrays.
    private long[] _firsts = [];
    private long[] _ends = [];
    private int _head;
    private int _size;

    /// <summary>Number of positions.</summary>
    public long Count { get; private set; }

    /// <summary>True when there is no position.</summary>
    public bool IsEmpty => _size == 0;

    /// <summary>Number of intervals.</summary>
    public int IntervalCount => _size;

    /// <summary>The lowest interval.</summary>
    /// <exception cref="InvalidOperationException">The set is empty.</exception>
    public PositionRange First => _size > 0 ? Interval(0) : throw new InvalidOperationException("The set of positions is empty.");

    /// <summary>The interval at an index from 0 to <see cref="IntervalCount"/> - 1.</summary>
    public PositionRange Interval(int index)
    {
        Debug.Assert((uint)index < (uint)_size);
        return new PositionRange(_firsts[_head + index], _ends[_head + index] - _firsts[_head + index]);
    }

    /// <summary>True when the position is in the set.</summary>
    public bool Contains(long position)
    {
        var index = IndexOfEndAbove(position);
        return index < _size && _firsts[_head + index] <= position;
    }

    /// <summary>As <see cref="Contains(long)"/>; up to the end, all positions are alike.</summary>
    public bool Contains(long position, out long end)
    {
        var index = IndexOfEndAbove(position);
        var contains = index < _size && _firsts[_head + index] <= position;
        end = contains ? _ends[_head + index] : index < _size ? _firsts[_head + index] : long.MaxValue;
        return contains;
    }

    /// <summary>The lowest position of the set at or above one, or null.</summary>
    public long? FirstFrom(long position)
    {
        var index = IndexOfEndAbove(position);
        return index < _size ? Math.Max(position, _firsts[_head + index]) : null;
    }

    /// <summary>Adds a range; positions that are there already stay.</summary>
    public void Add(PositionRange range)
    {
        if (range.Count <= 0)
        {
            return;
        }

        var first = range.First;
        var end = range.End;
        if (_size > 0 && first >= _ends[_head + _size - 1])
        {
            Append(first, end);
            return;
        }

        // Intervals [from, to) touch or overlap the new one and are merged with it.
        var from = IndexOfEndAbove(first - 1);
        var to = from;
        var covered = 0L;
        while (to < _size && _firsts[_head + to] <= end)
        {
            first = Math.Min(first, _firsts[_head + to]);
            end = Math.Max(end, _ends[_head + to]);
            covered += _ends[_head + to] - _firsts[_head + to];
            to++;
        }

        Count += end - first - covered;
        if (to == from)
        {
            InsertAt(from);
        }
        else
        {
            RemoveIntervals(from + 1, to);
        }

        _firsts[_head + from] = first;
        _ends[_head + from] = end;
    }

    /// <summary>Adds all positions of another set.</summary>
    public void AddAll(PositionSet other)
    {
        for (var i = 0; i < other._size; i++)
        {
            Add(other.Interval(i));
        }
    }

    /// <summary>Removes what is in the range; returns how many positions that was.</summary>
    public long Remove(PositionRange range) => Remove(range, removed: null);

    /// <summary>Removes what is in the range and adds it to <paramref name="removed"/>; returns how many positions that was.</summary>
    public long Remove(PositionRange range, PositionSet? removed)
    {
        if (range.Count <= 0 || _size == 0)
        {
            return 0;
        }

        var before = Count;
        var index = IndexOfEndAbove(range.First);
        if (index < _size && _firsts[_head + index] < range.First)
        {
            index = SplitAt(index, range, removed);
        }

        var to = index;
        while (to < _size && _ends[_head + to] <= range.End)
        {
            removed?.Add(Interval(to));
            Count -= _ends[_head + to] - _firsts[_head + to];
            to++;
        }

        RemoveIntervals(index, to);
        if (index < _size && _firsts[_head + index] < range.End)
        {
            removed?.Add(new PositionRange(_firsts[_head + index], range.End - _firsts[_head + index]));
            Count -= range.End - _firsts[_head + index];
            _firsts[_head + index] = range.End;
        }

        return before - Count;
    }

    /// <summary>Removes and returns the lowest positions, at most <paramref name="countMax"/> and all of one interval.</summary>
    /// <exception cref="InvalidOperationException">The set is empty.</exception>
    public PositionRange TakeFirst(long countMax)
    {
        var first = First;
        var count = Math.Min(first.Count, countMax);
        Count -= count;
        if (count == first.Count)
        {
            RemoveIntervals(0, 1);
        }
        else
        {
            _firsts[_head] += count;
        }

        return new PositionRange(first.First, count);
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        _head = 0;
        _size = 0;
        Count = 0;
    }

    /// <summary>The intervals, ascending.</summary>
    public PositionRange[] ToArray()
    {
        var ranges = new PositionRange[_size];
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = Interval(i);
        }

        return ranges;
    }

    // The range starts inside the interval: keep what is below it, and go on behind it.
    private int SplitAt(int index, PositionRange range, PositionSet? removed)
    {
        var end = _ends[_head + index];
        _ends[_head + index] = range.First;
        if (end <= range.End)
        {
            removed?.Add(new PositionRange(range.First, end - range.First));
            Count -= end - range.First;
            return index + 1;
        }

        removed?.Add(range);
        Count -= range.Count;
        InsertAt(index + 1);
        _firsts[_head + index + 1] = range.End;
        _ends[_head + index + 1] = end;
        return index + 1;
    }

    private void Append(long first, long end)
    {
        Count += end - first;
        var last = _head + _size - 1;
        if (_ends[last] == first)
        {
            _ends[last] = end;
            return;
        }

        InsertAt(_size);
        _firsts[_head + _size - 1] = first;
        _ends[_head + _size - 1] = end;
    }
}
