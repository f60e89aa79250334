using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Connections.AkkaClients;

/// <content>What the session has done, for those who watch: it is shown as a channel.</content>
internal sealed partial class ClientSessionActor
{
    // Getters whose acknowledgements are counted by queue.
    private const int GettersMax = 256;

    /// <summary>What clients speak that come by Akka.Remote.</summary>
    public const string RemoteProtocol = "Akka.Remote";

    private readonly Counted _counted = new();
    private readonly Dictionary<int, string> _gotten = [];

    /// <inheritdoc/>
    public ClientDescription Client => new(
        _protocol, "PLAIN", ArgumentTable.Of(("connection_name", ArgumentValue.FromString(_open.Name))),
        ChannelMax: 1, FrameMax: ClientSession.PartBytes, _settings.Timeout);

    private SessionChannel Channel => new(1, 1) { Figures = _counted };

    private void CountDelivered(ClientConsumer consumer, ReadOnlySpan<DeliverySegment> segments)
    {
        foreach (ref readonly var segment in segments)
        {
            _counted.Counters.CountDelivered(consumer.NoAck, segment.Redelivered, segment.Count);
            PairOf(consumer)?.CountDelivered(consumer.NoAck, segment.Redelivered, segment.Count);
            _counted.Unacknowledged += consumer.NoAck ? 0 : segment.Count;
        }
    }

    private void CountSettled(int consumerId, SettleOutcome outcome, long count)
    {
        _counted.Unacknowledged -= count;
        if (outcome == SettleOutcome.Accepted)
        {
            _counted.Counters.Acknowledged += count;
            if (_consumers.TryGetValue(consumerId, out var consumer))
            {
                PairOf(consumer)?.Acknowledged += count;
            }
            else if (_gotten.TryGetValue(consumerId, out var queue))
            {
                _counted.Counters.CountedPairs?.From(queue)?.Acknowledged += count;
            }
        }
    }

    private void CountGot(in DeliverySegment? segment, ClientGet get)
    {
        if (segment is not { } got)
        {
            Count(get, static counters => counters.GetEmpty++);
            return;
        }

        var redelivered = got.Redelivered;
        Count(get, counters => counters.CountGot(get.NoAck, redelivered));
        _counted.Unacknowledged += get.NoAck ? 0 : 1;
        if (!get.NoAck && (_gotten.Count < GettersMax || _gotten.ContainsKey(get.ConsumerId)))
        {
            _gotten[get.ConsumerId] = get.Queue;
        }
    }

    private void Count(ClientGet get, Action<DeliveryCounters> count)
    {
        count(_counted.Counters);
        if (_counted.Counters.CountedPairs?.From(get.Queue) is { } pair)
        {
            count(pair);
        }
    }

    private QueuePair? PairOf(ClientConsumer consumer)
    {
        if (consumer.Pair is { IsDropped: false } known)
        {
            return known;
        }

        return consumer.Pair = consumer.Queue is { } queue ? _counted.Counters.CountedPairs?.From(queue) : null;
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
