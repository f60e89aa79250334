using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>
/// A batch through the rules of a queue: published, written, delivered to one consumer, settled. The time is that of a
/// message, of a thousand in a batch.
/// </summary>
[MemoryDiagnoser]
public class QueueBenchmarks
{
    private const int Messages = 1_000;
    private const int BodySize = 16;
    private const int WindowBytes = 1 << 20;
    private const int Connection = 1;

    private static readonly ConsumerKey Consumer = new(2, 1);
    private static readonly QueueMemoryLimits Limits = new(
        SegmentBytes: 1 << 20, PinnedBytesMax: 4 << 20, ResidentBytesMax: 16 << 20, WriteBytesMax: 1 << 20, ReadAheadSegments: 2);

    private readonly Outcome _outcome = new();
    private readonly MessageBatch _batch = Batch();
    private QueueDecider _queue = null!;
    private long _linkSequence;
    private long _sequenceNr;

    [Params(false, true)]
    public bool Durable { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _queue = new QueueDecider(Durable, Limits, _outcome);
        _queue.StartConsumer(Consumer, new ConsumerSettings("c", NoAck: false, Exclusive: false, 0, WindowBytes, ArgumentTable.Empty), "queue");
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long PublishDeliverSettleTogether()
    {
        PublishAndDeliver();
        foreach (var segment in _outcome.TakeDelivered())
            _queue.Settle(Consumer, SettleOutcome.Accepted, new PositionRange(segment.FirstPosition, segment.Count));
        return Finish();
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long PublishDeliverSettleOneByOne()
    {
        PublishAndDeliver();
        foreach (var segment in _outcome.TakeDelivered())
        {
            for (var index = 0; index < segment.Count; index++)
                _queue.Settle(Consumer, SettleOutcome.Accepted, new PositionRange(segment.FirstPosition + index, 1));
        }

        return Finish();
    }

    private static MessageBatch Batch()
    {
        const int properties = 3;
        var size = MessageRecord.SizeOf(properties, BodySize);
        var slab = new byte[Messages * size];
        var offsets = new int[Messages];
        for (var index = 0; index < Messages; index++)
        {
            offsets[index] = index * size;
            MessageRecord.WriteHeader(
                slab.AsSpan(offsets[index]), MessageFormat.Amqp091, properties, BodySize, routeIndex: 0, MessageFlags.Persistent, priority: 0);
        }

        return new MessageBatch(slab, offsets, [MessageRoute.Create("", "queue")]);
    }

    private void PublishAndDeliver()
    {
        _queue.Publish(Connection, ++_linkSequence, _batch);
        if (_outcome.TakeWrite())
            _queue.WriteCompleted(++_sequenceNr);
    }

    private long Finish()
    {
        _queue.AfterSettling();
        _queue.GrantCredit(Consumer, _batch.SizeBytes);
        _queue.FlushSettlements();
        if (_outcome.TakeWrite())
            _queue.WriteCompleted(++_sequenceNr);
        return _queue.ReadyCount + _queue.UnsettledCount == 0
            ? _sequenceNr
            : throw new InvalidOperationException("Messages were left in the queue: what was measured is not the whole way.");
    }

    /// <summary>Remembers what the queue asked for.</summary>
    private sealed class Outcome : IQueueEffects
    {
        private DeliverySegment[] _delivered = [];
        private bool _wasWriteAsked;

        public DeliverySegment[] TakeDelivered()
        {
            var delivered = _delivered;
            _delivered = [];
            return delivered;
        }

        public bool TakeWrite()
        {
            var wasAsked = _wasWriteAsked;
            _wasWriteAsked = false;
            return wasAsked;
        }

        public void Deliver(ConsumerKey consumer, DeliverySegment[] segments) => _delivered = [.. _delivered, .. segments];

        public void Write(QueueWrite write) => _wasWriteAsked = true;

        public void Progress(int connection, long acceptedSequence, long confirmedSequence)
        {
            // The publisher of the benchmark does not wait.
        }

        public void PublishFailed(int connection, long firstSequence, long lastSequence) => throw new InvalidOperationException();

        public void Load(SegmentAddress segment) => throw new InvalidOperationException();

        public void GetAnswered(ConsumerKey getter, long requestId, DeliverySegment? segment, long messagesLeft) =>
            throw new InvalidOperationException();
    }
}
