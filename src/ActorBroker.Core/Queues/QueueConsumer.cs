using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Queues;

/// <summary>One consumer (or getter) and what it holds.</summary>
internal sealed class QueueConsumer(ConsumerKey key, ConsumerSettings? settings)
{
    private readonly List<DeliverySegment> _outgoing = [];

    public ConsumerKey Key { get; } = key;

    /// <summary>Null for a getter, which only takes messages one by one.</summary>
    public ConsumerSettings? Settings { get; } = settings;

    /// <summary>Delivered, and neither settled nor returned.</summary>
    public PositionSet Unsettled { get; } = new();

    /// <summary>Bytes that may still be sent before the connection must give some back; below zero by one message at most.</summary>
    public long WindowBytes { get; set; } = settings?.WindowBytes ?? 0;

    /// <summary>Not held back by its channel.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Cancelled: it only settles what it has.</summary>
    public bool IsStopped { get; set; } = settings is null;

    /// <summary>Its connection has been told that it held a message for too long.</summary>
    public bool IsTimedOut { get; set; }

    /// <summary>How long it may hold a message, by its own argument.</summary>
    public long? Timeout { get; } = settings is null ? null : ConsumerArguments.Of(settings.Arguments).Timeout;

    /// <summary>How long it has held what it holds.</summary>
    public HeldSince HeldSince { get; } = new();

    /// <summary>In the roster's line of those to be served.</summary>
    public bool IsInLine { get; set; }

    public bool NoAck => Settings is { NoAck: true };

    public bool CanTake => !IsStopped && IsActive && WindowBytes > 0 && Room > 0;

    /// <summary>How many more messages its prefetch count allows.</summary>
    public long Room => Settings is { NoAck: false, PrefetchCount: > 0 } limited
        ? limited.PrefetchCount - Unsettled.Count
        : long.MaxValue;

    /// <summary>True when nothing was waiting to be sent to it before.</summary>
    public bool AddOutgoing(DeliverySegment segment)
    {
        if (_outgoing.Count > 0)
        {
            var last = _outgoing[^1];
            if (ReferenceEquals(last.Batch, segment.Batch)
                && last.StartIndex + last.Count == segment.StartIndex
                && last.Redelivered == segment.Redelivered
                && last.DeliveryCount == segment.DeliveryCount
                && last.AcquiredCount == segment.AcquiredCount)
            {
                _outgoing[^1] = last with { Count = last.Count + segment.Count };
                return false;
            }
        }

        _outgoing.Add(segment);
        return _outgoing.Count == 1;
    }

    public DeliverySegment[] TakeOutgoing()
    {
        var segments = _outgoing.ToArray();
        _outgoing.Clear();
        return segments;
    }
}

/// <summary>The consumers of a queue and whose turn it is: those that can take messages stand in line and are served round robin.</summary>
internal sealed class ConsumerRoster
{
    private readonly Dictionary<ConsumerKey, QueueConsumer> _all = [];
    private readonly Queue<QueueConsumer> _line = new();

    /// <summary>Consumers that were not cancelled; getters do not count.</summary>
    public int ConsumerCount { get; private set; }

    /// <summary>How many stand in line; some may have lost their room since.</summary>
    public int InLine => _line.Count;

    public IEnumerable<QueueConsumer> All => _all.Values;

    public bool HasExclusive { get; private set; }

    public QueueConsumer? Find(ConsumerKey key) => _all.GetValueOrDefault(key);

    public void Add(QueueConsumer consumer)
    {
        _all.Add(consumer.Key, consumer);
        if (!consumer.IsStopped)
        {
            ConsumerCount++;
            HasExclusive |= consumer.Settings!.Exclusive;
        }

        Enqueue(consumer);
    }

    public void Stop(QueueConsumer consumer)
    {
        if (!consumer.IsStopped)
        {
            consumer.IsStopped = true;
            ConsumerCount--;
            HasExclusive &= !consumer.Settings!.Exclusive;
        }
    }

    public void Remove(QueueConsumer consumer)
    {
        Stop(consumer);
        _all.Remove(consumer.Key);
    }

    /// <summary>Puts a consumer at the end of the line if it can take messages and is not in it.</summary>
    public void Enqueue(QueueConsumer consumer)
    {
        if (!consumer.IsInLine && consumer.CanTake)
        {
            if (_line.Count > ConsumerCount * 2)
            {
                DropStopped();
            }

            consumer.IsInLine = true;
            _line.Enqueue(consumer);
        }
    }

    /// <summary>The consumer whose turn it is, or null when none can take messages. It stays in front until <see cref="EndTurn"/>.</summary>
    public QueueConsumer? Next()
    {
        while (_line.TryPeek(out var consumer))
        {
            if (consumer.CanTake)
            {
                return consumer;
            }

            _line.Dequeue();
            consumer.IsInLine = false;
        }

        return null;
    }

    /// <summary>Takes the consumer in front out of the line, to its end if it can take more.</summary>
    public void EndTurn()
    {
        var consumer = _line.Dequeue();
        consumer.IsInLine = false;
        Enqueue(consumer);
    }

    // On an empty queue nobody is served: those who come and go would pile up in the line.
    private void DropStopped()
    {
        for (var i = _line.Count; i > 0; i--)
        {
            var consumer = _line.Dequeue();
            if (!consumer.IsStopped)
            {
                _line.Enqueue(consumer);
            }
        }
    }
}
