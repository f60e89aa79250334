using System.Diagnostics;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Queues;

/// <content>Consumers, and who gets which message when.</content>
public sealed partial class QueueDecider
{
    // Many ready messages are shared out in chunks, few one by one, so that shares stay equal either way.
    private const int ChunkMax = 64;
    private const int ChunksPerConsumer = 4;

    private readonly record struct WaitingGet(ConsumerKey Getter, bool NoAck, long RequestId);

    /// <summary>Adds a consumer. Refused when the key is taken, or when exclusive use can't be had or is another's.</summary>
    public Refusal? StartConsumer(ConsumerKey key, ConsumerSettings settings, string queueText)
    {
        if (_roster.HasExclusive || (settings.Exclusive && _roster.ConsumerCount > 0))
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
        ServeAll();
        AfterDrain();
    }

    private void ServeAll()
    {
        while (!_ready.IsEmpty && _roster.Next() is { } consumer && Locate() is { } batch)
        {
            ServeTurn(consumer, batch);
            _roster.EndTurn();
        }

        FlushServed();
    }

    /// <summary>Delivers no more to the consumer; it may still settle what it has.</summary>
    public void StopConsumer(ConsumerKey key)
    {
        if (_roster.Find(key) is { } consumer)
        {
            _roster.Stop(consumer);
            if (consumer.Unsettled.IsEmpty)
            {
                _roster.Remove(consumer);
            }
        }
    }

    /// <summary>Forgets a consumer or getter; what it holds is ready again.</summary>
    public void CloseConsumer(ConsumerKey key)
    {
        ForgetGets(getter => getter == key);
        if (_roster.Find(key) is { } consumer)
        {
            Close(consumer, failed: true);
            AfterSettling();
        }
    }

    /// <summary>Holds a consumer back or lets it go on.</summary>
    public void SetConsumerActive(ConsumerKey key, bool active)
    {
        if (_roster.Find(key) is { } consumer)
        {
            consumer.IsActive = active;
            Resume(consumer);
        }
    }

    /// <summary>Bytes of deliveries have left for the client.</summary>
    public void GrantCredit(ConsumerKey key, int bytes)
    {
        if (_roster.Find(key) is { } consumer)
        {
            consumer.WindowBytes += bytes;
            Resume(consumer);
        }
    }

    /// <summary>Takes one message for a getter; answered by <see cref="IQueueEffects.GetAnswered"/>, at once or when it is read back.</summary>
    public void Take(ConsumerKey key, long requestId, bool noAck)
    {
        _waitingGets.Enqueue(new WaitingGet(key, noAck, requestId));
        AnswerGets();
        AfterDrain();
    }

    private void Resume(QueueConsumer consumer)
    {
        _roster.Enqueue(consumer);
        Dispatch();
    }

    private void AnswerGets()
    {
        while (_waitingGets.TryPeek(out var get))
        {
            if (_ready.IsEmpty)
            {
                _waitingGets.Dequeue();
                _effects.GetAnswered(get.Getter, get.RequestId, segment: null, 0);
                continue;
            }

            if (Locate() is not { } batch)
            {
                if (_ready.IsEmpty)
                {
                    continue;
                }

                break;
            }

            _waitingGets.Dequeue();
            var segment = TakeRun(batch, RunLength(batch, 1, out var redelivered), redelivered);
            HandOver(get.NoAck ? null : GetterOf(get.Getter), segment);
            _effects.GetAnswered(get.Getter, get.RequestId, segment, _ready.Count);
        }
    }

    private QueueConsumer GetterOf(ConsumerKey key)
    {
        if (_roster.Find(key) is not { } getter)
        {
            getter = new QueueConsumer(key, settings: null);
            _roster.Add(getter);
        }

        return getter;
    }

    private void ForgetGets(Predicate<ConsumerKey> isGone)
    {
        for (var i = _waitingGets.Count; i > 0; i--)
        {
            var get = _waitingGets.Dequeue();
            if (!isGone(get.Getter))
            {
                _waitingGets.Enqueue(get);
            }
        }
    }

    // A turn is a number of messages, whatever batches they are in: else shares would depend on how they were published.
    private void ServeTurn(QueueConsumer consumer, LogBatch batch)
    {
        var inLine = _roster.InLine;
        var left = inLine == 1 ? long.MaxValue : Math.Clamp(_ready.Count / (inLine * ChunksPerConsumer), 1, ChunkMax);
        for (var next = batch; next is not null; next = left > 0 && consumer.CanTake && !_ready.IsEmpty ? Locate() : null)
        {
            left -= Serve(consumer, next, left);
        }
    }

    private int Serve(QueueConsumer consumer, LogBatch batch, long countMax)
    {
        var count = RunLength(batch, Math.Min(countMax, consumer.Room), out var redelivered);
        count = LimitByWindow(batch, count, consumer.WindowBytes, out var bytes);
        consumer.WindowBytes -= bytes;
        var segment = TakeRun(batch, count, redelivered);
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
                count = 1;
                redelivered = !_undelivered.Contains(run.First);
            }
        }

        if (!_returns.IsEmpty)
        {
            _returns.ValueAt(run.First, count, out count);
        }

        return (int)count;
    }

    private DeliverySegment TakeRun(LogBatch batch, int count, bool redelivered)
    {
        var run = _ready.Take(count);
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
            _effects.Deliver(consumer.Key, consumer.TakeOutgoing());
        }

        _served.Clear();
    }
}
