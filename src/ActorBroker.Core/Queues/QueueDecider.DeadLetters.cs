using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Log;

namespace ActorBroker.Core.Queues;

/// <content>
/// Messages that the queue gives up. Without a dead letter exchange they are gone at once. At most once: they leave the
/// queue as they are handed over. At least once: the journal knows of the death before they are handed over, and they
/// leave when they have arrived; after a restart the rest is handed over again, as may be repeated.
/// </content>
public sealed partial class QueueDecider
{
    // Records handed over and not arrived.
    private const long DeadLetterWindowBytes = 1 << 20;

    private readonly DyingMessages _dying = new();
    private readonly List<DeadLetterSegment> _handOver = [];
    private PositionRun[] _deathsUnderWay = [];

    /// <summary>Messages on the way to the dead letter exchange, and still the queue's.</summary>
    public long DyingCount => _dying.Count;

    private bool DiesAtLeastOnce => Settings.DeadLetterStrategy == DeadLetterStrategy.AtLeastOnce;

    // As those are told who watch: with nowhere to go, there is none.
    private DeadLetterStrategy? EffectiveStrategy => Settings.DeadLetterExchange is null ? null : Settings.DeadLetterStrategy;

    /// <summary>Messages have arrived where <see cref="IQueueEffects.DeadLetter"/> gave them to.</summary>
    public void DeadLettersDone(PositionRange positions)
    {
        _done.Clear();
        _dying.Done(positions, _done);
        if (DiesAtLeastOnce)
        {
            _counters?.CountArrived(_done.Count);
        }

        LeaveDone();
        AfterDrain();
    }

    /// <summary>Whoever <see cref="IQueueEffects.DeadLetter"/> gave messages to is gone: what is not done is given again.</summary>
    public void DeadLettersInterrupted()
    {
        _dying.Interrupted();
        AfterDrain();
    }

    // They are not ready any more, and nobody holds them.
    private void Die(PositionRange range, DeathReason reason)
    {
        _counters?.CountDead(EffectiveStrategy, reason, range.Count);
        if (Settings.DeadLetterExchange is null)
        {
            Leave(range, _writes.Settled);
            return;
        }

        var awaitWrite = IsDurable && DiesAtLeastOnce;
        _isMarked = true;
        _dying.Add(range, reason, awaitWrite);
        if (awaitWrite)
        {
            _writes.Notes.Die(range, reason);
        }
    }

    private void LeaveDone()
    {
        for (var i = 0; i < _done.IntervalCount; i++)
        {
            Leave(_done.Interval(i), _writes.Settled);
        }
    }

    private void HandOverDeadLetters()
    {
        if (Settings.DeadLetterExchange is null)
        {
            _done.Clear();
            _dying.Abandon(_done);
            LeaveDone();
            return;
        }

        while ((_dying.IsIdle || _dying.BytesHandedOver < DeadLetterWindowBytes) && _dying.TryPeek(out var range, out var reason, out var repeated))
        {
            if (!_log.TryFind(range.First, out var segment, out var batch))
            {
                Load(segment);
                break;
            }

            if (batch is null)
            {
                TakeOutDying(segment, range);
                continue;
            }

            var start = (int)(range.First - batch.First);
            var count = CountWithin(batch.Batch!, start, Math.Min(range.End, batch.End) - range.First, out var bytes);
            var messages = new DeliverySegment(batch.Batch!, start, count, range.First, Redelivered: false);
            _handOver.Add(new DeadLetterSegment(messages, reason) { IsRepeated = repeated });
            var run = new PositionRange(range.First, count);
            _dying.HandOver(run, bytes, settle: !DiesAtLeastOnce);
            if (!DiesAtLeastOnce)
            {
                Leave(run, _writes.Settled);
            }
        }

        if (_handOver.Count > 0)
        {
            var segments = _handOver.ToArray();
            _handOver.Clear();
            _effects.DeadLetter(segments);
        }
    }

    private int CountWithin(MessageBatch batch, int start, long countMax, out long bytes)
    {
        bytes = batch[start].RecordLength;
        var count = 1;
        while (count < countMax && _dying.BytesHandedOver + bytes < DeadLetterWindowBytes)
        {
            bytes += batch[start + count].RecordLength;
            count++;
        }

        return count;
    }

    private void Load(LogSegment segment)
    {
        if (segment.Residency == SegmentResidency.Evicted)
        {
            segment.Residency = SegmentResidency.Loading;
            _effects.Load(segment.Address);
        }
    }
}
