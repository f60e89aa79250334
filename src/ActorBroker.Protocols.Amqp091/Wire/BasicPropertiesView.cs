using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// The properties of a message where they lie, read one by one and without allocating:
/// <code>
/// flags:uint16 { property }      bit 15 of the flags is the first property, bit 0 continues the flags (AMQP 0-9-1 §4.2.6.1)
/// property = short-string | headers: table | delivery-mode, priority: byte | timestamp: uint64
/// </code>
/// Every access is bounds-checked: on bytes that <see cref="Validate"/> would refuse it may throw
/// <see cref="Amqp091WireException"/>, and nothing else.
/// </summary>
public readonly ref struct BasicPropertiesView
{
    private const int DeliveryModeFlag = 1 << (15 - (int)BasicProperty.DeliveryMode);
    private const int FlagsBeforeDeliveryMode = 0xE000;
    private const int UndefinedFlags = 0b11;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ushort _flags;

    /// <param name="bytes">Everything from the property flags on; kept by the view.</param>
    /// <exception cref="Amqp091WireException">502: too short to hold the flags.</exception>
    public BasicPropertiesView(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(ushort))
            ThrowTruncated();
        _bytes = bytes;
        _flags = BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    public bool Has(BasicProperty property) => (_flags & FlagOf(property)) != 0;

    /// <summary>Whether the delivery mode is 2. It is asked for each publish, and mostly a test and a load.</summary>
    public bool IsPersistent => TryGetDeliveryMode(out var mode) && mode == 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetDeliveryMode(out byte mode)
    {
        mode = 0;
        if ((_flags & DeliveryModeFlag) == 0)
            return false;
        var offset = (_flags & FlagsBeforeDeliveryMode) == 0 ? sizeof(ushort) : OffsetOf(BasicProperty.DeliveryMode);
        if (offset >= _bytes.Length)
            ThrowTruncated();
        mode = _bytes[offset];
        return true;
    }

    public bool TryGetPriority(out byte priority)
    {
        var found = TryFind(BasicProperty.Priority, out var value);
        priority = found ? value[0] : (byte)0;
        return found;
    }

    /// <param name="posixSeconds">Seconds since 1970-01-01 UTC.</param>
    public bool TryGetTimestamp(out ulong posixSeconds)
    {
        var found = TryFind(BasicProperty.Timestamp, out var value);
        posixSeconds = found ? BinaryPrimitives.ReadUInt64BigEndian(value) : 0;
        return found;
    }

    /// <param name="entries">The headers' entries, without the table's length, for <see cref="FieldTableReader"/>.</param>
    public bool TryGetHeaders(out ReadOnlySpan<byte> entries) => TryFind(BasicProperty.Headers, out entries);

    /// <summary>The value's bytes, without the length before a string or table.</summary>
    /// <returns>False, and an empty value, if the property is absent.</returns>
    public bool TryFind(BasicProperty property, out ReadOnlySpan<byte> value)
    {
        if (!Has(property))
        {
            value = default;
            return false;
        }

        var offset = OffsetOf(property);
        var end = EndOf(property, offset);
        value = _bytes[(offset + LengthPrefixOf(property))..end];
        return true;
    }

    /// <summary>The value's bytes as they are on the wire, with the length before a string or table; empty if the property is absent.</summary>
    public ReadOnlySpan<byte> EncodedOf(BasicProperty property)
    {
        if (!Has(property))
            return default;
        var offset = OffsetOf(property);
        return _bytes[offset..EndOf(property, offset)];
    }

    /// <summary>
    /// Checks the list once, as a publish arrives: no flags beyond those defined, every property whole, the headers a valid
    /// table (<see cref="FieldTableReader.Validate"/>), nothing after the last one.
    /// </summary>
    /// <exception cref="Amqp091WireException">502, with what is wrong.</exception>
    public void Validate()
    {
        if ((_flags & UndefinedFlags) != 0)
            ThrowUndefinedFlags();
        var offset = sizeof(ushort);
        for (var rest = _flags; rest != 0; rest = WithoutFirst(rest))
        {
            var property = FirstOf(rest);
            var end = EndOf(property, offset);
            if (property == BasicProperty.Headers)
                FieldTableReader.Validate(_bytes[(offset + sizeof(uint))..end]);
            offset = end;
        }

        if (offset != _bytes.Length)
            ThrowOverlong();
    }

    /// <summary>Where a property lies, or would lie if it were present, in the bytes given.</summary>
    internal int EndOfThoseBefore(BasicProperty property) => OffsetOf(property);

    private static ushort FlagOf(BasicProperty property) => (ushort)(0x8000 >> (int)property);

    private static BasicProperty FirstOf(ushort flags) => (BasicProperty)BitOperations.LeadingZeroCount((uint)flags << 16);

    private static ushort WithoutFirst(ushort flags) => (ushort)(flags & ~FlagOf(FirstOf(flags)));

    private static int LengthPrefixOf(BasicProperty property) => property switch
    {
        BasicProperty.Headers => sizeof(uint),
        BasicProperty.DeliveryMode or BasicProperty.Priority or BasicProperty.Timestamp => 0,
        _ => sizeof(byte),
    };

    /// <summary>Where a property that is present begins, found by stepping over those before it.</summary>
    private int OffsetOf(BasicProperty property)
    {
        var offset = sizeof(ushort);
        for (var before = (ushort)(_flags & ~(0xFFFF >> (int)property)); before != 0; before = WithoutFirst(before))
            offset = EndOf(FirstOf(before), offset);
        return offset;
    }

    /// <summary>Where a property that begins at the offset ends, which is within the bytes.</summary>
    private int EndOf(BasicProperty property, int offset)
    {
        var rest = _bytes[offset..];
        var prefix = LengthPrefixOf(property);
        if (rest.Length < prefix)
            ThrowTruncated();
        ulong size = property switch
        {
            BasicProperty.Headers => sizeof(uint) + (ulong)BinaryPrimitives.ReadUInt32BigEndian(rest),
            BasicProperty.DeliveryMode or BasicProperty.Priority => sizeof(byte),
            BasicProperty.Timestamp => sizeof(ulong),
            _ => sizeof(byte) + (uint)rest[0],
        };
        if (size > (ulong)rest.Length)
            ThrowTruncated();
        return offset + (int)size;
    }

    private static void ThrowTruncated() => Throw("the property list of a content header ends early");

    private static void ThrowOverlong() => Throw("a content header has bytes after its property list");

    private static void ThrowUndefinedFlags() => Throw("a content header has property flags that the basic class does not define");

    private static void Throw(string problem) => throw new Amqp091WireException(ReplyCode.SyntaxError, problem);
}
