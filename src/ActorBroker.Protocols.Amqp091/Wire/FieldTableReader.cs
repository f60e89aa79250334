using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// Reads field tables (AMQP 0-9-1 §4.2.5.5). All methods take a table's entries, without the four bytes of length before them.
/// Nesting is limited to <see cref="ArgumentTable.DepthMax"/>, values (nested ones included) to
/// <see cref="ArgumentTable.ValueCountMax"/>, size to <see cref="SizeMax"/>; keys must be UTF-8. A breach is an
/// <see cref="Amqp091WireException"/> with 502.
/// </summary>
public static class FieldTableReader
{
    /// <summary>
    /// The largest table in bytes. No frame of the default size comes near it; it is half of what <see cref="ArgumentTableCodec"/>
    /// stores, whose form of the same table is at most a quarter longer.
    /// </summary>
    public const int SizeMax = ArgumentTableCodec.SizeMax / 2;

    /// <returns>The table in its order of entries, owning its memory.</returns>
    public static ArgumentTable Read(ReadOnlySpan<byte> entries)
    {
        CheckSize(entries);
        var valueCount = 0;
        return ReadTable(entries, depth: 1, ref valueCount);
    }

    /// <summary>Checks a whole table, nested ones included, as <see cref="Read"/> would, and allocates nothing.</summary>
    public static void Validate(ReadOnlySpan<byte> entries)
    {
        CheckSize(entries);
        var valueCount = 0;
        Validate(entries, isArray: false, depth: 1, ref valueCount);
    }

    /// <summary>Looks up the first entry of that name, without materializing or checking those after it.</summary>
    public static bool TryFind(ReadOnlySpan<byte> entries, ReadOnlySpan<byte> key, out FieldValue value)
    {
        var enumerator = Enumerate(entries);
        while (enumerator.MoveNext())
        {
            if (enumerator.CurrentKey.SequenceEqual(key))
            {
                value = enumerator.CurrentValue;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The entries one after the other, without allocating.</summary>
    public static FieldTableEnumerator Enumerate(ReadOnlySpan<byte> entries) => new(entries, isArray: false);

    /// <param name="items">A field array's values, without the four bytes of length before them.</param>
    public static FieldTableEnumerator EnumerateArray(ReadOnlySpan<byte> items) => new(items, isArray: true);

    internal static ArgumentValue ToValue(FieldValue value)
    {
        var valueCount = 0;
        return ToValue(value, depth: 1, ref valueCount);
    }

    private static ArgumentTable ReadTable(ReadOnlySpan<byte> entries, int depth, ref int valueCount)
    {
        CheckDepth(depth);
        if (entries.IsEmpty)
            return ArgumentTable.Empty;
        var builder = new ArgumentTable.Builder();
        var enumerator = Enumerate(entries);
        while (enumerator.MoveNext())
        {
            CheckKey(enumerator.CurrentKey);
            builder.Add(Encoding.UTF8.GetString(enumerator.CurrentKey), ToValue(enumerator.CurrentValue, depth, ref valueCount));
        }

        return builder.Build();
    }

    private static ArgumentValue ReadArray(ReadOnlySpan<byte> items, int depth, ref int valueCount)
    {
        CheckDepth(depth);
        var builder = ImmutableArray.CreateBuilder<ArgumentValue>();
        var enumerator = EnumerateArray(items);
        while (enumerator.MoveNext())
            builder.Add(ToValue(enumerator.CurrentValue, depth, ref valueCount));
        return ArgumentValue.FromArray(builder.DrainToImmutable());
    }

    private static ArgumentValue ToValue(FieldValue value, int depth, ref int valueCount)
    {
        CountValue(ref valueCount);
        var payload = value.Payload;
        return value.Kind switch
        {
            ArgumentKind.Boolean => ArgumentValue.FromBoolean(payload[0] != 0),
            ArgumentKind.SByte => ArgumentValue.FromSByte((sbyte)payload[0]),
            ArgumentKind.Byte => ArgumentValue.FromByte(payload[0]),
            ArgumentKind.Int16 => ArgumentValue.FromInt16(BinaryPrimitives.ReadInt16BigEndian(payload)),
            ArgumentKind.UInt16 => ArgumentValue.FromUInt16(BinaryPrimitives.ReadUInt16BigEndian(payload)),
            ArgumentKind.Int32 => ArgumentValue.FromInt32(BinaryPrimitives.ReadInt32BigEndian(payload)),
            ArgumentKind.UInt32 => ArgumentValue.FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(payload)),
            ArgumentKind.Int64 => ArgumentValue.FromInt64(BinaryPrimitives.ReadInt64BigEndian(payload)),
            ArgumentKind.Single => ArgumentValue.FromSingle(BinaryPrimitives.ReadSingleBigEndian(payload)),
            ArgumentKind.Double => ArgumentValue.FromDouble(BinaryPrimitives.ReadDoubleBigEndian(payload)),
            ArgumentKind.Decimal => ArgumentValue.FromDecimal(payload[0], BinaryPrimitives.ReadUInt32BigEndian(payload[1..])),
            ArgumentKind.LongString => ArgumentValue.FromString(payload),
            ArgumentKind.Binary => ArgumentValue.FromBinary(payload),
            ArgumentKind.Array => ReadArray(payload, depth + 1, ref valueCount),
            ArgumentKind.Timestamp => ArgumentValue.FromTimestamp(BinaryPrimitives.ReadUInt64BigEndian(payload)),
            ArgumentKind.Table => ArgumentValue.FromTable(ReadTable(payload, depth + 1, ref valueCount)),
            _ => ArgumentValue.Void,
        };
    }

    private static void Validate(ReadOnlySpan<byte> entries, bool isArray, int depth, ref int valueCount)
    {
        CheckDepth(depth);
        var enumerator = new FieldTableEnumerator(entries, isArray);
        while (enumerator.MoveNext())
        {
            CountValue(ref valueCount);
            CheckKey(enumerator.CurrentKey);
            var value = enumerator.CurrentValue;
            if (value.Kind is ArgumentKind.Table or ArgumentKind.Array)
                Validate(value.Payload, value.Kind == ArgumentKind.Array, depth + 1, ref valueCount);
        }
    }

    private static void CheckSize(ReadOnlySpan<byte> entries)
    {
        if (entries.Length > SizeMax)
            Throw($"a field table of {entries.Length} bytes exceeds the limit of {SizeMax}");
    }

    private static void CheckDepth(int depth)
    {
        if (depth > ArgumentTable.DepthMax)
            Throw($"a field table is nested deeper than {ArgumentTable.DepthMax}");
    }

    private static void CheckKey(ReadOnlySpan<byte> key)
    {
        if (!Utf8.IsValid(key))
            Throw("a field table has a name that is not UTF-8");
    }

    private static void CountValue(ref int valueCount)
    {
        if (++valueCount > ArgumentTable.ValueCountMax)
            Throw($"a field table holds more than {ArgumentTable.ValueCountMax} values");
    }

    private static void Throw(string problem) => throw new Amqp091WireException(ReplyCode.SyntaxError, problem);
}
