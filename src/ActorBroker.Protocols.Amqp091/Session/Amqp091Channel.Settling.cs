using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>Acknowledgements of deliveries, and the limit of deliveries that all consumers of the channel share.</content>
internal sealed partial class Amqp091Channel : ISettledRanges
{
    private readonly UnsettledDeliveries _unsettled = new();
    private SettleOutcome _outcome;
    private int _limit;
    private long _outstanding;
    private int _lastServedId;
    private bool _isHeldBack;
    private bool _isRecovering;

    /// <inheritdoc/>
    void ISettledRanges.OnSettled(int consumerId, PositionRange positions, ulong firstTag)
    {
        if (_outcome == SettleOutcome.Accepted)
            CountAccepted(_connection.FindConsumer(consumerId), positions.Count);
        if (_transaction is not null && !_isRecovering)
        {
            _transaction.Settled.Add((new UnsettledRange(firstTag, consumerId, positions), _outcome));
            return;
        }

        var consumer = EndDelivery(consumerId, positions.Count);
        _connection.Settlements.Add(consumer, _outcome, positions);
        if (consumer is { IsGone: true, Outstanding: 0 })
            Forget(consumer);
    }

    private AmqpConsumer EndDelivery(int consumerId, long count)
    {
        var consumer = _connection.ConsumerOf(consumerId);
        consumer.Outstanding -= count;
        if (!consumer.IsGetter)
            _outstanding -= count;
        return consumer;
    }

    /// <summary>
    /// Takes deliveries for a consumer. What is above the channel's limit goes back to the queue at once, so that another
    /// channel's consumer can have it.
    /// </summary>
    public void Accept(AmqpConsumer consumer, ReadOnlySpan<DeliverySegment> segments)
    {
        foreach (var segment in segments)
        {
            var accepted = segment.Count;
            if (!consumer.NoAck)
            {
                if (_limit > 0)
                    accepted = (int)Math.Clamp(_limit - _outstanding, 0, segment.Count);
                consumer.Outstanding += accepted;
                _outstanding += accepted;
            }

            if (accepted > 0)
            {
                consumer.Arrived.Enqueue(segment with { Count = accepted });
                _lastServedId = consumer.Id;
            }

            if (accepted < segment.Count)
                Release(consumer, segment, accepted);
        }

        HoldBackOrLetGo();
    }

    private void Release(AmqpConsumer consumer, in DeliverySegment segment, int accepted)
    {
        var bytes = 0;
        for (var index = accepted; index < segment.Count; index++)
            bytes += segment.Batch[segment.StartIndex + index].RecordLength;
        _connection.GrantCredit(consumer, bytes);
        _connection.Settlements.Add(
            consumer, SettleOutcome.Released, new PositionRange(segment.FirstPosition + accepted, segment.Count - accepted));
    }

    private void Acknowledge(BasicAck ack) => Settle(ack.DeliveryTag, ack.Multiple, SettleOutcome.Accepted);

    private void Acknowledge(BasicNack nack) =>
        Settle(nack.DeliveryTag, nack.Multiple, nack.Requeue ? SettleOutcome.Requeued : SettleOutcome.Rejected);

    // With requeue, a reject says that the delivery failed; a nack gives the message back without blame (RabbitMQ 4.3).
    private void Acknowledge(BasicReject reject) =>
        Settle(reject.DeliveryTag, multiple: false, reject.Requeue ? SettleOutcome.Failed : SettleOutcome.Rejected);

    private void Settle(ulong tag, bool multiple, SettleOutcome outcome)
    {
        _outcome = outcome;
        if (multiple && tag == 0)
            _unsettled.SettleAll(this);
        else if (!_unsettled.TrySettle(tag, multiple, this))
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, $"unknown delivery tag {tag}");
        HoldBackOrLetGo();
    }

    private void Recover(bool requeue)
    {
        if (!requeue)
            throw new Amqp091ErrorException(ReplyCode.NotImplemented, "requeue=false");
        _outcome = SettleOutcome.Requeued;

        // Not a part of a transaction (RabbitMQ): at once, and without what the transaction has settled.
        _isRecovering = true;
        _unsettled.SettleAll(this);
        _isRecovering = false;
        HoldBackOrLetGo();
    }

    private void SetChannelLimit(int limit)
    {
        _limit = limit;
        HoldBackOrLetGo();
    }

    private void HoldBackOrLetGo()
    {
        var isFull = _limit > 0 && _outstanding >= _limit;
        if (isFull == _isHeldBack)
            return;
        _isHeldBack = isFull;

        // What makes room reaches the queue before the room does, so that a message that goes back comes again first.
        if (!isFull)
            _connection.Settlements.Flush();

        // Who is let go first gets the room, as a rule: so it begins with those behind whoever was served last.
        foreach (var consumer in _consumers)
        {
            if (consumer.Id > _lastServedId)
                HoldBackOrLetGo(consumer);
        }

        foreach (var consumer in _consumers)
        {
            if (consumer.Id <= _lastServedId)
                HoldBackOrLetGo(consumer);
        }
    }

    private void HoldBackOrLetGo(AmqpConsumer consumer)
    {
        // As in RabbitMQ: who needs no acknowledgement does not count, but waits with the others. Replies come from no queue.
        if (consumer.Queue is null || consumer.IsGetter || consumer.IsStopped || consumer.WindowBytes == 0 || consumer.IsPaused == _isHeldBack)
            return;
        consumer.IsPaused = _isHeldBack;
        _session.SetConsumerActive(consumer.Id, !_isHeldBack);
    }
}
