using System.Buffers.Binary;
using System.Buffers.Text;
using ActorBroker.PerfTest.Checking;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Load;

/// <summary>
/// Follows the frames of a delivery (<c>basic.deliver</c>, content header, bodies) and keeps of it what is measured; the body
/// is not gathered, only its stamp. A mutable struct: hold it in a field.
/// </summary>
internal struct DeliveryAssembler
{
    private StampBytes _stamp;
    private int _stampLength;
    private long _bodyLeft;

    /// <summary>Of the delivery that is under way or was just completed.</summary>
    public ulong DeliveryTag { get; private set; }

    /// <summary>The consumer tag, which is a decimal number.</summary>
    public int ConsumerTag { get; private set; }

    public bool Redelivered { get; private set; }

    public long BodySize { get; private set; }

    public readonly bool HasIdentity => _stampLength >= MessageStamp.IdentitySize;

    public readonly bool HasSentAt => _stampLength == MessageStamp.Size;

    public readonly ulong Identity => BinaryPrimitives.ReadUInt64BigEndian(_stamp);

    public readonly long SentAt => BinaryPrimitives.ReadInt64BigEndian(_stamp[MessageStamp.IdentitySize..]);

    public void OnDeliver(ReadOnlySpan<byte> payload)
    {
        // Not BasicDeliver.Read, which also validates the strings that nobody looks at here.
        const int tagLengthOffset = sizeof(uint);
        var offset = tagLengthOffset + 1 + payload[tagLengthOffset];
        ConsumerTag = Utf8Parser.TryParse(payload[(tagLengthOffset + 1)..offset], out int tag, out _) ? tag : -1;
        DeliveryTag = BinaryPrimitives.ReadUInt64BigEndian(payload[offset..]);
        Redelivered = (payload[offset + sizeof(ulong)] & 1) != 0;
    }

    /// <summary>True if that was all: the body is empty.</summary>
    public bool OnContentHeader(ReadOnlySpan<byte> payload)
    {
        BodySize = (long)ContentHeader.Read(payload).BodySize;
        _bodyLeft = BodySize;
        _stampLength = 0;
        return _bodyLeft == 0;
    }

    /// <summary>True if the delivery is complete.</summary>
    /// <param name="isFrameEnd">The piece ends its frame.</param>
    public bool OnBody(ReadOnlySpan<byte> piece, bool isFrameEnd)
    {
        if (_stampLength < MessageStamp.Size)
        {
            var taken = Math.Min(piece.Length, MessageStamp.Size - _stampLength);
            piece[..taken].CopyTo(_stamp[_stampLength..]);
            _stampLength += taken;
        }

        _bodyLeft -= piece.Length;
        if (_bodyLeft < 0)
            throw new LoadException($"the broker delivered more body than the {BodySize} bytes that it announced");
        return _bodyLeft == 0 && isFrameEnd;
    }

    [System.Runtime.CompilerServices.InlineArray(MessageStamp.Size)]
    private struct StampBytes
    {
        private byte _first;
    }
}
