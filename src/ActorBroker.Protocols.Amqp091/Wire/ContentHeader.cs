using System.Buffers.Binary;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// The payload of a content header frame (AMQP 0-9-1 §4.2.6.1):
/// <code>
/// 0          2        4                  12               14
/// | class-id | weight | body-size:uint64 | property-flags | property-list ...
/// </code>
/// The properties stay bytes, from the flags on: the broker keeps and delivers them as they came.
/// </summary>
public readonly ref struct ContentHeader
{
    /// <summary>The bytes before the property flags.</summary>
    public const int FixedSize = 12;

    private ContentHeader(ReadOnlySpan<byte> payload)
    {
        ClassId = BinaryPrimitives.ReadUInt16BigEndian(payload);
        BodySize = BinaryPrimitives.ReadUInt64BigEndian(payload[4..]);
        Properties = payload[FixedSize..];
    }

    public ushort ClassId { get; }

    /// <summary>The bytes of body that follow in body frames: whatever the peer says, up to 2^64-1.</summary>
    public ulong BodySize { get; }

    /// <summary>Property flags and property list, not validated; part of the payload. See <see cref="BasicPropertiesView"/>.</summary>
    public ReadOnlySpan<byte> Properties { get; }

    /// <exception cref="Amqp091WireException">501: too short to be a content header.</exception>
    public static ContentHeader Read(ReadOnlySpan<byte> payload)
    {
        // The weight is unused, and ignored as RabbitMQ does.
        if (payload.Length < FixedSize + sizeof(ushort))
            ThrowTooShort(payload.Length);
        return new ContentHeader(payload);
    }

    private static void ThrowTooShort(int length) =>
        throw new Amqp091WireException(ReplyCode.FrameError, $"a content header frame of {length} bytes is too short");
}
