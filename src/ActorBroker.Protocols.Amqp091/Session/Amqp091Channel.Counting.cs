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
    public void CountConfirmed(ulong count, bool negative)
    {
        _confirmsGiven += count;
        _counters.Confirmed += negative ? 0 : (long)count;
    }

    private void CountDelivered(bool noAck, bool redelivered, int count)
    {
        if (noAck)
            _counters.DeliveredNoAck += count;
        else
            _counters.Delivered += count;
        if (redelivered)
            _counters.Redelivered += count;
    }

    private void CountGot(bool noAck, in DeliverySegment segment)
    {
        if (noAck)
            _counters.GotNoAck++;
        else
            _counters.Got++;
        if (segment.Redelivered)
            _counters.Redelivered++;
    }

    private void CountUnroutable(bool returned)
    {
        if (returned)
            _counters.ReturnedUnroutable++;
        else
            _counters.DroppedUnroutable++;
    }
}
