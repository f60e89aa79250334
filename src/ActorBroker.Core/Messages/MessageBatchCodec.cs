using System.Buffers;
using System.Buffers.Binary;

namespace ActorBroker.Core.Messages;

/// <summary>
/// The written form of a run of a batch's messages, in the journal and between nodes alike (little endian):
/// <code>
///  0  u8  magic, 0xB1
///  1  u8  version, 1
///  2  u16 number of routes
///  4  u32 number of records
///  8  u32 bytes of all routes
/// 12  u32 bytes of all records
/// 16  u32 CRC-32C of everything else: bytes 0 to 15, then those from 20 on
/// 20  routes (MessageRoute.Encoded), each named by some record, then records (MessageRecord)
/// </code>
/// What was written once stays readable: another form gets another version.
/// </summary>
public static class MessageBatchCodec
{
    internal const int HeaderSize = 20;
    private const byte Magic = 0xB1;
    private const byte Version = 1;
    private const int ChecksumOffset = 16;
    private const int RouteIndexOffset = 8;
    private const ushort Unused = ushort.MaxValue;

    // Above it the map of routes is rented instead of living on the stack.
    private const int RoutesOnStack = 128;

    /// <summary>Bytes that <see cref="Write(MessageBatch, Span{byte})"/> fills.</summary>
    public static int GetSize(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return GetSize(batch, 0, batch.Count);
    }

    /// <summary>Bytes that <see cref="Write(MessageBatch, int, int, Span{byte})"/> fills.</summary>
    /// <exception cref="OverflowException">The run does not fit into one array.</exception>
    public static int GetSize(MessageBatch batch, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var routes = batch.Routes;
        using var map = new RouteMap(routes.Length, stackalloc ushort[RoutesOnStack]);
        map.Mark(batch, start, count);
        var size = checked(HeaderSize + SizeOfRecords(batch, start, count));
        for (var route = 0; route < routes.Length; route++)
        {
            if (map[route] != Unused)
            {
                size = checked(size + routes[route].Encoded.Length);
            }
        }

        return size;
    }

    /// <summary>Writes all messages of a batch; returns the bytes written.</summary>
    public static int Write(MessageBatch batch, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Write(batch, 0, batch.Count, destination);
    }

    /// <summary>Writes <paramref name="count"/> messages from index <paramref name="start"/> on, and the routes that they name.</summary>
    /// <param name="batch">Only read.</param>
    /// <param name="start">Index of the first message.</param>
    /// <param name="count">How many, perhaps none.</param>
    /// <param name="destination">At least as long as <see cref="GetSize(MessageBatch, int, int)"/> says; borrowed.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(MessageBatch batch, int start, int count, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var routes = batch.Routes;
        using var map = new RouteMap(routes.Length, stackalloc ushort[RoutesOnStack]);
        map.Mark(batch, start, count);
        var position = HeaderSize;
        var routesWritten = 0;
        for (var route = 0; route < routes.Length; route++)
        {
            if (map[route] != Unused)
            {
                map[route] = (ushort)routesWritten++;
                routes[route].Encoded.CopyTo(destination[position..]);
                position += routes[route].Encoded.Length;
            }
        }

        var recordsSize = CopyRecords(batch, start, count, destination[position..]);
        if (routesWritten < routes.Length)
        {
            Renumber(destination.Slice(position, recordsSize), in map);
        }

        var size = position + recordsSize;
        destination[0] = Magic;
        destination[1] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], (ushort)routesWritten);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], count);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], position - HeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], recordsSize);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], ChecksumOf(destination[..size]));
        return size;
    }

    /// <summary>Reads what <see cref="Write(MessageBatch, int, int, Span{byte})"/> wrote.</summary>
    /// <param name="array">Becomes the batch's slab: it must not change afterwards, and it lives as long as the batch.</param>
    /// <param name="offset">Where the written form starts.</param>
    /// <param name="length">Its exact length.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged or of an unknown version; says what and where.</exception>
    public static MessageBatch Read(byte[] array, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(array);
        var bytes = array.AsSpan(offset, length);
        if (length < HeaderSize)
        {
            throw Damaged($"{length} bytes are too few for its header", offset);
        }

        if (bytes[0] != Magic || bytes[1] != Version)
        {
            throw Damaged($"it starts with 0x{bytes[0]:X2} 0x{bytes[1]:X2} instead of 0x{Magic:X2} 0x{Version:X2}", offset);
        }

        var routeCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        var recordCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var routesSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        var recordsSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (HeaderSize + (long)routesSize + recordsSize != length)
        {
            throw Damaged($"{routesSize} bytes of routes and {recordsSize} of records do not make up its length of {length}", offset + 8);
        }

        // Both counts are bounded by bytes that are there, before anything is allocated for them.
        if (recordCount * (long)MessageRecord.HeaderSize > recordsSize)
        {
            throw Damaged($"{recordCount} records cannot be in {recordsSize} bytes", offset + 4);
        }

        if (routeCount > recordCount)
        {
            throw Damaged($"{routeCount} routes are more than its {recordCount} records name", offset + 2);
        }

        if (ChecksumOf(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]))
        {
            throw Damaged("its checksum does not match", offset + ChecksumOffset);
        }

        var recordsOffset = offset + HeaderSize + (int)routesSize;
        var routes = ReadRoutes(bytes.Slice(HeaderSize, (int)routesSize), routeCount, offset + HeaderSize);
        var offsets = FindRecords(array, recordsOffset, (int)recordsSize, (int)recordCount, routeCount);
        return new MessageBatch(array, offsets, routes, (int)recordsSize);
    }

    private static MessageRoute[] ReadRoutes(ReadOnlySpan<byte> bytes, int count, int offset)
    {
        var routes = new MessageRoute[count];
        var position = 0;
        for (var route = 0; route < count; route++)
        {
            var rest = bytes[position..];
            var keyAt = rest.IsEmpty ? 0 : 1 + rest[0];
            var size = keyAt > 0 && keyAt < rest.Length ? keyAt + 1 + rest[keyAt] : int.MaxValue;
            if (size > rest.Length)
            {
                throw Damaged($"route {route} does not end within the routes", offset + position);
            }

            routes[route] = MessageRoute.FromEncoded(rest[..size]);
            position += size;
        }

        return position == bytes.Length ? routes : throw Damaged("bytes are left over after its routes", offset + position);
    }

    private static int[] FindRecords(byte[] array, int offset, int size, int count, int routeCount)
    {
        var offsets = new int[count];
        var end = offset + size;
        for (var record = 0; record < count; record++)
        {
            var rest = array.AsSpan(offset, end - offset);
            var recordSize = MessageRecord.TryReadSize(rest);
            if (recordSize < 0)
            {
                throw Damaged($"record {record} does not end within the records", offset);
            }

            if (new MessageView(rest).RouteIndex >= routeCount)
            {
                throw Damaged($"record {record} names route {new MessageView(rest).RouteIndex} of {routeCount}", offset + RouteIndexOffset);
            }

            offsets[record] = offset;
            offset += recordSize;
        }

        return offset == end ? offsets : throw Damaged("bytes are left over after its records", offset);
    }

    private static int SizeOfRecords(MessageBatch batch, int start, int count)
    {
        if (start == 0 && count == batch.Count)
        {
            return batch.SizeBytes;
        }

        var size = 0;
        for (var index = start; index < start + count; index++)
        {
            size = checked(size + batch[index].RecordLength);
        }

        return size;
    }

    // Records that follow each other in the slab are one copy.
    private static int CopyRecords(MessageBatch batch, int start, int count, Span<byte> destination)
    {
        var copied = 0;
        var end = start + count;
        while (start < end)
        {
            var run = batch.RunFrom(ref start, end);
            run.CopyTo(destination[copied..]);
            copied += run.Length;
        }

        return copied;
    }

    private static void Renumber(Span<byte> records, in RouteMap map)
    {
        while (!records.IsEmpty)
        {
            var view = new MessageView(records);
            BinaryPrimitives.WriteUInt16LittleEndian(records[RouteIndexOffset..], map[view.RouteIndex]);
            records = records[view.RecordLength..];
        }
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes) =>
        Crc32C.Append(Crc32C.Of(bytes[..ChecksumOffset]), bytes[HeaderSize..]);

    private static InvalidDataException Damaged(string what, int offset) =>
        new($"A message batch is damaged at byte {offset}: {what}.");

    /// <summary>The number that each of a batch's routes gets in what is written, or <see cref="Unused"/>.</summary>
    private readonly ref struct RouteMap
    {
        private readonly ushort[]? _rented;
        private readonly Span<ushort> _numbers;

        public RouteMap(int routeCount, Span<ushort> stack)
        {
            _rented = routeCount > stack.Length ? ArrayPool<ushort>.Shared.Rent(routeCount) : null;
            _numbers = (_rented ?? stack)[..routeCount];
            _numbers.Fill(Unused);
        }

        public ref ushort this[int route] => ref _numbers[route];

        /// <summary>Marks the routes that a run of records names.</summary>
        public void Mark(MessageBatch batch, int start, int count)
        {
            // One route, the usual case, is the route of every record.
            if (_numbers.Length == 1)
            {
                _numbers[0] = count > 0 ? (ushort)0 : Unused;
                return;
            }

            var unmarked = _numbers.Length;
            for (var index = start; index < start + count && unmarked > 0; index++)
            {
                ref var number = ref _numbers[batch[index].RouteIndex];
                unmarked -= number == Unused ? 1 : 0;
                number = 0;
            }
        }

        public void Dispose()
        {
            if (_rented is not null)
            {
                ArrayPool<ushort>.Shared.Return(_rented);
            }
        }
    }
}
