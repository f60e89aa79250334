using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.AkkaClients;

/// <content>Consumers: what queues deliver goes to the client in batches of tables, and settlements come back.</content>
internal sealed partial class ClientSessionActor
{
    private readonly Dictionary<int, ClientConsumer> _consumers = [];
    private readonly TableBatchBuilder _batch = new();
    private readonly List<DeliverySegment> _segments = [];

    /// <inheritdoc/>
    public void OnDeliveries(int consumerId, ReadOnlySpan<DeliverySegment> segments)
    {
        if (!_consumers.TryGetValue(consumerId, out var consumer))
        {
            return;
        }

        CountDelivered(consumer, segments);
        var original = 0;
        foreach (var segment in segments)
        {
            for (var index = 0; index < segment.Count; index++)
            {
                var message = segment.Batch[segment.StartIndex + index];
                var table = _codec.ToTable(message);
                if (_batch.IsFull(table.Length, message.BodyLength))
                {
                    Deliver(consumer, original);
                    original = 0;
                }

                original += message.RecordLength;
                Note(segment, index);
                _batch.Add(segment.Batch.RouteOf(segment.StartIndex + index), table, message.Body);
            }

            TraceDelivery(consumer.Queue, segment);
        }

        Deliver(consumer, original);
    }

    /// <inheritdoc/>
    public void OnConsumerCancelled(int consumerId)
    {
        if (_consumers.Remove(consumerId))
        {
            _link.Send(new ClientSubscriptionEnded(consumerId, new Refusal(RefusalReason.NotFound, "the queue was deleted, or cannot be served")));
        }
    }

    /// <inheritdoc/>
    public void OnConsumerTimedOut(int consumerId, long timeoutMs)
    {
        _session.CloseConsumer(consumerId);
        if (_consumers.Remove(consumerId))
        {
            _link.Send(new ClientSubscriptionEnded(consumerId, new Refusal(
                RefusalReason.PreconditionFailed, $"delivery acknowledgement timed out. Timeout value used: {timeoutMs} ms")));
        }
    }

    // A run of a segment that goes into the batch which is being gathered: its place is set when the batch is sent.
    private void Note(in DeliverySegment segment, int index)
    {
        var position = segment.FirstPosition + index;
        if (index > 0 && _segments.Count > 0)
        {
            var last = _segments[^1];
            _segments[^1] = last with { Count = last.Count + 1 };
            return;
        }

        _segments.Add(segment with { StartIndex = _batch.Count, Count = 1, FirstPosition = position });
    }

    private void Deliver(ClientConsumer consumer, int originalBytes)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        consumer.Sent(_batch.SizeBytes, originalBytes);
        var batch = _batch.Take();
        var segments = _segments.Select(segment => segment with { Batch = batch }).ToArray();
        _segments.Clear();
        _link.Send(new DeliverMessages(consumer.Id, segments));
    }

    private DeliverySegment Tabled(in DeliverySegment segment)
    {
        var message = segment.Batch[segment.StartIndex];
        _batch.Add(segment.Batch.RouteOf(segment.StartIndex), _codec.ToTable(message), message.Body);
        return segment with { Batch = _batch.Take(), StartIndex = 0, Count = 1 };
    }

    private void OnGrant(GrantCredit grant)
    {
        if (_consumers.TryGetValue(grant.ConsumerId, out var consumer) && consumer.Granted(grant.Bytes) is var bytes and > 0)
        {
            _session.GrantCredit(grant.ConsumerId, bytes);
        }
    }

    private void OnSettle(SettleMessages settle)
    {
        foreach (var settlement in settle.Settlements)
        {
            var (first, count) = (settlement.Positions.First, settlement.Positions.Count);
            if (first < 0 || count <= 0 || count > long.MaxValue - first)
            {
                throw new InvalidDataException($"{count} positions from {first} on cannot be settled.");
            }

            CountSettled(settlement.ConsumerId, settlement.Outcome, count);
            _session.Settle(settlement.ConsumerId, settlement.Outcome, settlement.Positions);
        }

        _session.EndOfRead();
    }

    private void CloseConsumer(int consumerId)
    {
        _consumers.Remove(consumerId);
        _session.CloseConsumer(consumerId);
    }
}
