using System.Buffers.Binary;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Serialization;

/// <content>What is left of an event whose bytes are damaged.</content>
internal static partial class MessagesWrittenCodec
{
    // Of a batch's written form: where it says how many records it has, and the least size of all that is no record.
    private const int RecordCountOffset = sizeof(long) + 4;
    private const int BatchMin = sizeof(long) + 20;

    // Positions beyond are damage themselves: no queue lives that long.
    private const long PositionMax = 1L << 48;

    /// <summary>
    /// The event without its damaged batches, or without anything but what its batches were about if the rest of it is
    /// damaged: then nothing that it says can be trusted.
    /// </summary>
    /// <param name="bytes">The event's; becomes the slab of the batches that are left.</param>
    /// <param name="damage">What is wrong with them.</param>
    /// <exception cref="NewerFormException">But for batches, the event is whole, and from a newer version.</exception>
    public static MessagesWritten Salvage(byte[] bytes, string damage)
    {
        try
        {
            return Read(bytes, lost: []) with { Damage = damage };
        }
        catch (InvalidDataException)
        {
            return new MessagesWritten(0, new QueueWrite([], [], 0)) { Lost = PositionsIn(bytes), Damage = damage };
        }
    }

    /// <summary>The bytes begin as those of an event of messages do, and as no others of a queue.</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes) =>
        bytes.Length > SectionHeaderSize + HeadSize && bytes[0] == Head && BinaryPrimitives.ReadUInt32LittleEndian(bytes[1..]) == HeadSize;

    private static PositionRange[] PositionsIn(ReadOnlySpan<byte> bytes)
    {
        var lost = new List<PositionRange>();
        while (bytes.Length > SectionHeaderSize && bytes[0] != Checksum)
        {
            var size = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes[1..]), int.MaxValue);
            var payload = bytes.Slice(SectionHeaderSize, Math.Min(size, bytes.Length - SectionHeaderSize));
            if (bytes[0] is Batch or Copy)
            {
                AddPositionsOf(payload, size, lost);
            }

            bytes = bytes[(SectionHeaderSize + payload.Length)..];
        }

        return [.. lost];
    }

    // As far as there are bytes: an event may be cut off.
    private static void AddPositionsOf(ReadOnlySpan<byte> payload, int payloadSize, List<PositionRange> lost)
    {
        if (payload.Length < RecordCountOffset + sizeof(uint))
        {
            return;
        }

        var first = BinaryPrimitives.ReadInt64LittleEndian(payload);
        var said = BinaryPrimitives.ReadUInt32LittleEndian(payload[RecordCountOffset..]);
        var count = Math.Min(said, Math.Max(0, payloadSize - BatchMin) / MessageRecord.HeaderSize);
        if (first is >= 0 and <= PositionMax && count > 0)
        {
            lost.Add(new PositionRange(first, count));
        }
    }
}
