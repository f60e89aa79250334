using System.Diagnostics;
using ActorBroker.Core.Messages;
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
        while (!_ready.IsEmpty && _roster.Next() is { } consumer)
        {
            if (!ServeNext(consumer))
            {
                _roster.Enqueue(consumer);
                break;
            }

            _roster.Enqueue(consumer);
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
            Close(consumer);
            Dispatch();
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
    }

    /// <summary>The events of a segment's range, read back; nothing when it is not needed any more.</summary>
    /// <param name="firstPosition">As asked for.</param>
    /// <param name="batches">All batches of these events, by ascending event.</param>
    public void SegmentLoaded(long firstPosition, IReadOnlyList<PlacedBatch> batches)
    {
        if (_log.SegmentStartingAt(firstPosition) is { Residency: SegmentResidency.Loading } segment)
        {
            _log.Load(segment, batches);
            AnswerGets();
            Dispatch();
            BoundMemory();
        }
    }

    private void Resume(QueueConsumer consumer)
    {
        _roster.Enqueue(consumer);
        Dispatch();
        AfterDrain();
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
                return;
            }

            _waitingGets.Dequeue();
            var segment = TakeRun(batch, 1);
            HandOver(get.NoAck ? null : GetterOf(get.Getter), segment);
            _effects.GetAnswered(get.Getter, get.RequestId, segment, _ready.Count);
        }

        AfterDrain();
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

    // False when the next message is not in memory.
    private bool ServeNext(QueueConsumer consumer)
    {
        if (Locate() is not { } batch)
        {
            return false;
        }

        var others = _roster.InLine;
        var countMax = others == 0
            ? consumer.Room
            : Math.Min(consumer.Room, Math.Clamp(_ready.Count / ((others + 1) * ChunksPerConsumer), 1, ChunkMax));
        var segment = TakeRun(batch, LimitByWindow(batch, countMax, consumer.WindowBytes, out var bytes));
        consumer.WindowBytes -= bytes;
        HandOver(consumer.NoAck ? null : consumer, segment);
        if (consumer.AddOutgoing(segment))
        {
            _served.Add(consumer);
        }

        return true;
    }

    // The batch of the lowest ready message; null when it must be read back, which is then under way.
    private LogBatch? Locate()
    {
        var found = _log.TryFind(_ready.First.First, out var segment, out var batch);
        if (!found || _log.Resident.Count < _log.Segments.Count)
        {
            ReadAhead(segment);
        }

        return batch;
    }

    private void ReadAhead(LogSegment head)
    {
        var index = _log.IndexOfSegment(head.First);
        for (var i = index; i < Math.Min(index + _limits.ReadAheadSegments, _log.Segments.Count); i++)
        {
            var segment = _log.Segments[i];
            if (segment.Residency == SegmentResidency.Evicted)
            {
                segment.Residency = SegmentResidency.Loading;
                _effects.Load(segment.Address);
            }
        }
    }

    private int LimitByWindow(LogBatch batch, long countMax, long windowBytes, out int bytes)
    {
        var run = _ready.First;
        var start = (int)(run.First - batch.First);
        var count = (int)Math.Min(Math.Min(run.Count, countMax), batch.End - run.First);
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

    // Takes ready messages out of one batch: at most countMax, all with the same redelivered mark.
    private DeliverySegment TakeRun(LogBatch batch, long countMax)
    {
        var first = _ready.First.First;
        var mayHaveBeenDelivered = first < _deliveredBefore;
        if (mayHaveBeenDelivered)
        {
            countMax = Math.Min(countMax, _deliveredBefore - first);
        }

        var redelivered = mayHaveBeenDelivered;
        if (mayHaveBeenDelivered && !_undelivered.IsEmpty)
        {
            countMax = 1;
            redelivered = _undelivered.Remove(new PositionRange(first, 1)) == 0;
        }

        var run = _ready.TakeFirst(Math.Min(countMax, batch.End - first));
        _deliveredBefore = Math.Max(_deliveredBefore, run.End);
        return new DeliverySegment(batch.Batch!, (int)(run.First - batch.First), (int)run.Count, run.First, redelivered);
    }

    // To a holder who will settle it, or, with none, for good.
    private void HandOver(QueueConsumer? holder, in DeliverySegment segment)
    {
        var run = new PositionRange(segment.FirstPosition, segment.Count);
        if (holder is null)
        {
            _log.Settle(run, _writes.Settled);
            return;
        }

        Debug.Assert(!holder.Unsettled.Contains(run.First));
        holder.Unsettled.Add(run);
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

    private void Close(QueueConsumer consumer)
    {
        UnsettledCount -= consumer.Unsettled.Count;
        _ready.AddAll(consumer.Unsettled);
        consumer.Unsettled.Clear();
        _roster.Remove(consumer);
    }
}
