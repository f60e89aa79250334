using System.Buffers.Binary;

namespace ActorBroker.Core.Messages;

/// <summary>
/// The layout of one message in a slab, in memory, in the journal and between nodes alike (little endian):
/// <code>
///  0  u24 length of the properties
///  3  u8  format of the properties (MessageFormat)
///  4  u32 length of the body
///  8  u16 index of the route in the batch's routes
/// 10  u8  flags (MessageFlags)
/// 11  u8  priority
/// 12  properties, then body
/// </code>
/// </summary>
public static class MessageRecord
{
    /// <summary>Bytes in front of the properties.</summary>
    public const int HeaderSize = 12;

    /// <summary>Where the flags are.</summary>
    internal const int FlagsOffset = 10;

    /// <summary>The most bytes of properties that a record can hold.</summary>
    public const int PropertiesLengthMax = (1 << 24) - 1;

    /// <summary>Size of a whole record.</summary>
    public static int SizeOf(int propertiesLength, int bodyLength) => checked(HeaderSize + propertiesLength + bodyLength);

    /// <summary>Writes the twelve bytes in front of the properties.</summary>
    public static void WriteHeader(
        Span<byte> destination, MessageFormat format, int propertiesLength, int bodyLength, int routeIndex, MessageFlags flags, byte priority)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)propertiesLength | ((uint)format << 24));
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], bodyLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], (ushort)routeIndex);
        destination[FlagsOffset] = (byte)flags;
        destination[11] = priority;
    }

    /// <summary>Changes which route a record names.</summary>
    internal static void SetRouteIndex(Span<byte> record, int routeIndex) =>
        BinaryPrimitives.WriteUInt16LittleEndian(record[8..], (ushort)routeIndex);

    /// <summary>Size of the record that starts the span, or -1 when the span does not hold all of it or its lengths make no sense.</summary>
    public static int TryReadSize(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderSize)
        {
            return -1;
        }

        var size = HeaderSize
            + (long)(BinaryPrimitives.ReadUInt32LittleEndian(source) & 0xFF_FFFF)
            + BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        return size <= source.Length ? (int)size : -1;
    }
}

/// <summary>One message of a batch, read in place. Valid as long as its batch is.</summary>
public readonly ref struct MessageView
{
    private readonly ReadOnlySpan<byte> _record;

    /// <summary>Reads the record that starts the span; what follows it is ignored.</summary>
    public MessageView(ReadOnlySpan<byte> record) => _record = record;

    /// <summary>Length of <see cref="Properties"/>.</summary>
    public int PropertiesLength => (int)(BinaryPrimitives.ReadUInt32LittleEndian(_record) & 0xFF_FFFF);

    /// <summary>Length of <see cref="Body"/>.</summary>
    public int BodyLength => BinaryPrimitives.ReadInt32LittleEndian(_record[4..]);

    /// <summary>How <see cref="Properties"/> are encoded.</summary>
    public MessageFormat Format => (MessageFormat)_record[3];

    /// <summary>Index into the batch's routes.</summary>
    public int RouteIndex => BinaryPrimitives.ReadUInt16LittleEndian(_record[8..]);

    /// <summary>What the queue must know.</summary>
    public MessageFlags Flags => (MessageFlags)_record[MessageRecord.FlagsOffset];

    /// <summary>The message's priority, 0 when it has none.</summary>
    public byte Priority => _record[11];

    /// <summary>True for a message that outlives a restart in a durable queue.</summary>
    public bool IsPersistent => (Flags & MessageFlags.Persistent) != 0;

    /// <summary>The properties as they arrived.</summary>
    public ReadOnlySpan<byte> Properties => _record.Slice(MessageRecord.HeaderSize, PropertiesLength);

    /// <summary>The body as it arrived.</summary>
    public ReadOnlySpan<byte> Body => _record.Slice(MessageRecord.HeaderSize + PropertiesLength, BodyLength);

    /// <summary>Size of the whole record.</summary>
    public int RecordLength => MessageRecord.HeaderSize + PropertiesLength + BodyLength;
}
