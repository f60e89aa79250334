using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>Consumers and gets: who receives from which queue, and how much at a time.</content>
internal sealed partial class Amqp091Channel
{
    private const int GettersMax = 256;

    // A channel-wide limit is kept by giving back what comes above it: the less is on its way, the less comes back.
    private const int LimitedWindowBytes = 64 * 1024;

    private readonly Dictionary<string, AmqpConsumer> _consumersByTag = [];
    private readonly Dictionary<string, AmqpConsumer> _gettersByQueue = [];
    private readonly HashSet<AmqpConsumer> _consumers = [];
    private int _prefetchPerConsumer;

    /// <summary>Delivery tags count up from 1 in each channel (AMQP 0-9-1 §1.1, delivery-tag).</summary>
    public ulong LastDeliveryTag { get; private set; }

    /// <summary>The messages were written with consecutive tags.</summary>
    public void OnDelivered(AmqpConsumer consumer, ulong firstTag, int count, long firstPosition, bool redelivered)
    {
        LastDeliveryTag += (ulong)count;
        CountDelivered(consumer, redelivered, count);
        if (!consumer.NoAck)
            _unsettled.Add(firstTag, count, consumer.Id, firstPosition);
    }

    /// <summary>The queue is gone. What was delivered of it may still be acknowledged, to no effect.</summary>
    public void OnCancelled(AmqpConsumer consumer)
    {
        consumer.IsGone = true;
        _connection.DeliverRest(consumer);
        if (!consumer.IsGetter && _consumersByTag.Remove(consumer.Tag) && _connection.ConsumerCancelNotify)
            Output.WriteMethod(Number, new BasicCancel(consumer.Tag, NoWait: true));
        if (consumer.IsGetter)
            _gettersByQueue.Remove(consumer.Tag);
        consumer.IsStopped = true;
        if (consumer.Outstanding == 0)
            Forget(consumer);
    }

    /// <summary>Nothing of it is outstanding any more.</summary>
    public void Forget(AmqpConsumer consumer)
    {
        if (!_consumers.Remove(consumer))
            return;
        _connection.RemoveConsumer(consumer);
        if (!consumer.IsGone)
            _session.CloseConsumer(consumer.Id);
        consumer.IsGone = true;
    }

    private bool TryHandleConsuming(uint id, ReadOnlySpan<byte> payload)
    {
        switch (id)
        {
            case MethodId.BasicQos:
                LimitPrefetch(BasicQos.Read(payload));
                return true;
            case MethodId.BasicConsume:
                Consume(BasicConsume.Read(payload));
                return true;
            case MethodId.BasicCancel:
                Cancel(BasicCancel.Read(payload));
                return true;
            case MethodId.BasicGet:
                Get(BasicGet.Read(payload));
                return true;
            case MethodId.BasicRecover:
                Recover(BasicRecover.Read(payload).Requeue);
                Output.WriteMethod(Number, new BasicRecoverOk());
                return true;
            case MethodId.BasicRecoverAsync:
                Recover(BasicRecoverAsync.Read(payload).Requeue);
                return true;
            default:
                return false;
        }
    }

    private void LimitPrefetch(BasicQos qos)
    {
        if (qos.PrefetchSize != 0)
            throw new Amqp091ErrorException(ReplyCode.NotImplemented, $"prefetch_size!=0 ({qos.PrefetchSize})");
        if (qos.Global)
            SetChannelLimit(qos.PrefetchCount);
        else
            _prefetchPerConsumer = qos.PrefetchCount;
        Output.WriteMethod(Number, new BasicQosOk());
    }

    private void Consume(BasicConsume consume)
    {
        var queue = QueueNamed(consume.Queue);
        var tag = consume.ConsumerTag.Length == 0 ? _connection.MakeName("amq.ctag-") : consume.ConsumerTag;
        if (_consumersByTag.ContainsKey(tag))
            throw new Amqp091ErrorException(ReplyCode.NotAllowed, $"attempt to reuse consumer tag '{tag}'");
        if (queue == DirectReply.Queue)
        {
            ConsumeReplies(tag, consume);
            return;
        }

        var most = _connection.Settings.ConsumersPerChannelMax;
        if (most > 0 && _consumersByTag.Count >= most)
            throw new Amqp091ErrorException(ReplyCode.NotAllowed, $"reached maximum ({most}) of consumers per channel");

        var consumer = AddConsumer(tag, queue, consume.NoAck, isGetter: false);
        _consumersByTag.Add(tag, consumer);
        var window = _limit == 0 ? _connection.WindowOfNewest : Math.Min(LimitedWindowBytes, _connection.WindowOfNewest);
        var settings = new ConsumerSettings(tag, consume.NoAck, consume.Exclusive, _prefetchPerConsumer, window, consume.Arguments);
        IsSuspended = true;
        _session.StartConsumer(queue, consumer.Id, Key, settings, refusal => _connection.Resume(this, MethodId.BasicConsume, () =>
        {
            if (refusal is not null)
            {
                consumer.IsGone = true;
                _consumersByTag.Remove(tag);
                Forget(consumer);
                ThrowIf(refusal);
            }

            consumer.WindowBytes = window;
            Reply(consume.NoWait, new BasicConsumeOk(tag));
            HoldBackOrLetGo(consumer);
        }));
    }

    private void Cancel(BasicCancel cancel)
    {
        if (!_consumersByTag.TryGetValue(cancel.ConsumerTag, out var consumer))
        {
            Reply(cancel.NoWait, new BasicCancelOk(cancel.ConsumerTag));
            return;
        }

        IsSuspended = true;
        _session.StopConsumer(consumer.Id, () => _connection.Resume(this, MethodId.BasicCancel, () =>
        {
            // The queue may have gone meanwhile.
            if (_consumersByTag.Remove(consumer.Tag))
            {
                _connection.DeliverRest(consumer);
                consumer.IsStopped = true;
                if (consumer.Outstanding == 0)
                    Forget(consumer);
            }

            Reply(cancel.NoWait, new BasicCancelOk(cancel.ConsumerTag));
        }));
    }

    private void Get(BasicGet get)
    {
        var queue = QueueNamed(get.Queue);
        var getter = GetterFor(queue);
        IsSuspended = true;
        _session.Get(queue, getter.Id, get.NoAck, reply => _connection.Resume(this, MethodId.BasicGet, () =>
        {
            ThrowIf(reply.Refusal);
            if (reply.Segment is not { } segment)
            {
                CountGetEmpty(getter);
                Output.WriteMethod(Number, new BasicGetEmpty());
                return;
            }

            var tag = ++LastDeliveryTag;
            var route = segment.Batch.RouteOf(segment.StartIndex);
            Output.WriteMethod(
                Number, new BasicGetOk(tag, segment.Redelivered, route.ExchangeUtf8, route.RoutingKeyUtf8, Count(reply.MessagesLeft)));
            _connection.Encoder.WriteContent(Output, Number, segment, index: 0);
            CountGot(getter, get.NoAck, segment);
            Trace(getter, segment, first: 0, count: 1);
            if (get.NoAck)
                return;
            getter.Outstanding++;
            _unsettled.Add(tag, 1, getter.Id, segment.FirstPosition);
        }));
    }

    private AmqpConsumer GetterFor(string queue)
    {
        if (_gettersByQueue.TryGetValue(queue, out var known))
            return known;
        if (_gettersByQueue.Count >= GettersMax)
        {
            foreach (var idle in _gettersByQueue.Values.Where(getter => getter.Outstanding == 0).ToArray())
            {
                _gettersByQueue.Remove(idle.Tag);
                Forget(idle);
            }
        }

        var getter = AddConsumer(queue, queue, noAck: false, isGetter: true);
        _gettersByQueue.Add(queue, getter);
        return getter;
    }

    private AmqpConsumer AddConsumer(string tag, string? queue, bool noAck, bool isGetter)
    {
        var consumer = new AmqpConsumer(_connection.NextConsumerId(), this, tag, queue, noAck, isGetter);
        _consumers.Add(consumer);
        _connection.AddConsumer(consumer);
        return consumer;
    }

    private void EndConsumers()
    {
        foreach (var consumer in _consumers.ToArray())
        {
            consumer.Arrived.Clear();
            consumer.EncodedOfFirst = 0;
            Forget(consumer);
        }

        _consumersByTag.Clear();
        _gettersByQueue.Clear();
        _unsettled.Clear();
        _outstanding = 0;
    }
}
