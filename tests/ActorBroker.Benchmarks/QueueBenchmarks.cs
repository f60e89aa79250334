using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Statistics;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>One batch of 64 KiB through a queue's rules: published, delivered, written where durable, settled, credited.</summary>
[MemoryDiagnoser]
public class QueueBenchmarks : UnobservedQueueEffects
{
    private const int BatchBytes = 64 * 1024;

    private static readonly ConsumerKey Consumer = new(1, 1);

    private QueueDecider _queue = null!;
    private MessageBatch _batch = null!;
    private long _sequence;
    private long _sequenceNr;
    private long _settledTo;
    private bool _isWriting;

    /// <summary>Bytes of each body.</summary>
    [Params(16, 1024)]
    public int BodyBytes { get; set; }

    /// <summary>A durable queue with persistent messages.</summary>
    [Params(false, true)]
    public bool Durable { get; set; }

    /// <summary>What happens is counted.</summary>
    [Params(false, true)]
    public bool Counted { get; set; }

    /// <summary>A queue with one consumer.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var size = MessageRecord.SizeOf(0, BodyBytes);
        var offsets = new int[BatchBytes / size];
        var slab = new byte[offsets.Length * size];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = i * size;
            MessageRecord.WriteHeader(slab.AsSpan(offsets[i]), MessageFormat.Amqp091, 0, BodyBytes, 0, MessageFlags.Persistent, 0);
        }

        _batch = new MessageBatch(slab, offsets, [MessageRoute.Create("", "q")]);
        _queue = new QueueDecider(
            Durable, QueueSettings.Default, new QueueMemoryLimits(1 << 20, 64 << 20, 64 << 20, 1 << 20, 3), new MessageFormats(), now: 0, this);
        _queue.Counters = Counted ? new QueueCounters() : null;
        _queue.StartConsumer(Consumer, new ConsumerSettings("c", false, false, 0, 1 << 20, ArgumentTable.Empty), "queue 'q'");
    }

    /// <summary>The whole way of a batch.</summary>
    [Benchmark]
    public long EnqueueDeliverSettle()
    {
        _queue.Publish(1, ++_sequence, _batch);
        if (_isWriting)
        {
            _isWriting = false;
            _queue.WriteCompleted(++_sequenceNr);
        }

        _queue.Settle(Consumer, SettleOutcome.Accepted, new PositionRange(_settledTo, _batch.Count));
        _settledTo += _batch.Count;
        _queue.AfterSettling();
        _queue.GrantCredit(Consumer, _batch.SizeBytes);
        return _queue.ReadyCount + _queue.UnsettledCount;
    }

    /// <summary>As the other, settled one message at a time.</summary>
    [Benchmark]
    public long EnqueueDeliverSettleSingly()
    {
        _queue.Publish(1, ++_sequence, _batch);
        if (_isWriting)
        {
            _isWriting = false;
            _queue.WriteCompleted(++_sequenceNr);
        }

        for (var end = _settledTo + _batch.Count; _settledTo < end; _settledTo++)
        {
            _queue.Settle(Consumer, SettleOutcome.Accepted, new PositionRange(_settledTo, 1));
        }

        _queue.AfterSettling();
        _queue.GrantCredit(Consumer, _batch.SizeBytes);
        return _queue.ReadyCount + _queue.UnsettledCount;
    }

    /// <inheritdoc/>
    public override void Write(QueueWrite write) => _isWriting = true;
}
