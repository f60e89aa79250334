using System.Diagnostics;
using ActorBroker.PerfTest.Amqp;
using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Options;
using ActorBroker.PerfTest.Reporting;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Load;

/// <summary>
/// Publishes on a connection of its own, with two threads: one writes, the other reads confirms and what else the broker says.
/// </summary>
internal sealed class Producer
{
    private static readonly TimeSpan StopCheckInterval = TimeSpan.FromMilliseconds(100);

    private readonly AmqpConnection _connection;
    private readonly PublishBatch _batch;
    private readonly PerfOptions _options;
    private readonly int _index;
    private readonly int _run;
    private readonly long _countMax;
    private readonly ConfirmWindow? _confirms;
    private long _published;

    /// <param name="run">See <see cref="MessageStamp"/>.</param>
    /// <param name="countMax">After so many messages it is done.</param>
    public Producer(PerfOptions options, int index, int run, long countMax, LatencyRecorder confirmLatencies)
    {
        _options = options;
        _index = index;
        _run = run;
        _countMax = countMax;
        _connection = AmqpConnection.Open(options.Endpoint);
        _batch = new PublishBatch(options.Exchange, options.RoutingKeyOf(index), options.Persistent, options.Size, _connection.FrameMax, options.Keys);
        if (options.Confirm == 0)
            return;
        _connection.Call<ConfirmSelect, ConfirmSelectOk>(new ConfirmSelect(NoWait: false));
        _confirms = new ConfirmWindow(options.Confirm, confirmLatencies);
    }

    /// <summary>Messages handed to the socket: the highest sequence number.</summary>
    public long Published => Volatile.Read(ref _published);

    public long Confirmed => _confirms?.Confirmed ?? 0;

    public long Rejected => _confirms?.Rejected ?? 0;

    /// <summary>All that was published is settled, or confirms were not asked for.</summary>
    public bool IsSettled => _confirms is null || Confirmed + Rejected == Published;

    public AmqpConnection Connection => _connection;

    /// <summary>The writing thread's work, until the count is reached or the token is cancelled.</summary>
    public void Publish(CancellationToken stop)
    {
        var pacer = _options.Rate > 0 ? new RatePacer(_options.Rate, Stopwatch.GetTimestamp(), Stopwatch.Frequency) : null;
        while (_published < _countMax && !stop.IsCancellationRequested)
        {
            var count = (int)Math.Min(_batch.Capacity, _countMax - _published);
            if (_confirms is not null)
            {
                count = Math.Min(count, _confirms.WaitForRoom(StopCheckInterval));
                if (count == 0)
                    continue;
            }

            var now = Stopwatch.GetTimestamp();
            if (pacer is not null)
            {
                count = (int)Math.Min(count, pacer.Due(now));
                if (count == 0)
                {
                    // At least the timer's resolution, or it would spin.
                    var pause = TimeSpan.FromSeconds((double)pacer.TicksUntilNext(now) / Stopwatch.Frequency);
                    stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Max(1, Math.Floor(pause.TotalMilliseconds))));
                    continue;
                }

                pacer.Sent(count);
            }

            _confirms?.Add(count, now);
            _connection.Send(_batch.Stamp(MessageStamp.Identity(_run, _index, _published + 1), count, now));
            Volatile.Write(ref _published, _published + count);
        }
    }

    /// <summary>The reading thread's work, until the broker answered <see cref="AmqpConnection.SendClose"/>.</summary>
    public void ReadAnswers()
    {
        _connection.WaitForever();
        for (var now = Stopwatch.GetTimestamp(); ; now = Stopwatch.GetTimestamp())
        {
            while (_connection.TryRead(out var slice))
            {
                if (slice.Type == FrameType.Method && !OnMethod(_connection.PayloadOf(slice), now))
                    return;
            }

            _confirms?.Release();
            _connection.Receive();
        }
    }

    private bool OnMethod(ReadOnlySpan<byte> payload, long now)
    {
        var method = MethodId.Read(payload);
        switch (method)
        {
            case MethodId.BasicAck when _confirms is not null:
                var ack = BasicAck.Read(payload);
                _confirms.Settle(ack.DeliveryTag, ack.Multiple, accepted: true, now);
                return true;
            case MethodId.BasicNack when _confirms is not null:
                var nack = BasicNack.Read(payload);
                _confirms.Settle(nack.DeliveryTag, nack.Multiple, accepted: false, now);
                return true;
            case MethodId.ConnectionCloseOk:
                return false;
            default:
                return AmqpConnection.RefusalOf(method, payload) is { } refusal ? throw refusal : true;
        }
    }
}
