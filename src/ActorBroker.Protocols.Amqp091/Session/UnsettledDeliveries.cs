using System.Numerics;
using ActorBroker.Core.Messages;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>What is settled, as ranges of a consumer's queue positions with consecutive delivery tags.</summary>
internal interface ISettledRanges
{
    void OnSettled(int consumerId, PositionRange positions, ulong firstTag);
}

/// <summary>Deliveries with consecutive tags and positions.</summary>
internal readonly record struct UnsettledRange(ulong FirstTag, int ConsumerId, PositionRange Positions);

/// <summary>
/// The deliveries of a channel that the client has not settled, by delivery tag. Kept as runs of up to 64 consecutive tags
/// with consecutive positions of one consumer, each with a bit per tag: adding 64 messages costs as much as adding one,
/// settling one is a binary search, settling many together costs their runs. Runs that are settled out of order are
/// removed once they are half of all, so memory follows the number of unsettled messages.
/// </summary>
internal sealed class UnsettledDeliveries
{
    private const int RunLengthMax = 64;
    private const int CompactionMin = 32;

    private Run[] _runs = [];
    private int _first;
    private int _count;
    private int _empty;

    /// <summary>Number of unsettled deliveries.</summary>
    public long Count { get; private set; }

    /// <summary>Adds deliveries; tags must be above all those added before.</summary>
    public void Add(ulong firstTag, int count, int consumerId, long firstPosition)
    {
        Count += count;
        if (_count > 0)
        {
            ref var last = ref _runs[_first + _count - 1];
            if (last.ConsumerId == consumerId && last.Mask != 0 && last.FirstTag + (ulong)last.Length == firstTag
                && last.FirstPosition + last.Length == firstPosition && last.Length < RunLengthMax)
            {
                var joined = Math.Min(count, RunLengthMax - last.Length);
                last.Mask |= Ones(joined) << last.Length;
                last.Length += joined;
                firstTag += (ulong)joined;
                firstPosition += joined;
                count -= joined;
            }
        }

        while (count > 0)
        {
            var length = Math.Min(count, RunLengthMax);
            Append(new Run { FirstTag = firstTag, FirstPosition = firstPosition, ConsumerId = consumerId, Length = length, Mask = Ones(length) });
            firstTag += (ulong)length;
            firstPosition += length;
            count -= length;
        }
    }

    /// <summary>Settles one delivery, or with <paramref name="multiple"/> it and all before it.</summary>
    /// <returns>False, and nothing is done, when the tag itself is not unsettled: RabbitMQ's rule for both forms.</returns>
    public bool TrySettle(ulong tag, bool multiple, ISettledRanges settled)
    {
        var index = Find(tag);
        if (index < 0)
            return false;
        ref var run = ref _runs[index];
        var bit = (int)(tag - run.FirstTag);
        if ((run.Mask >> bit & 1) == 0)
            return false;
        if (!multiple)
        {
            Settle(ref run, 1UL << bit, settled);
        }
        else
        {
            for (var before = _first; before < index; before++)
                Settle(ref _runs[before], ulong.MaxValue, settled);
            Settle(ref run, Ones(bit + 1), settled);
        }

        Compact();
        return true;
    }

    /// <summary>Takes back what was settled: it is as unsettled as before.</summary>
    public void Restore(IReadOnlyList<UnsettledRange> settled)
    {
        if (settled.Count == 0)
            return;
        var all = new RangeCollector();
        SettleAll(all);
        all.Ranges.AddRange(settled);
        Clear();
        foreach (var (firstTag, consumerId, positions) in all.Ranges.OrderBy(range => range.FirstTag))
            Add(firstTag, (int)positions.Count, consumerId, positions.First);
    }

    /// <summary>Settles all of them.</summary>
    public void SettleAll(ISettledRanges settled)
    {
        for (var index = _first; index < _first + _count; index++)
            Settle(ref _runs[index], ulong.MaxValue, settled);
        Compact();
    }

    public void Clear()
    {
        _runs = [];
        _first = _count = _empty = 0;
        Count = 0;
    }

    private static ulong Ones(int count) => count >= 64 ? ulong.MaxValue : (1UL << count) - 1;

    private int Find(ulong tag)
    {
        int low = _first, high = _first + _count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            ref var run = ref _runs[middle];
            if (tag < run.FirstTag)
                high = middle - 1;
            else if (tag - run.FirstTag >= (ulong)run.Length)
                low = middle + 1;
            else
                return middle;
        }

        return -1;
    }

    private void Settle(ref Run run, ulong mask, ISettledRanges settled)
    {
        var bits = run.Mask & mask;
        if (bits == 0)
            return;
        run.Mask &= ~bits;
        Count -= BitOperations.PopCount(bits);
        if (run.Mask == 0)
            _empty++;
        while (bits != 0)
        {
            var start = BitOperations.TrailingZeroCount(bits);
            var length = BitOperations.TrailingZeroCount(~(bits >> start));
            settled.OnSettled(run.ConsumerId, new PositionRange(run.FirstPosition + start, length), run.FirstTag + (ulong)start);
            bits &= ~(Ones(length) << start);
        }
    }

    private void Append(Run run)
    {
        if (_first + _count == _runs.Length)
        {
            // Runs at the front that are gone make room before the array grows.
            var target = _first >= _count && _runs.Length > 0 ? _runs : new Run[Math.Max(4, _count * 2)];
            Array.Copy(_runs, _first, target, 0, _count);
            _runs = target;
            _first = 0;
        }

        _runs[_first + _count++] = run;
    }

    private void Compact()
    {
        while (_count > 0 && _runs[_first].Mask == 0)
        {
            _first++;
            _count--;
            _empty--;
        }

        if (_count == 0)
        {
            _first = 0;
            if (_runs.Length > CompactionMin * 8)
                _runs = [];
            return;
        }

        if (_empty < CompactionMin || _empty * 2 < _count)
            return;
        var kept = new Run[_count - _empty];
        var next = 0;
        for (var index = _first; index < _first + _count; index++)
        {
            if (_runs[index].Mask != 0)
                kept[next++] = _runs[index];
        }

        _runs = kept;
        _first = 0;
        _count = kept.Length;
        _empty = 0;
    }

    private sealed class RangeCollector : ISettledRanges
    {
        public List<UnsettledRange> Ranges { get; } = [];

        public void OnSettled(int consumerId, PositionRange positions, ulong firstTag) =>
            Ranges.Add(new UnsettledRange(firstTag, consumerId, positions));
    }

    private struct Run
    {
        public ulong FirstTag;
        public long FirstPosition;
        public ulong Mask;
        public int ConsumerId;
        public int Length;
    }
}
