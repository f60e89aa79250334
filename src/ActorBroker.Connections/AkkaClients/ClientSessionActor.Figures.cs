using ActorBroker.Core.Messages;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Connections.AkkaClients;

/// <content>What the session has done, for those who watch: it is shown as a channel.</content>
internal sealed partial class ClientSessionActor
{
    private readonly Counted _counted = new();

    private void CountDelivered(ClientConsumer consumer, ReadOnlySpan<DeliverySegment> segments)
    {
        var counters = _counted.Counters;
        foreach (ref readonly var segment in segments)
        {
            counters.Delivered += consumer.NoAck ? 0 : segment.Count;
            counters.DeliveredNoAck += consumer.NoAck ? segment.Count : 0;
            counters.Redelivered += segment.Redelivered ? segment.Count : 0;
            _counted.Unacknowledged += consumer.NoAck ? 0 : segment.Count;
        }
    }

    private void CountSettled(SettleOutcome outcome, long count)
    {
        _counted.Counters.Acknowledged += outcome == SettleOutcome.Accepted ? count : 0;
        _counted.Unacknowledged -= count;
    }

    private void CountGot(in DeliverySegment? segment, bool noAck)
    {
        var counters = _counted.Counters;
        counters.GetEmpty += segment is null ? 1 : 0;
        counters.Got += segment is not null && !noAck ? 1 : 0;
        counters.GotNoAck += segment is not null && noAck ? 1 : 0;
        counters.Redelivered += segment is { Redelivered: true } ? 1 : 0;
        _counted.Unacknowledged += segment is not null && !noAck ? 1 : 0;
    }

    private sealed class Counted : IChannelFigures
    {
        public ChannelCounters Counters { get; } = new();

        public int PrefetchCount => 0;

        public int GlobalPrefetchCount => 0;

        public long Unacknowledged { get; set; }

        public long Unconfirmed { get; set; }

        public int Uncommitted => 0;

        public int AcksUncommitted => 0;

        public bool IsConfirming => true;

        public bool IsTransactional => false;
    }
}
