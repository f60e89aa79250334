using System.Buffers.Binary;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// The content of a publish whose header frame and single body frame lie whole and well-formed behind its method frame:
/// nearly every publish. Whatever is otherwise is left to the frame decoder, which also finds what is wrong.
/// </summary>
internal readonly record struct WholeContent(int PropertiesOffset, int PropertiesLength, int BodyOffset, int BodyLength, int End)
{
    private const int HeaderFrameSizeMin = Frame.Overhead + ContentHeader.FixedSize + sizeof(ushort);

    /// <param name="position">Where the frame after the method frame begins.</param>
    public static bool TryFind(
        ReadOnlySpan<byte> buffer, int position, ushort channel, int frameMax, int messageSizeMax, out WholeContent content)
    {
        content = default;
        if (!TryReadFrame(buffer, position, FrameType.Header, channel, frameMax, out var headerLength)
            || headerLength + Frame.Overhead < HeaderFrameSizeMin)
        {
            return false;
        }

        var header = buffer.Slice(position + Frame.HeaderSize, ContentHeader.FixedSize);
        var bodySize = BinaryPrimitives.ReadUInt64BigEndian(header[4..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(header) != MethodId.ClassOf(MethodId.BasicPublish) || bodySize > (ulong)messageSizeMax)
            return false;
        var propertiesOffset = position + Frame.HeaderSize + ContentHeader.FixedSize;
        var end = position + headerLength + Frame.Overhead;
        var bodyOffset = end;
        if (bodySize > 0)
        {
            if (!TryReadFrame(buffer, end, FrameType.Body, channel, frameMax, out var bodyLength) || (ulong)bodyLength != bodySize)
                return false;
            bodyOffset = end + Frame.HeaderSize;
            end += bodyLength + Frame.Overhead;
        }

        content = new WholeContent(propertiesOffset, headerLength - ContentHeader.FixedSize, bodyOffset, (int)bodySize, end);
        return true;
    }

    private static bool TryReadFrame(
        ReadOnlySpan<byte> buffer, int position, FrameType type, ushort channel, int frameMax, out int payloadLength)
    {
        payloadLength = 0;
        var available = buffer[position..];
        if (available.Length < Frame.Overhead || available[0] != (byte)type
            || BinaryPrimitives.ReadUInt16BigEndian(available[1..]) != channel)
        {
            return false;
        }

        var size = BinaryPrimitives.ReadUInt32BigEndian(available[3..]);
        if (size > (uint)(frameMax - Frame.Overhead) || size > (uint)(available.Length - Frame.Overhead)
            || available[(int)size + Frame.HeaderSize] != Frame.EndOctet)
        {
            return false;
        }

        payloadLength = (int)size;
        return true;
    }
}
