using System.Diagnostics;
using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.PerfTest.Amqp;
using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Options;
using ActorBroker.PerfTest.Reporting;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Load;

/// <summary>
/// Consumes its queues on a connection of its own, with one thread. Deliveries are decoded where they were received; what must
/// be counted, checked and acknowledged is gathered and handed on once per read. A queue's consumer tag is its index.
/// </summary>
internal sealed class Consumer
{
    private readonly PerfOptions _options;
    private readonly AmqpConnection _connection;
    private readonly DeliveryCheck _check;
    private readonly int[] _queues;
    private readonly TaskCompletionSource _isSubscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LatencyRecorder _latencies;
    private readonly int _run;
    private readonly AckBuffer? _acks;
    private readonly ulong[] _identities = new ulong[1024];
    private int _identityCount;
    private int _identitiesQueue;
    private int _subscriptions;
    private bool _identitiesRedelivered;
    private DeliveryAssembler _delivery;
    private long _now;
    private long _runSentAt;
    private int _runLength;
    private long _consumed;
    private long _lastAt;
    private bool _isClosed;

    /// <param name="run">Latency is measured of this run's messages only: others' clock may be another.</param>
    public Consumer(PerfOptions options, int index, int run, DeliveryCheck check, LatencyRecorder latencies)
    {
        _options = options;
        _run = run;
        _check = check;
        _latencies = latencies;
        _connection = AmqpConnection.Open(options.Endpoint);
        _acks = options.AutoAck ? null : new AckBuffer(_connection, options.AckEvery);
        _queues = [.. options.QueuesOf(index)];
    }

    public AmqpConnection Connection => _connection;

    public long Consumed => Volatile.Read(ref _consumed);

    /// <summary>When the last message came, by the monotonic clock; 0 if none did.</summary>
    public long LastAt => Volatile.Read(ref _lastAt);

    /// <summary>Asks for deliveries, which <see cref="Consume"/> takes.</summary>
    public void Subscribe()
    {
        if (_options.Prefetch > 0)
            _connection.Call<BasicQos, BasicQosOk>(new BasicQos(0, (ushort)_options.Prefetch, Global: false));
        foreach (var queue in _queues)
        {
            _connection.Send(AmqpConnection.Channel, new BasicConsume(
                _options.Queues[queue], TagOf(queue), NoLocal: false, NoAck: _options.AutoAck, Exclusive: false, NoWait: false, ArgumentTable.Empty));
        }

        _connection.WaitForever();
    }

    /// <summary>Waits until the broker knows the consumers of all queues, or the run has failed.</summary>
    public void WaitUntilSubscribed(CancellationToken failure)
    {
        try
        {
            _isSubscribed.Task.Wait(failure);
        }
        catch (OperationCanceledException)
        {
            // Why is known to whoever cancelled.
        }
    }

    /// <summary>The thread's work, until the broker answered the cancel that <see cref="SendCancel"/> sent, and then the close.</summary>
    public void Consume()
    {
        while (true)
        {
            // Before the first wait: deliveries may have come along with the answer to the subscription.
            _now = Stopwatch.GetTimestamp();
            while (!_isClosed && _connection.TryRead(out var slice))
                OnFrame(slice);
            FlushObservations();
            _acks?.Flush();
            if (_isClosed)
                return;
            _connection.Receive();
        }
    }

    /// <summary>Asks the broker for the end. Everything that it sends until its answer is still taken.</summary>
    public void SendCancel()
    {
        foreach (var queue in _queues)
            _connection.Send(AmqpConnection.Channel, new BasicCancel(TagOf(queue), NoWait: false));
    }

    private static string TagOf(int queue) => queue.ToString(CultureInfo.InvariantCulture);

    private void OnFrame(in FrameSlice slice)
    {
        var payload = _connection.PayloadOf(slice);
        switch (slice.Type)
        {
            case FrameType.Method:
                var method = MethodId.Read(payload);
                if (method == MethodId.BasicDeliver)
                    _delivery.OnDeliver(payload);
                else
                    OnMethod(method, payload);
                break;
            case FrameType.Header:
                if (_delivery.OnContentHeader(payload))
                    OnDelivery();
                break;
            case FrameType.Body:
                if (_delivery.OnBody(payload, slice.IsEnd))
                    OnDelivery();
                break;
            default:
                break;
        }
    }

    private void OnMethod(uint method, ReadOnlySpan<byte> payload)
    {
        switch (method)
        {
            case MethodId.BasicConsumeOk:
                if (++_subscriptions == _queues.Length)
                    _isSubscribed.SetResult();
                break;
            case MethodId.BasicCancelOk when --_subscriptions > 0:
                break;
            case MethodId.BasicCancelOk:
                _acks?.SettleAll();
                _connection.SendClose();
                break;
            case MethodId.BasicCancel:
                var queue = int.Parse(BasicCancel.Read(payload).ConsumerTag, CultureInfo.InvariantCulture);
                throw new LoadException($"the broker cancelled the consumer of queue '{_options.Queues[queue]}'");
            case MethodId.ConnectionCloseOk:
                _isClosed = true;
                break;
            default:
                if (AmqpConnection.RefusalOf(method, payload) is { } refusal)
                    throw refusal;
                break;
        }
    }

    private void OnDelivery()
    {
        Volatile.Write(ref _lastAt, _now);
        if (_delivery.HasIdentity)
            Observe(_delivery.Identity);
        else
            Volatile.Write(ref _consumed, _consumed + 1);
        _acks?.Delivered(_delivery.DeliveryTag);
    }

    private void Observe(ulong identity)
    {
        if (_identityCount == _identities.Length
            || (_identityCount > 0 && (_identitiesRedelivered != _delivery.Redelivered || _identitiesQueue != _delivery.ConsumerTag)))
        {
            CheckObserved();
        }

        _identities[_identityCount++] = _options.Keys is { } keys ? MessageStamp.Renumbered(identity, keys.SequenceInQueue(MessageStamp.SequenceOf(identity))) : identity;
        _identitiesRedelivered = _delivery.Redelivered;
        _identitiesQueue = _delivery.ConsumerTag;
        if (!_delivery.HasSentAt || MessageStamp.RunOf(identity) != _run)
            return;

        // Messages of one write have the same time: one record for all of them.
        var sentAt = _delivery.SentAt;
        if (sentAt != _runSentAt)
        {
            FlushLatency();
            _runSentAt = sentAt;
        }

        _runLength++;
    }

    private void FlushObservations()
    {
        FlushLatency();
        if (_identityCount > 0)
            CheckObserved();
    }

    private void CheckObserved()
    {
        _check.CheckerOf(_identitiesQueue).Observe(_identities.AsSpan(0, _identityCount), _identitiesRedelivered);
        Volatile.Write(ref _consumed, _consumed + _identityCount);
        _identityCount = 0;
    }

    private void FlushLatency()
    {
        _latencies.Record(_now - _runSentAt, _runLength);
        _runLength = 0;
    }
}
