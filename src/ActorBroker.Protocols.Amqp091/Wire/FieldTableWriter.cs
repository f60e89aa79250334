using System.Text;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// Writes an <see cref="ArgumentTable"/> as a field table, with the type letters that RabbitMQ writes (AMQP 0-9-1 §4.2.5.5 and
/// its errata). Tables nested deeper than <see cref="ArgumentTable.DepthMax"/> and keys
/// above 255 bytes are an <see cref="ArgumentException"/>.
/// </summary>
public static class FieldTableWriter
{
    /// <summary>The table's size in bytes, including its four bytes of length.</summary>
    public static int GetSize(ArgumentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return SizeOf(table, depth: 1);
    }

    /// <summary>Writes the table with its four bytes of length.</summary>
    /// <param name="destination">At least <see cref="GetSize"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(Span<byte> destination, ArgumentTable table)
    {
        var writer = new WireWriter(destination);
        Write(ref writer, table);
        return writer.Position;
    }

    internal static void Write(ref WireWriter writer, ArgumentTable table)
    {
        var start = writer.BeginLength();
        foreach (var (key, value) in table)
        {
            writer.WriteShortString(key);
            WriteValue(ref writer, value);
        }

        writer.EndLength(start);
    }

    private static void WriteValue(ref WireWriter writer, ArgumentValue value)
    {
        writer.WriteByte(FieldType.LetterOf(value.Kind));
        switch (value.Kind)
        {
            case ArgumentKind.Void:
                break;
            case ArgumentKind.Boolean:
                writer.WriteBits(value.AsBoolean());
                break;
            case ArgumentKind.SByte or ArgumentKind.Byte:
                writer.WriteByte((byte)value.AsInt64());
                break;
            case ArgumentKind.Int16 or ArgumentKind.UInt16:
                writer.WriteUInt16((ushort)value.AsInt64());
                break;
            case ArgumentKind.Int32 or ArgumentKind.UInt32:
                writer.WriteUInt32((uint)value.AsInt64());
                break;
            case ArgumentKind.Int64:
                writer.WriteUInt64((ulong)value.AsInt64());
                break;
            case ArgumentKind.Single:
                writer.WriteUInt32(BitConverter.SingleToUInt32Bits(value.AsSingle()));
                break;
            case ArgumentKind.Double:
                writer.WriteUInt64(BitConverter.DoubleToUInt64Bits(value.AsDouble()));
                break;
            case ArgumentKind.Decimal:
                writer.WriteByte(value.AsDecimal().Scale);
                writer.WriteUInt32(value.AsDecimal().Value);
                break;
            case ArgumentKind.LongString or ArgumentKind.Binary:
                writer.WriteLongString(value.AsBytes().Span);
                break;
            case ArgumentKind.Timestamp:
                writer.WriteUInt64(value.AsTimestamp());
                break;
            case ArgumentKind.Array:
                var start = writer.BeginLength();
                foreach (var item in value.AsArray())
                    WriteValue(ref writer, item);
                writer.EndLength(start);
                break;
            default:
                Write(ref writer, value.AsTable());
                break;
        }
    }

    private static int SizeOf(ArgumentTable table, int depth)
    {
        CheckDepth(depth);
        var size = sizeof(uint);
        foreach (var (key, value) in table)
            size = checked(size + 1 + Encoding.UTF8.GetByteCount(key) + SizeOf(value, depth));
        return size;
    }

    /// <summary>The value's size with its type letter.</summary>
    private static int SizeOf(ArgumentValue value, int depth) => 1 + value.Kind switch
    {
        ArgumentKind.Void => 0,
        ArgumentKind.Boolean or ArgumentKind.SByte or ArgumentKind.Byte => 1,
        ArgumentKind.Int16 or ArgumentKind.UInt16 => 2,
        ArgumentKind.Int32 or ArgumentKind.UInt32 or ArgumentKind.Single => 4,
        ArgumentKind.Decimal => 5,
        ArgumentKind.Int64 or ArgumentKind.Double or ArgumentKind.Timestamp => 8,
        ArgumentKind.LongString or ArgumentKind.Binary => sizeof(uint) + value.AsBytes().Length,
        ArgumentKind.Array => SizeOfArray(value, depth + 1),
        _ => SizeOf(value.AsTable(), depth + 1),
    };

    private static int SizeOfArray(ArgumentValue array, int depth)
    {
        CheckDepth(depth);
        var size = sizeof(uint);
        foreach (var item in array.AsArray())
            size = checked(size + SizeOf(item, depth));
        return size;
    }

    private static void CheckDepth(int depth)
    {
        if (depth > ArgumentTable.DepthMax)
            throw new ArgumentException($"A field table is nested deeper than {ArgumentTable.DepthMax}.");
    }
}
