using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <content>
/// How long the queue may be. What is too much leaves from the head, which is what would be delivered next: with
/// priorities that is the oldest of the highest, as with a classic queue of RabbitMQ (whose rabbit_priority_queue runs
/// drop/2, as fetch/2, through the queues of its priorities from the highest down).
/// </content>
public sealed partial class QueueDecider
{
    // Sizes of bodies, while there is a limit of bytes.
    private PositionMap? _bodySizes;
    private long _readyBytes;

    private bool IsLimited => Settings.MaxLength is not null || Settings.MaxLengthBytes is not null;

    /// <summary>Bytes of ready messages' bodies, where there is a limit of them; else 0.</summary>
    public long ReadyBytes => _readyBytes;

    // True when anything left.
    private bool DropHead()
    {
        if (!IsLimited || Settings.Overflow != QueueOverflow.DropHead)
        {
            return false;
        }

        var before = _ready.Count;
        while (!_ready.IsEmpty && TooMany() is > 0 and var count)
        {
            var run = _ready.Take(count);
            LeaveReady(run);
            Die(run, DeathReason.MaxLength);
        }

        return _ready.Count < before;
    }

    // Of the first run.
    private long TooMany()
    {
        var first = _ready.First;
        var count = Math.Max(0, _ready.Count - (Settings.MaxLength ?? long.MaxValue));
        if (_bodySizes is not null)
        {
            var bytes = _readyBytes - Settings.MaxLengthBytes!.Value;
            for (var i = 0L; i < first.Count && bytes > 0;)
            {
                var size = _bodySizes.ValueAt(first.First + i, first.Count - i, out var alike) ?? 0;
                var needed = size == 0 ? alike : Math.Min(alike, ((bytes - 1) / size) + 1);
                bytes -= needed * size;
                i += needed;
                count = Math.Max(count, i);
            }
        }

        return Math.Min(count, first.Count);
    }

    private void MeasureBodies(long first, MessageBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            _bodySizes!.Set(new PositionRange(first + i, 1), batch[i].BodyLength);
        }
    }

    // A limit of bytes comes or goes. What came before and is not in memory is estimated by its segment's records.
    private void MeasureAll()
    {
        _bodySizes = Settings.MaxLengthBytes is null ? null : _bodySizes ?? MeasureSegments();
        CountReadyBytes();
    }

    private PositionMap MeasureSegments()
    {
        _bodySizes = new PositionMap();
        _isMarked = true;
        foreach (var segment in _log.Segments)
        {
            if (segment.Live > 0)
            {
                _bodySizes.Set(new PositionRange(segment.First, segment.End - segment.First), segment.LiveBytes / segment.Live);
            }

            foreach (var batch in segment.Batches)
            {
                if (batch.Batch is not null)
                {
                    MeasureBodies(batch.First, batch.Batch);
                }
            }
        }

        return _bodySizes;
    }

    private void RecoverBodySizes(PositionRun[] sizes)
    {
        if (_bodySizes is not null)
        {
            MeasureSegments();
            foreach (var (positions, size) in sizes)
            {
                _bodySizes.Set(positions, size);
            }
        }
    }

    private void CountReadyBytes()
    {
        _readyBytes = 0;
        if (_bodySizes is not null)
        {
            var ready = new PositionSet();
            _ready.AddTo(ready);
            for (var i = 0; i < ready.IntervalCount; i++)
            {
                _readyBytes += _bodySizes.Sum(ready.Interval(i));
            }
        }
    }

    // Ready messages go away, of which the set of ready messages knows already.
    private void LeaveReady(PositionRange range)
    {
        if (_bodySizes is not null)
        {
            _readyBytes -= _bodySizes.Sum(range);
        }
    }

    // Ready messages go away wherever they are in line.
    private long RemoveReady(PositionRange range, PositionSet removed)
    {
        _removed.Clear();
        var count = _ready.Remove(range, _removed);
        for (var i = 0; i < _removed.IntervalCount; i++)
        {
            LeaveReady(_removed.Interval(i));
        }

        removed.AddAll(_removed);
        return count;
    }

    private void BecomeReady(PositionRange range)
    {
        _ready.Return(range);
        if (_bodySizes is not null)
        {
            _readyBytes += _bodySizes.Sum(range);
        }
    }
}
