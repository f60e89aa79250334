using System.Buffers;
using ActorBroker.Core.Arguments;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>
/// One read of 64 KiB of publishes from bytes to bytes: decoded, routed, put into a batch, through the queue's rules,
/// written where durable, encoded for a consumer, acknowledged and confirmed there. Without sockets, mailboxes and disk.
/// </summary>
[MemoryDiagnoser]
public class PathBenchmarks : IOutput
{
    private const int ReadSize = 65_536;
    private const int OutputSize = 1 << 20;
    private const int FrameMax = 131_072;

    private readonly byte[] _output = new byte[OutputSize];
    private readonly byte[] _acknowledgement = new byte[64];
    private LoopbackBroker _broker = null!;
    private byte[] _read = [];
    private ulong _delivered;
    private int _written;

    /// <summary>Bytes of each body.</summary>
    [Params(16, 1024)]
    public int BodyBytes { get; set; }

    /// <summary>A durable queue, persistent messages, confirms and acknowledgements; or none of them.</summary>
    [Params(false, true)]
    public bool Durable { get; set; }

    /// <summary>Messages of a read.</summary>
    public int Messages { get; private set; }

    /// <summary>A client that has opened a channel and consumes.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _broker = new LoopbackBroker(Durable);
        Receive(OpeningBytes(), opening: true);
        _read = PublishBytes();
        _delivered = 0;
    }

    /// <summary>The whole way of a read.</summary>
    [Benchmark]
    public int PublishDeliverAcknowledge()
    {
        _written = 0;
        Receive(_read, opening: false);
        _delivered += (ulong)Messages;
        if (Durable)
        {
            var length = FrameWriter.WriteMethod(_acknowledgement, 1, new BasicAck(_delivered, Multiple: true));
            Take(_acknowledgement, length);
        }

        return _written;
    }

    /// <summary>Ends the broker.</summary>
    [GlobalCleanup]
    public void CleanUp() => _broker.Stop();

    /// <inheritdoc/>
    public void Advance(int count) => _written += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => _output.AsMemory(_written);

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => _output.AsSpan(_written);

    /// <inheritdoc/>
    public void AppendBorrowed(ReadOnlyMemory<byte> bytes) => _written += bytes.Length;

    private static byte[] OpeningBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(ProtocolHeader.Bytes);
        FrameWriter.WriteMethod(bytes, 0, new ConnectionStartOk(ArgumentTable.Empty, "PLAIN", "\0guest\0guest"u8, "en_US"));
        FrameWriter.WriteMethod(bytes, 0, new ConnectionTuneOk(1, FrameMax, 0));
        FrameWriter.WriteMethod(bytes, 0, new ConnectionOpen("/"));
        FrameWriter.WriteMethod(bytes, 1, new ChannelOpen());
        return bytes.WrittenSpan.ToArray();
    }

    private byte[] PublishBytes()
    {
        var start = new ArrayBufferWriter<byte>();
        if (Durable)
        {
            FrameWriter.WriteMethod(start, 1, new ConfirmSelect(NoWait: false));
        }

        FrameWriter.WriteMethod(start, 1, new BasicConsume("q", "consumer", false, !Durable, false, false, ArgumentTable.Empty));
        Receive(start.WrittenSpan.ToArray(), opening: true);
        var properties = new BasicProperties { DeliveryMode = (byte)(Durable ? 2 : 1) }.ToArray();
        var publish = new BasicPublish(""u8, "q"u8, mandatory: false, immediate: false);
        var size = FrameWriter.GetMethodFrameSize(publish) + FrameWriter.GetContentHeaderFrameSize(properties.Length)
            + (int)FrameWriter.GetBodyFramesSize(BodyBytes, FrameMax);
        Messages = ReadSize / size;
        var bytes = new byte[Messages * size];
        var position = 0;
        var body = new byte[BodyBytes];
        for (var message = 0; message < Messages; message++)
        {
            position += FrameWriter.WriteMethod(bytes.AsSpan(position), 1, publish);
            position += FrameWriter.WriteContentHeader(bytes.AsSpan(position), 1, (ulong)BodyBytes, properties);
            position += FrameWriter.WriteBodyFrames(bytes.AsSpan(position), 1, body, FrameMax);
        }

        return bytes;
    }

    private void Receive(byte[] bytes, bool opening)
    {
        Take(bytes, bytes.Length);
        if (!opening && _written < Messages * BodyBytes)
        {
            throw new InvalidOperationException($"{_written} bytes cannot be {Messages} deliveries: {_broker.Connection.CloseReason}.");
        }
    }

    // Until nothing is left to say: credit brings the next deliveries.
    private void Take(byte[] bytes, int length)
    {
        for (var position = 0; position < length;)
        {
            var taken = _broker.Connection.OnBytes(bytes, position, length - position, nowMs: 0);
            position += taken > 0 ? taken : throw new InvalidOperationException("The broker does not take what the client sends.");
        }

        do
        {
            _broker.Settle();
            _broker.Connection.WriteOutput(this, OutputSize);
            _broker.Settle();
        }
        while (_broker.Connection.HasOutput);
    }
}
