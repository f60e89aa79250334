using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lifetime;

/// <summary>
/// Messages that a queue has given up and that are on the way to its dead letter exchange: those whose death the
/// journal must know first, those that wait to be handed over, and those handed over of which nobody has said yet that
/// they have arrived.
/// </summary>
internal sealed class DyingMessages
{
    private const long RepeatedFlag = 0x100;

    private readonly PositionMap _deaths = new();
    private readonly List<PositionRange> _unwritten = [];
    private readonly List<HandedOver> _handedOver = [];
    private readonly List<PositionRange> _next = [];
    private Queue<PositionRange> _waiting = new();
    private PositionRange _first;
    private long _count;

    private readonly record struct HandedOver(PositionRange Positions, long Bytes, bool IsSettled);

    /// <summary>Messages that are here and still the queue's.</summary>
    public long Count => _count;

    /// <summary>Size of the records that are handed over and have not arrived.</summary>
    public long BytesHandedOver { get; private set; }

    /// <summary>Nothing is handed over and has not arrived.</summary>
    public bool IsIdle => _handedOver.Count == 0;

    /// <summary>Positions and reasons, for a snapshot; the reason's number is the value.</summary>
    public IEnumerable<PositionRun> Deaths
    {
        get
        {
            for (var i = 0; i < _deaths.RunCount; i++)
            {
                var run = _deaths.Run(i);
                yield return run with { Value = (long)ReasonOf(run.Value) };
            }
        }
    }

    /// <summary>Messages die.</summary>
    /// <param name="positions">Which.</param>
    /// <param name="reason">Why.</param>
    /// <param name="awaitWrite">They are not handed over before <see cref="Written"/>.</param>
    public void Add(PositionRange positions, DeathReason reason, bool awaitWrite)
    {
        _count += positions.Count - _deaths.Remove(positions);
        _deaths.Set(positions, (long)reason);
        if (awaitWrite)
        {
            _unwritten.Add(positions);
        }
        else
        {
            _next.Add(positions);
        }
    }

    /// <summary>Messages that died before a restart: they may have been handed over then.</summary>
    public void Recover(PositionRange positions, DeathReason reason)
    {
        _count += positions.Count - _deaths.Remove(positions);
        _deaths.Set(positions, (long)reason | RepeatedFlag);
        _next.Add(positions);
    }

    /// <summary>Forgets messages of a range, and adds them to <paramref name="removed"/>.</summary>
    public void Remove(PositionRange range, PositionSet removed)
    {
        AddTo(removed, range);
        Forget(range);
    }

    /// <summary>The journal knows of these deaths.</summary>
    public void Written(PositionRun[] deaths)
    {
        if (deaths.Length == 0)
        {
            return;
        }

        var written = new PositionSet();
        foreach (var run in deaths)
        {
            written.Add(run.Positions);
        }

        var unwritten = _unwritten.ToArray();
        _unwritten.Clear();
        foreach (var range in unwritten)
        {
            var next = range.First;
            foreach (var part in written.Within(range))
            {
                AddUnwritten(next, part.First);
                _next.Add(part);
                next = part.End;
            }

            AddUnwritten(next, range.End);
        }
    }

    /// <summary>The next messages to be handed over, all for one reason; false when none wait.</summary>
    public bool TryPeek(out PositionRange positions, out DeathReason reason, out bool mayBeRepeated)
    {
        while (_first.Count > 0 || _waiting.TryDequeue(out _first) || TryBeginNext())
        {
            var value = _deaths.ValueAt(_first.First, _first.Count, out var count);
            if (value is { } found)
            {
                (positions, reason, mayBeRepeated) = (_first with { Count = count }, ReasonOf(found), (found & RepeatedFlag) != 0);
                return true;
            }

            DropFirst(count);
        }

        (positions, reason, mayBeRepeated) = (default, default, false);
        return false;
    }

    /// <summary>The first of what <see cref="TryPeek"/> gave are handed over.</summary>
    /// <param name="positions">Which.</param>
    /// <param name="bytes">Size of their records.</param>
    /// <param name="settle">They are not the queue's any more.</param>
    public void HandOver(PositionRange positions, long bytes, bool settle)
    {
        BytesHandedOver += bytes;
        _handedOver.Add(new HandedOver(positions, bytes, settle));
        DropFirst(positions.Count);
        if (settle)
        {
            _count -= _deaths.Remove(positions);
        }
    }

    /// <summary>The first of what <see cref="TryPeek"/> gave can't be handed over: they are not here any more.</summary>
    public void Forget(PositionRange positions) => _count -= _deaths.Remove(positions);

    /// <summary>Messages have arrived; adds those to <paramref name="settled"/> that were still the queue's.</summary>
    public void Done(PositionRange positions, PositionSet settled)
    {
        for (var i = _handedOver.Count - 1; i >= 0; i--)
        {
            var (range, bytes, isSettled) = _handedOver[i];
            var first = Math.Max(range.First, positions.First);
            var end = Math.Min(range.End, positions.End);
            if (first >= end)
            {
                continue;
            }

            var done = end - first == range.Count ? bytes : bytes * (end - first) / range.Count;
            BytesHandedOver -= done;
            _handedOver.RemoveAt(i);
            var left = new HandedOver(new PositionRange(range.First, first - range.First), (bytes - done) * (first - range.First) / Math.Max(1, range.Count - (end - first)), isSettled);
            var right = new HandedOver(new PositionRange(end, range.End - end), bytes - done - left.Bytes, isSettled);
            _handedOver.InsertRange(i, new[] { left, right }.Where(static rest => rest.Positions.Count > 0));
            if (!isSettled)
            {
                settled.Add(new PositionRange(first, end - first));
                _count -= _deaths.Remove(new PositionRange(first, end - first));
            }
        }
    }

    /// <summary>Whoever had been handed messages is gone: what has not arrived is handed over again, as may be repeated.</summary>
    public void Interrupted()
    {
        var again = _handedOver.Where(static handed => !handed.IsSettled).Select(static handed => handed.Positions).ToArray();
        foreach (var range in again)
        {
            MarkRepeated(range);
        }

        _next.AddRange(again);
        _handedOver.Clear();
        BytesHandedOver = 0;
    }

    /// <summary>There is no dead letter exchange any more: adds all that is not handed over to <paramref name="settled"/>.</summary>
    public void Abandon(PositionSet settled)
    {
        foreach (var range in _waiting.Concat(_next).Concat(_unwritten).Append(_first))
        {
            Remove(range, settled);
        }

        _first = default;
        _waiting.Clear();
        _next.Clear();
        _unwritten.Clear();
    }

    private static DeathReason ReasonOf(long value) => (DeathReason)(value & ~RepeatedFlag);

    private void AddTo(PositionSet positions, PositionRange range)
    {
        for (var position = range.First; !_deaths.IsEmpty && position < range.End;)
        {
            if (_deaths.ValueAt(position, range.End - position, out var count) is not null)
            {
                positions.Add(new PositionRange(position, count));
            }

            position += count;
        }
    }

    private void MarkRepeated(PositionRange range)
    {
        for (var position = range.First; position < range.End;)
        {
            if (_deaths.ValueAt(position, range.End - position, out var count) is { } value)
            {
                _deaths.Set(new PositionRange(position, count), value | RepeatedFlag);
            }

            position += count;
        }
    }

    // What has died while others were handed over goes by position: a segment that has to be read back for one message is
    // read once for all of them.
    private bool TryBeginNext()
    {
        if (_next.Count == 0)
        {
            return false;
        }

        _next.Sort(static (left, right) => left.First.CompareTo(right.First));
        _waiting = new Queue<PositionRange>(_next);
        _next.Clear();
        return _waiting.TryDequeue(out _first);
    }

    private void DropFirst(long count) => _first = new PositionRange(_first.First + count, _first.Count - count);

    private void AddUnwritten(long first, long end)
    {
        if (end > first)
        {
            _unwritten.Add(new PositionRange(first, end - first));
        }
    }
}
