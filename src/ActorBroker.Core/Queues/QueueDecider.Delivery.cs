using System.Diagnostics;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Queues;

/// <content>Consumers, and who gets which message when.</content>
public sealed partial class QueueDecider
{
    // Many ready messages are shared out in chunks, few one by one, so that shares stay equal either way.
    private const int ChunkMax = 64;
    private const int ChunksPerConsumer = 4;

    /// <summary>
    /// Adds a consumer. Refused when the key is taken, or when exclusive use can't be had, which with a single active
    /// consumer it never can, or is another's.
    /// </summary>
    public Refusal? StartConsumer(ConsumerKey key, ConsumerSettings settings, string queueText)
    {
        if (_history is { } history && settings.Arguments.ContainsKey(ConsumerArguments.OffsetName))
        {
            return StartReader(history, key, settings, queueText);
        }

        if (_roster.HasExclusive || (settings.Exclusive && (_roster.ConsumerCount > 0 || Settings.SingleActiveConsumer)))
        {
            return new Refusal(RefusalReason.AccessRefused, $"{queueText} in exclusive use");
        }

        if (_roster.Find(key) is not null)
        {
            return new Refusal(RefusalReason.NotAllowed, $"consumer {key.ConsumerId} exists already on {queueText}");
        }

        HadConsumer = true;
        _roster.Add(new QueueConsumer(key, settings));
        return null;
    }

    /// <summary>Hands out what can be handed out. To be called after a consumer has been told that it started.</summary>
    public void Dispatch()
    {
        _history?.Dispatch();
        ServeAll();
        AfterDrain();
    }

    private void ServeAll()
    {
        var isLoading = false;
        while (!_ready.IsEmpty && _roster.Next() is { } consumer)
        {
            if (Locate(consumer.Key) is { } batch)
            {
                ServeTurn(consumer, batch);
                _roster.EndTurn();
            }
            else if (_ready.IsForAll)
            {
                isLoading = true;
                break;
            }
            else
            {
                _roster.PassOver();
            }
        }

        _roster.EndRound();
        FlushServed();
        _counters?.CountShortage(!isLoading && !_ready.IsEmpty, Now);
    }

    /// <summary>Delivers no more to the consumer, and to the next one if it was the only active one; it may still settle what it has.</summary>
    public void StopConsumer(ConsumerKey key)
    {
        _history?.Stop(key);
        if (_roster.Find(key) is { } consumer)
        {
            _roster.Stop(consumer);
            if (consumer.Unsettled.IsEmpty)
            {
                Leave(consumer);
            }

            Dispatch();
        }
    }

    /// <summary>Forgets a consumer or getter; what it holds is ready again.</summary>
    public void CloseConsumer(ConsumerKey key)
    {
        ForgetGets(getter => getter == key);
        _history?.Close(key);
        if (_roster.Find(key) is { } consumer)
        {
            Close(consumer, failed: true);
            AfterSettling();
        }
    }

    /// <summary>Holds a consumer back or lets it go on.</summary>
    public void SetConsumerActive(ConsumerKey key, bool active)
    {
        _history?.SetActive(key, active);
        if (_roster.Find(key) is { } consumer)
        {
            consumer.IsActive = active;
            Resume(consumer);
        }
    }

    /// <summary>Bytes of deliveries have left for the client.</summary>
    public void GrantCredit(ConsumerKey key, int bytes)
    {
        _history?.GrantCredit(key, bytes);
        if (_roster.Find(key) is { } consumer)
        {
            consumer.WindowBytes += bytes;
            Resume(consumer);
        }
    }

    private void Resume(QueueConsumer consumer)
    {
        _roster.Enqueue(consumer);
        Dispatch();
    }

    // A turn is a number of messages, whatever batches they are in: else shares would depend on how they were published.
    private void ServeTurn(QueueConsumer consumer, LogBatch batch)
    {
        var inLine = _roster.InLine;
        var left = inLine == 1 ? long.MaxValue : Math.Clamp(_ready.Count / (inLine * ChunksPerConsumer), 1, ChunkMax);
        for (var next = batch; next is not null; next = left > 0 && consumer.CanTake && !_ready.IsEmpty ? Locate(consumer.Key) : null)
        {
            left -= Serve(consumer, next, left);
        }
    }

    private int Serve(QueueConsumer consumer, LogBatch batch, long countMax)
    {
        var count = RunLength(batch, Math.Min(countMax, consumer.Room), out var redelivered);
        count = LimitByWindow(batch, count, Math.Min(consumer.WindowBytes, _ready.TurnBytes), out var bytes);
        consumer.WindowBytes -= bytes;
        var segment = TakeRun(batch, count, bytes, redelivered, consumer.Key);
        HandOver(consumer.NoAck ? null : consumer, segment);
        if (consumer.AddOutgoing(segment))
        {
            _served.Add(consumer);
        }

        return count;
    }

    private int LimitByWindow(LogBatch batch, int count, long windowBytes, out int bytes)
    {
        var start = (int)(_ready.First.First - batch.First);
        if (start == 0 && count == batch.Batch!.Count && batch.SizeBytes <= windowBytes)
        {
            bytes = batch.SizeBytes;
            return count;
        }

        bytes = 0;
        for (var i = 0; i < count; i++)
        {
            bytes += batch.Batch![start + i].RecordLength;
            if (bytes >= windowBytes)
            {
                return i + 1;
            }
        }

        return count;
    }

    // How many ready messages of one batch can be handed over together: at most countMax, all with the same mark.
    private int RunLength(LogBatch batch, long countMax, out bool redelivered)
    {
        var run = _ready.First;
        var count = Math.Min(Math.Min(run.Count, countMax), batch.End - run.First);
        redelivered = run.First < _deliveredBefore;
        if (redelivered)
        {
            count = Math.Min(count, _deliveredBefore - run.First);
            if (!_undelivered.IsEmpty)
            {
                redelivered = !_undelivered.Contains(run.First, out var alikeUntil);
                count = Math.Min(count, alikeUntil - run.First);
            }
        }

        if (!_returns.IsEmpty)
        {
            _returns.ValueAt(run.First, count, out count);
        }

        return (int)count;
    }

    private DeliverySegment TakeRun(LogBatch batch, int count, int bytes, bool redelivered, ConsumerKey? holder)
    {
        if (!_ready.IsPlain)
        {
            MarkOvertaken(_ready.First.First);
        }

        var run = _ready.Take(count, bytes, holder);
        _undelivered.Remove(run);
        _deliveredBefore = Math.Max(_deliveredBefore, run.End);
        LeaveReady(run);
        var returned = ReturnCounts.Unpack(_returns.IsEmpty ? 0 : _returns.ValueAt(run.First, 1, out _) ?? 0);
        return new DeliverySegment(batch.Batch!, (int)(run.First - batch.First), (int)run.Count, run.First, redelivered)
        {
            DeliveryCount = returned.Failed,
            AcquiredCount = returned.Acquired,
        };
    }

    // What comes before the position is still to be delivered for the first time.
    private void MarkOvertaken(long position)
    {
        if (position > _deliveredBefore)
        {
            _undelivered.Remove(new PositionRange(0, _log.Segments[0].First));
            _undelivered.Add(new PositionRange(_deliveredBefore, position - _deliveredBefore));
        }
    }

    // To a holder who will settle it, or, with none, for good.
    private void HandOver(QueueConsumer? holder, in DeliverySegment segment)
    {
        var run = new PositionRange(segment.FirstPosition, segment.Count);
        if (holder is null)
        {
            Leave(run, _writes.Settled);
            return;
        }

        Debug.Assert(!holder.Unsettled.Contains(run.First));
        holder.Unsettled.Add(run);
        if (segment.Redelivered)
        {
            _heldAgain.Add(run);
        }

        UnsettledCount += run.Count;
    }

    private void FlushServed()
    {
        foreach (var consumer in _served)
        {
            var segments = consumer.TakeOutgoing();
            CountDelivered(consumer, segments);
            _effects.Deliver(consumer.Key, segments);
        }

        _served.Clear();
    }
}
