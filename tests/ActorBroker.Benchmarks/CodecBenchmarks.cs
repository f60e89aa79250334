using ActorBroker.Protocols.Amqp091.Wire;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>The AMQP 0-9-1 codec on one read, or one write, of 64 KiB of messages. The time is that of the whole buffer.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private const int BufferSize = 65_536;
    private const int FrameMax = 131_072;

    private readonly byte[] _received = new byte[BufferSize];
    private readonly byte[] _sent = new byte[BufferSize];
    private readonly BasicDeliverTemplate _template = new(1, "consumer-tag"u8, ""u8, "queue"u8);
    private readonly byte[] _properties = new BasicProperties { DeliveryMode = 2 }.ToArray();
    private byte[] _body = [];
    private int _receivedLength;

    [Params(16, 1024)]
    public int BodySize { get; set; }

    private int ContentSize =>
        FrameWriter.GetContentHeaderFrameSize(_properties.Length) + (int)FrameWriter.GetBodyFramesSize(BodySize, FrameMax);

    [GlobalSetup]
    public void Setup()
    {
        _body = new byte[BodySize];
        _receivedLength = 0;
        var publish = new BasicPublish(""u8, "queue"u8, mandatory: false, immediate: false);
        var messageSize = FrameWriter.GetMethodFrameSize(publish) + ContentSize;
        while (_receivedLength + messageSize <= BufferSize)
        {
            _receivedLength += FrameWriter.WriteMethod(_received.AsSpan(_receivedLength), 1, publish);
            _receivedLength += WriteContent(_received.AsSpan(_receivedLength));
        }
    }

    [Benchmark]
    public long DecodePublishes()
    {
        var decoder = new FrameDecoder(FrameMax);
        var position = 0;
        var bytes = 0L;
        ReadOnlySpan<byte> buffer = _received.AsSpan(0, _receivedLength);
        while (decoder.Read(buffer, ref position, out var slice) == FrameDecodeStatus.Slice)
        {
            var payload = buffer.Slice(slice.PayloadOffset, slice.PayloadLength);
            bytes += slice.Type switch
            {
                FrameType.Method => BasicPublish.Read(payload).RoutingKey.Length,
                FrameType.Header => (long)ContentHeader.Read(payload).BodySize,
                _ => payload.Length,
            };
        }

        return bytes;
    }

    [Benchmark]
    public int EncodeDeliveries()
    {
        var position = 0;
        for (var tag = 1UL; position + _template.Size + ContentSize <= BufferSize; tag++)
        {
            position += _template.Write(_sent.AsSpan(position), tag, redelivered: false);
            position += WriteContent(_sent.AsSpan(position));
        }

        return position;
    }

    private int WriteContent(Span<byte> destination)
    {
        var position = FrameWriter.WriteContentHeader(destination, 1, (ulong)BodySize, _properties);
        return position + FrameWriter.WriteBodyFrames(destination[position..], 1, _body, FrameMax);
    }
}
