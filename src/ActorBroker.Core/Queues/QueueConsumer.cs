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

    /// <summary>Those of higher priority are served first (x-priority).</summary>
    public int Priority { get; } = settings is null ? 0 : ConsumerArguments.Of(settings.Arguments).Priority;

    /// <summary>Counts up with each consumer that comes to the queue.</summary>
    public long Arrival { get; set; }

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
