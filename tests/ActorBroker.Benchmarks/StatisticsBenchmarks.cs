using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>What counting costs by itself: a published message at its channel, and a look at a long queue, once a second at most.</summary>
[MemoryDiagnoser]
public class StatisticsBenchmarks : UnobservedQueueEffects
{
    private const int Messages = 1_000;
    private const int Batches = 100;

    private readonly ChannelCounters _counters = new();
    private readonly QueueCounters _one = new();
    private QueueDecider _queue = null!;

    /// <summary>Bytes of each body.</summary>
    [Params(16, 1024)]
    public int BodyBytes { get; set; }

    /// <summary>A queue of 100,000 messages that nobody takes, all in memory.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var body = Math.Min(BodyBytes, 16);
        var size = MessageRecord.SizeOf(0, body);
        var slab = new byte[Messages * size];
        int[] offsets = [.. Enumerable.Range(0, Messages).Select(message => message * size)];
        foreach (var offset in offsets)
        {
            MessageRecord.WriteHeader(slab.AsSpan(offset), MessageFormat.Amqp091, 0, body, 0, MessageFlags.None, 0);
        }

        _queue = new QueueDecider(
            durable: true, QueueSettings.Default, new QueueMemoryLimits(1 << 20, 64 << 20, 64 << 20, 1 << 20, 3), new MessageFormats(), now: 0, this);
        for (var sequence = 1; sequence <= Batches; sequence++)
        {
            _queue.Publish(1, sequence, new MessageBatch(slab, offsets, [MessageRoute.Create("", "q")]));
        }
    }

    /// <summary>What adding to one number costs.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long CountOneNumber()
    {
        for (var message = 0; message < Messages; message++)
        {
            _one.Published++;
        }

        return _one.Published;
    }

    /// <summary>A message is counted where it is published, and by its size.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long CountPublished()
    {
        for (var message = 0; message < Messages; message++)
        {
            _counters.CountPublished(BodyBytes);
        }

        return _counters.Published;
    }

    /// <summary>One look at the queue.</summary>
    [Benchmark]
    public long MeasureSizes() => _queue.MeasureSizes().ReadyBytes;

    /// <inheritdoc/>
    public override void Write(QueueWrite write)
    {
    }
}
