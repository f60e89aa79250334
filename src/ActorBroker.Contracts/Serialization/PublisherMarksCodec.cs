using System.Buffers.Binary;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The written form of marks of publishers: <c>{ publisher:i64 sequence:varint [ at:varint ] refused }</c>, refused by
/// <see cref="PositionRangesCodec"/>; the time in snapshots only, as an event has one of its own.
/// </summary>
internal static class PublisherMarksCodec
{
    public static int GetSize(PublisherMark[] marks, bool withTime)
    {
        var size = 0;
        foreach (var mark in marks)
        {
            size = checked(size + sizeof(long) + Varint.SizeOf((ulong)mark.Sequence) + PositionRangesCodec.GetSize(mark.Refused));
            size += withTime ? Varint.SizeOf((ulong)mark.At) : 0;
        }

        return size;
    }

    public static void Write(PublisherMark[] marks, bool withTime, Span<byte> destination)
    {
        foreach (var mark in marks)
        {
            BinaryPrimitives.WriteInt64LittleEndian(destination, mark.Publisher);
            destination = destination[sizeof(long)..];
            Varint.Write(ref destination, (ulong)mark.Sequence);
            if (withTime)
            {
                Varint.Write(ref destination, (ulong)mark.At);
            }

            PositionRangesCodec.Write(mark.Refused, ref destination);
        }
    }

    /// <summary>Reads marks; null when they do not end where the bytes do.</summary>
    public static PublisherMark[]? TryRead(ReadOnlySpan<byte> source, bool withTime)
    {
        var marks = new List<PublisherMark>();
        while (!source.IsEmpty)
        {
            if (source.Length < sizeof(long))
            {
                return null;
            }

            var publisher = BinaryPrimitives.ReadInt64LittleEndian(source);
            source = source[sizeof(long)..];
            var at = 0UL;
            if (!Varint.TryRead(ref source, out var sequence)
                || (withTime && !Varint.TryRead(ref source, out at))
                || !PositionRangesCodec.TryRead(ref source, out var refused))
            {
                return null;
            }

            marks.Add(new PublisherMark(publisher, (long)sequence) { Refused = refused, At = (long)at });
        }

        return [.. marks];
    }

    /// <summary>All of a snapshot's marks in one array.</summary>
    public static byte[] WriteTimed(PublisherMark[] marks)
    {
        var bytes = new byte[GetSize(marks, withTime: true)];
        Write(marks, withTime: true, bytes);
        return bytes;
    }

    /// <summary>The reverse of <see cref="WriteTimed"/>.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public static PublisherMark[] ReadTimed(ReadOnlySpan<byte> source) =>
        TryRead(source, withTime: true) ?? throw new InvalidDataException("The marks of publishers do not end where their bytes do.");
}
