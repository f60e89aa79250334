using System.Diagnostics.CodeAnalysis;

namespace ActorBroker.Core.Arguments;

/// <summary>
/// The type of an <see cref="ArgumentValue"/>: those of an AMQP 0-9-1 field table (§4.2.5.5) as RabbitMQ reads them.
/// The numbers are persisted: add to them, never change one.
/// </summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The kinds are these types.")]
public enum ArgumentKind : byte
{
    Void = 0,
    Boolean = 1,
    SByte = 2,
    Byte = 3,
    Int16 = 4,
    UInt16 = 5,
    Int32 = 6,
    UInt32 = 7,
    Int64 = 8,
    Single = 9,
    Double = 10,

    /// <summary>A scale and an unsigned value, see <see cref="ArgumentDecimal"/>.</summary>
    Decimal = 11,

    /// <summary>Bytes that are meant to be UTF-8 text but need not be valid.</summary>
    LongString = 12,

    /// <summary>Bytes without a meaning as text.</summary>
    Binary = 13,
    Array = 14,

    /// <summary>Seconds since 1970-01-01 UTC, unsigned.</summary>
    Timestamp = 15,
    Table = 16,
}

/// <summary>A decimal as it is on the wire: <paramref name="Value"/> divided by ten to the power of <paramref name="Scale"/>.</summary>
public readonly record struct ArgumentDecimal(byte Scale, uint Value);

public static class ArgumentKindExtensions
{
    /// <summary>The kind's name in RabbitMQ's error texts and management API, such as <c>longstr</c> or <c>signedint</c>.</summary>
    public static string TypeName(this ArgumentKind kind) => kind switch
    {
        ArgumentKind.Void => "void",
        ArgumentKind.Boolean => "bool",
        ArgumentKind.SByte => "byte",
        ArgumentKind.Byte => "unsignedbyte",
        ArgumentKind.Int16 => "short",
        ArgumentKind.UInt16 => "unsignedshort",
        ArgumentKind.Int32 => "signedint",
        ArgumentKind.UInt32 => "unsignedint",
        ArgumentKind.Int64 => "long",
        ArgumentKind.Single => "float",
        ArgumentKind.Double => "double",
        ArgumentKind.Decimal => "decimal",
        ArgumentKind.LongString => "longstr",
        ArgumentKind.Binary => "binary",
        ArgumentKind.Array => "array",
        ArgumentKind.Timestamp => "timestamp",
        ArgumentKind.Table => "table",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown argument kind"),
    };

    /// <summary>Whether the kind is a whole number, from <see cref="ArgumentKind.SByte"/> to <see cref="ArgumentKind.Int64"/>.</summary>
    public static bool IsInteger(this ArgumentKind kind) => kind is >= ArgumentKind.SByte and <= ArgumentKind.Int64;
}
