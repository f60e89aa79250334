using System.Buffers.Binary;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>One value of a field table where it lies: valid as long as the table's bytes are.</summary>
public readonly ref struct FieldValue
{
    internal FieldValue(ArgumentKind kind, ReadOnlySpan<byte> payload)
    {
        Kind = kind;
        Payload = payload;
    }

    public ArgumentKind Kind { get; }

    /// <summary>The value's bytes without type letter and length: text, binary, or the entries of a table or array.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public bool TryGetBoolean(out bool value)
    {
        value = Kind == ArgumentKind.Boolean && Payload[0] != 0;
        return Kind == ArgumentKind.Boolean;
    }

    /// <summary>Accepts every integer kind.</summary>
    public bool TryGetInt64(out long value)
    {
        value = Kind switch
        {
            ArgumentKind.SByte => (sbyte)Payload[0],
            ArgumentKind.Byte => Payload[0],
            ArgumentKind.Int16 => BinaryPrimitives.ReadInt16BigEndian(Payload),
            ArgumentKind.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(Payload),
            ArgumentKind.Int32 => BinaryPrimitives.ReadInt32BigEndian(Payload),
            ArgumentKind.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(Payload),
            ArgumentKind.Int64 => BinaryPrimitives.ReadInt64BigEndian(Payload),
            _ => 0,
        };
        return Kind.IsInteger();
    }

    /// <summary>The value as one that owns its memory.</summary>
    /// <exception cref="Amqp091WireException">502: a nested table or array is malformed or beyond the limits.</exception>
    public ArgumentValue ToArgumentValue() => FieldTableReader.ToValue(this);
}
