using ActorBroker.Core.Messages;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>How the channel stands and what it has done, for those who watch.</content>
internal sealed partial class Amqp091Channel : IChannelFigures
{
    private readonly ChannelCounters _counters = new();
    private ulong _confirmsGiven;

    ChannelCounters IChannelFigures.Counters => _counters;

    int IChannelFigures.PrefetchCount => _prefetchPerConsumer;

    int IChannelFigures.GlobalPrefetchCount => _limit;

    long IChannelFigures.Unacknowledged => _unsettled.Count;

    long IChannelFigures.Unconfirmed => (long)(_lastPublishTag - _confirmsGiven);

    int IChannelFigures.Uncommitted => _transaction?.PublishCount ?? 0;

    int IChannelFigures.AcksUncommitted => _transaction?.Settled.Count ?? 0;

    bool IChannelFigures.IsConfirming => _confirmsSelected;

    bool IChannelFigures.IsTransactional => _transaction is not null;

    /// <summary>Publishes are safe, or lost.</summary>
    public void CountConfirmed(ulong firstTag, ulong lastTag, bool negative)
    {
        var count = lastTag - firstTag + 1;
        _confirmsGiven += count;
        _counters.Confirmed += negative ? 0 : (long)count;
        _counters.Pairs?.CountConfirmed(firstTag, lastTag, negative);
    }

    private void CountDelivered(AmqpConsumer consumer, bool redelivered, int count)
    {
        _counters.CountDelivered(consumer.NoAck, redelivered, count);
        PairOf(consumer)?.CountDelivered(consumer.NoAck, redelivered, count);
    }

    private void CountGot(AmqpConsumer getter, bool noAck, in DeliverySegment segment)
    {
        _counters.CountGot(noAck, segment.Redelivered);
        PairOf(getter)?.CountGot(noAck, segment.Redelivered);
    }

    private void CountGetEmpty(AmqpConsumer getter)
    {
        _counters.GetEmpty++;
        PairOf(getter)?.GetEmpty += 1;
    }

    private void CountAccepted(AmqpConsumer? consumer, long count)
    {
        _counters.Acknowledged += count;
        if (consumer is { IsGone: false })
            PairOf(consumer)?.Acknowledged += count;
    }

    private QueuePair? PairOf(AmqpConsumer consumer)
    {
        if (consumer.Pair is { IsDropped: false } known)
            return known;
        return consumer.Pair = consumer.Queue is { } queue ? _counters.CountedPairs?.From(queue) : null;
    }

    private void CountUnroutable(PublishMethod publish, bool returned)
    {
        _counters.CountedPairs?.CountUnroutable(publish.Target.Route.Exchange, returned);
        if (returned)
            _counters.ReturnedUnroutable++;
        else
            _counters.DroppedUnroutable++;
    }
}
