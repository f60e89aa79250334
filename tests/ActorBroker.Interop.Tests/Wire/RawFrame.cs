using System.Buffers.Binary;
using System.Text;

namespace ActorBroker.Interop.Tests.Wire;

public enum FrameType : byte
{
    Method = 1,
    Header = 2,
    Body = 3,
    Heartbeat = 8,
}

/// <summary>One frame as received.</summary>
public sealed record RawFrame(FrameType Type, ushort Channel, byte[] Payload)
{
    public const byte End = 0xCE;

    public (ushort ClassId, ushort MethodId) Method => (U16(0), U16(2));

    public ushort U16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(Payload.AsSpan(offset));

    public uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(offset));

    public ulong U64(int offset) => BinaryPrimitives.ReadUInt64BigEndian(Payload.AsSpan(offset));

    public string ShortString(int offset) => Encoding.UTF8.GetString(Payload, offset + 1, Payload[offset]);

    public override string ToString() => Type == FrameType.Method
        ? $"method {Method.ClassId}.{Method.MethodId} on channel {Channel}: {Encoding.Latin1.GetString(Payload, 4, Payload.Length - 4)}"
        : $"{Type} of {Payload.Length} octets on channel {Channel}";
}

/// <summary>What a <c>connection.close</c> or <c>channel.close</c> said.</summary>
public sealed record CloseReason(ushort Channel, bool OfConnection, ushort Code, string Text, ushort ClassId, ushort MethodId)
{
    public static CloseReason? From(RawFrame frame)
    {
        if (frame.Type != FrameType.Method || frame.Method is not ((10, 50) or (20, 40)))
        {
            return null;
        }

        var text = frame.ShortString(6);
        var rest = 7 + frame.Payload[6];
        return new CloseReason(frame.Channel, frame.Method.ClassId == 10, frame.U16(4), text, frame.U16(rest), frame.U16(rest + 2));
    }
}
