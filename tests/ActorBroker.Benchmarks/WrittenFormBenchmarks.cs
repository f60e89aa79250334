using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Serialization;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Akka.Actor;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>
/// Journal event encode/decode: one event of 1 MiB, as a queue under load writes it, and one batch of 64 KiB on its way
/// between nodes.
/// </summary>
[MemoryDiagnoser]
public class WrittenFormBenchmarks
{
    private const int EventSize = 1024 * 1024;
    private const int BatchSize = 64 * 1024;
    private const string EventManifest = "qe-written1";
    private const string PublishManifest = "q-publish1";

    private ActorSystem _system = null!;
    private JournalEventSerializer _journal = null!;
    private BrokerMessageSerializer _messages = null!;
    private MessagesWritten _event = null!;
    private PublishBatch _publish = null!;
    private byte[] _eventBytes = null!;
    private byte[] _publishBytes = null!;

    /// <summary>Bytes of each message's body.</summary>
    [Params(16, 1024, 65_000)]
    public int Body { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _system = ActorSystem.Create("benchmarks");
        _journal = new JournalEventSerializer((ExtendedActorSystem)_system);
        _messages = new BrokerMessageSerializer((ExtendedActorSystem)_system);
        var batch = Batch(Body);
        var placed = Enumerable.Range(0, EventSize / BatchSize).Select(i => new PlacedBatch(i * batch.Count, batch)).ToArray();
        _event = new MessagesWritten(1, new QueueWrite(placed, [new(0, 100), new(200, 50)], DeliveredBefore: 300));
        _publish = new PublishBatch(1, batch);
        _eventBytes = _journal.ToBinary(_event);
        _publishBytes = _messages.ToBinary(_publish);
    }

    [GlobalCleanup]
    public void Cleanup() => _system.Dispose();

    [Benchmark]
    public byte[] EncodeJournalEvent() => _journal.ToBinary(_event);

    [Benchmark]
    public object DecodeJournalEvent() => _journal.FromBinary(_eventBytes, EventManifest);

    [Benchmark]
    public byte[] EncodePublishBatch() => _messages.ToBinary(_publish);

    [Benchmark]
    public object DecodePublishBatch() => _messages.FromBinary(_publishBytes, PublishManifest);

    private static MessageBatch Batch(int body)
    {
        const int Properties = 3;
        var size = MessageRecord.SizeOf(Properties, body);
        var count = Math.Max(1, BatchSize / size);
        var slab = new byte[count * size];
        var offsets = new int[count];
        for (var i = 0; i < count; i++)
        {
            offsets[i] = i * size;
            MessageRecord.WriteHeader(
                slab.AsSpan(offsets[i]), MessageFormat.Amqp091, Properties, body, i % 2, MessageFlags.Persistent, priority: 0);
        }

        return new MessageBatch(slab, offsets, [MessageRoute.Create("exchange", "routing.key.one"), MessageRoute.Create("exchange", "routing.key.two")]);
    }
}
