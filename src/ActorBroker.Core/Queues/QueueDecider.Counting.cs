using ActorBroker.Core.Messages;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Core.Queues;

/// <content>What is counted for those who watch: once a batch, a dispatch or a settled range.</content>
public sealed partial class QueueDecider
{
    private QueueCounters? _counters;

    /// <inheritdoc/>
    public QueueCounters? Counters
    {
        get => _counters;
        set
        {
            _counters = value;
            _history?.Counters = value;
        }
    }

    /// <inheritdoc/>
    public long ResidentBytes => _log.PinnedBytes + _log.EvictableBytes + (_history?.ResidentBytes ?? 0);

    /// <inheritdoc/>
    public string? SingleActiveConsumerTag => _roster.Active?.Settings?.Tag;

    private void CountDelivered(QueueConsumer consumer, DeliverySegment[] segments)
    {
        if (_counters is { } counters)
        {
            var (count, again) = CountOf(segments);
            if (consumer.NoAck)
            {
                counters.DeliveredNoAck += count;
            }
            else
            {
                counters.Delivered += count;
            }

            counters.Redelivered += again;
        }
    }

    private void CountGot(bool noAck, in DeliverySegment segment)
    {
        if (_counters is { } counters)
        {
            counters.Got += noAck ? 0 : 1;
            counters.GotNoAck += noAck ? 1 : 0;
            counters.Redelivered += segment.Redelivered ? 1 : 0;
        }
    }

    /// <summary>How many messages there are, and how many of them were delivered before.</summary>
    internal static (long Count, long Again) CountOf(ReadOnlySpan<DeliverySegment> segments)
    {
        var (count, again) = (0L, 0L);
        foreach (ref readonly var segment in segments)
        {
            count += segment.Count;
            again += segment.Redelivered ? segment.Count : 0;
        }

        return (count, again);
    }
}
