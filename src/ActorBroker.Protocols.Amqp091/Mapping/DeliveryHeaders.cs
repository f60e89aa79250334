using System.Buffers.Binary;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>
/// The headers that a queue's delivery adds to those of the message, all of type long: <c>x-delivery-count</c>,
/// <c>x-acquired-count</c>, <c>x-stream-offset</c>. Most messages have none of them before, so the entries are put behind
/// the others without reading these into a table.
/// </summary>
internal sealed class DeliveryHeaders
{
    private const int CountMax = 3;
    private const int EntrySizeMax = 1 + 16 + 1 + sizeof(long);
    private const byte Int64Letter = (byte)'l';

    private static readonly string[] Names = ["x-delivery-count", "x-acquired-count", "x-stream-offset"];

    private readonly byte[] _entries = new byte[CountMax * EntrySizeMax];
    private byte[] _properties = [];

    /// <summary>Whether deliveries of a segment have headers of their own.</summary>
    public static bool AreAdded(in DeliverySegment segment) => (segment.DeliveryCount | segment.AcquiredCount) != 0 || segment.IsOfStream;

    /// <summary>A message's properties with the headers of its delivery.</summary>
    /// <param name="segment">One for which <see cref="AreAdded"/> is true.</param>
    /// <param name="index">The message's place in the segment.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> AddTo(in DeliverySegment segment, int index)
    {
        var properties = segment.Batch[segment.StartIndex + index].Properties;
        var length = 0;
        if (segment.DeliveryCount != 0)
            Append(ref length, "x-delivery-count"u8, segment.DeliveryCount);
        if (segment.AcquiredCount != 0)
            Append(ref length, "x-acquired-count"u8, segment.AcquiredCount);
        if (segment.IsOfStream)
            Append(ref length, "x-stream-offset"u8, segment.FirstPosition + index);
        return Insert(HasAny(properties) ? WithoutThem(properties) : properties, _entries.AsSpan(0, length));
    }

    private void Append(ref int length, ReadOnlySpan<byte> name, long value)
    {
        var entry = _entries.AsSpan(length, 1 + name.Length + 1 + sizeof(long));
        entry[0] = (byte)name.Length;
        name.CopyTo(entry[1..]);
        entry[1 + name.Length] = Int64Letter;
        BinaryPrimitives.WriteInt64BigEndian(entry[(2 + name.Length)..], value);
        length += entry.Length;
    }

    private Span<byte> Insert(ReadOnlySpan<byte> properties, ReadOnlySpan<byte> entries)
    {
        var view = new BasicPropertiesView(properties);
        var hadHeaders = view.TryGetHeaders(out var headers);
        var size = properties.Length + entries.Length + (hadHeaders ? 0 : sizeof(uint));
        if (_properties.Length < size)
            _properties = new byte[Math.Max(size, _properties.Length * 2)];
        var result = _properties.AsSpan(0, size);

        // Flags, content type and encoding come before the headers.
        var tableAt = view.EndOfThoseBefore(BasicProperty.Headers);
        var endOfEntries = tableAt + (hadHeaders ? sizeof(uint) + headers.Length : 0);
        properties[..tableAt].CopyTo(result);
        BinaryPrimitives.WriteUInt16BigEndian(
            result, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(properties) | (0x8000 >> (int)BasicProperty.Headers)));
        BinaryPrimitives.WriteUInt32BigEndian(result[tableAt..], (uint)(headers.Length + entries.Length));
        headers.CopyTo(result[(tableAt + sizeof(uint))..]);
        entries.CopyTo(result[(tableAt + sizeof(uint) + headers.Length)..]);
        properties[endOfEntries..].CopyTo(result[(tableAt + sizeof(uint) + headers.Length + entries.Length)..]);
        return result;
    }

    // A client has sent them on, or a queue before this one: the last one to deliver says what they are.
    private static bool HasAny(ReadOnlySpan<byte> properties)
    {
        if (!new BasicPropertiesView(properties).TryGetHeaders(out var headers))
            return false;
        var enumerator = FieldTableReader.Enumerate(headers);
        while (enumerator.MoveNext())
        {
            var key = enumerator.CurrentKey;
            if (key.SequenceEqual("x-delivery-count"u8) || key.SequenceEqual("x-acquired-count"u8) || key.SequenceEqual("x-stream-offset"u8))
                return true;
        }

        return false;
    }

    private static byte[] WithoutThem(ReadOnlySpan<byte> properties) =>
        new Amqp091MessageFormat().Rewrite(properties, new PropertiesChange(ArgumentTable.Empty, Names, DropExpiration: false));
}
