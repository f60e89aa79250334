using System.Diagnostics;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Collections;

/// <summary>A run of positions that have the same value.</summary>
public readonly record struct PositionRun(PositionRange Positions, long Value);

/// <summary>
/// Values of some queue positions, kept as sorted, disjoint runs of one value: what is alike and side by side costs one
/// entry. Setting at the end and removing from the front cost O(1); elsewhere O(log n) to find and O(n) to shift, n
/// being the number of runs. Not thread-safe.
/// </summary>
public sealed class PositionMap
{
    private const int CapacityMin = 4;

    private PositionRun[] _runs = [];
    private int _head;
    private int _size;

    /// <summary>True when no position has a value.</summary>
    public bool IsEmpty => _size == 0;

    /// <summary>Number of runs.</summary>
    public int RunCount => _size;

    /// <summary>The run at an index from 0 to <see cref="RunCount"/> - 1.</summary>
    public PositionRun Run(int index)
    {
        Debug.Assert((uint)index < (uint)_size);
        return _runs[_head + index];
    }

    /// <summary>Gives all positions of the range that value, whatever they had before.</summary>
    public void Set(PositionRange range, long value)
    {
        if (range.Count <= 0)
        {
            return;
        }

        var at = _size;
        if (_size > 0 && range.First < _runs[_head + _size - 1].Positions.End)
        {
            Remove(range);
            at = IndexOfEndAbove(range.First);
        }

        var first = range.First;
        var end = range.End;
        if (at > 0 && Run(at - 1) is var before && before.Positions.End == first && before.Value == value)
        {
            first = before.Positions.First;
            RemoveRuns(--at, at + 1);
        }

        if (at < _size && Run(at) is var after && after.Positions.First == end && after.Value == value)
        {
            end = after.Positions.End;
            RemoveRuns(at, at + 1);
        }

        InsertAt(at, new PositionRun(new PositionRange(first, end - first), value));
    }

    /// <summary>Takes the values of all positions of the range away; returns how many had one.</summary>
    public long Remove(PositionRange range)
    {
        if (range.Count <= 0 || _size == 0)
        {
            return 0;
        }

        var from = IndexOfEndAbove(range.First);
        var to = from;
        var removed = 0L;
        PositionRun? left = null, right = null;
        for (; to < _size && Run(to) is var run && run.Positions.First < range.End; to++)
        {
            var first = Math.Max(run.Positions.First, range.First);
            var end = Math.Min(run.Positions.End, range.End);
            removed += end - first;
            left = run.Positions.First < first ? Part(run, run.Positions.First, first) : left;
            right = end < run.Positions.End ? Part(run, end, run.Positions.End) : right;
        }

        if (left is { } kept && right is { } rest && to == from + 1)
        {
            _runs[_head + from] = kept;
            InsertAt(from + 1, rest);
            return removed;
        }

        RemoveRuns(from, to);
        if (right is { } behind)
        {
            InsertAt(from, behind);
        }

        if (left is { } ahead)
        {
            InsertAt(from, ahead);
        }

        return removed;
    }

    /// <summary>
    /// The value of a position, null for none, and how many positions from there on have the same: at most
    /// <paramref name="countMax"/>.
    /// </summary>
    public long? ValueAt(long position, long countMax, out long count)
    {
        var index = IndexOfEndAbove(position);
        if (index == _size)
        {
            count = countMax;
            return null;
        }

        var run = Run(index);
        if (run.Positions.First > position)
        {
            count = Math.Min(countMax, run.Positions.First - position);
            return null;
        }

        count = Math.Min(countMax, run.Positions.End - position);
        return run.Value;
    }

    /// <summary>Sum of the values of all positions of the range; those without count as 0.</summary>
    public long Sum(PositionRange range)
    {
        var sum = 0L;
        for (var i = IndexOfEndAbove(range.First); i < _size && Run(i) is var run && run.Positions.First < range.End; i++)
        {
            sum += run.Value * (Math.Min(run.Positions.End, range.End) - Math.Max(run.Positions.First, range.First));
        }

        return sum;
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        _head = 0;
        _size = 0;
    }

    /// <summary>The runs, ascending.</summary>
    public PositionRun[] ToArray() => _runs.AsSpan(_head, _size).ToArray();

    private static PositionRun Part(PositionRun run, long first, long end) => run with { Positions = new PositionRange(first, end - first) };

    private int IndexOfEndAbove(long position)
    {
        if (_size > 0 && _runs[_head].Positions.End > position)
        {
            return 0;
        }

        int low = 0, high = _size;
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (_runs[_head + middle].Positions.End > position)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private void InsertAt(int index, PositionRun run)
    {
        if (index == 0 && _head > 0)
        {
            _head--;
        }
        else
        {
            if (_head + _size == _runs.Length)
            {
                MakeRoom();
            }

            Array.Copy(_runs, _head + index, _runs, _head + index + 1, _size - index);
        }

        _size++;
        _runs[_head + index] = run;
    }

    private void MakeRoom()
    {
        // Sliding down is enough while half of the array is free at the front, so that it is paid for by the removals.
        var runs = _head > 0 && _head >= _runs.Length / 2 ? _runs : new PositionRun[Math.Max(CapacityMin, _runs.Length * 2)];
        Array.Copy(_runs, _head, runs, 0, _size);
        _runs = runs;
        _head = 0;
    }

    private void RemoveRuns(int from, int to)
    {
        if (from == 0)
        {
            _head += to;
        }
        else
        {
            Array.Copy(_runs, _head + to, _runs, _head + from, _size - to);
        }

        _size -= to - from;
        if (_size == 0)
        {
            _head = 0;
            _runs = _runs.Length > 1024 ? [] : _runs;
        }
    }
}
