using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorBroker.Core.Arguments;

/// <summary>
/// The form in which the journal and the cluster's messages keep an <see cref="ArgumentTable"/>:
/// <code>
/// table  = version:byte(1) entries
/// entries= count:varint { key-length:varint key:UTF-8 value }
/// value  = kind:byte payload
/// payload= integers zigzag varint | Boolean byte | Single, Double bits little-endian | Timestamp varint
///        | Decimal scale:byte varint | LongString, Binary length:varint bytes | Array count:varint { value } | Table entries
/// </code>
/// Everything that was ever written stays readable: a new form gets a new version.
/// </summary>
public static class ArgumentTableCodec
{
    /// <summary>The largest encoded table in bytes; far above what fits into an AMQP frame of the default size.</summary>
    public const int SizeMax = 1024 * 1024;

    internal const byte Version = 1;

    /// <returns>The encoded table, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The table is nested deeper, holds more values or is larger than the codec allows.</exception>
    public static byte[] Encode(ArgumentTable table)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        Write(buffer, table);
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="ArgumentException">The table is nested deeper, holds more values or is larger than the codec allows.</exception>
    public static void Write(IBufferWriter<byte> output, ArgumentTable table)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(table);
        var writer = new Writer(output);
        writer.WriteByte(Version);
        writer.WriteEntries(table, depth: 1);
    }

    /// <param name="encoded">Exactly one encoded table; nothing of it is kept.</param>
    /// <exception cref="InvalidDataException">The bytes are no table, of an unknown version, or beyond the limits.</exception>
    public static ArgumentTable Read(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length > SizeMax)
            throw new InvalidDataException($"An encoded argument table of {encoded.Length} bytes exceeds the limit of {SizeMax}.");
        var reader = new Reader(encoded);
        var version = reader.ReadByte();
        if (version != Version)
            throw new InvalidDataException($"Unknown version {version} of an encoded argument table.");
        var table = reader.ReadEntries(depth: 1);
        return reader.IsAtEnd ? table : throw new InvalidDataException("Bytes are left over after an encoded argument table.");
    }

    private ref struct Writer(IBufferWriter<byte> output)
    {
        private int _valueCount;
        private int _size;

        public void WriteByte(byte value)
        {
            output.GetSpan(1)[0] = value;
            Advance(1);
        }

        public void WriteEntries(ArgumentTable table, int depth)
        {
            CheckDepth(depth);
            WriteVarint((ulong)table.Count);
            foreach (var (key, value) in table)
            {
                WriteBytes(Encoding.UTF8.GetBytes(key));
                WriteValue(value, depth);
            }
        }

        private void WriteValue(ArgumentValue value, int depth)
        {
            if (++_valueCount > ArgumentTable.ValueCountMax)
                throw new ArgumentException($"An argument table holds more than {ArgumentTable.ValueCountMax} values.");
            WriteByte((byte)value.Kind);
            switch (value.Kind)
            {
                case ArgumentKind.Void:
                    break;
                case ArgumentKind.Boolean:
                    WriteByte(value.AsBoolean() ? (byte)1 : (byte)0);
                    break;
                case ArgumentKind.Single:
                    BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(4), value.AsSingle());
                    Advance(4);
                    break;
                case ArgumentKind.Double:
                    BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value.AsDouble());
                    Advance(8);
                    break;
                case ArgumentKind.Decimal:
                    WriteByte(value.AsDecimal().Scale);
                    WriteVarint(value.AsDecimal().Value);
                    break;
                case ArgumentKind.Timestamp:
                    WriteVarint(value.AsTimestamp());
                    break;
                case ArgumentKind.LongString or ArgumentKind.Binary:
                    WriteBytes(value.AsBytes().Span);
                    break;
                case ArgumentKind.Array:
                    WriteArray(value, depth + 1);
                    break;
                case ArgumentKind.Table:
                    WriteEntries(value.AsTable(), depth + 1);
                    break;
                default:
                    var number = value.AsInt64();
                    WriteVarint((ulong)((number << 1) ^ (number >> 63)));
                    break;
            }
        }

        private void WriteArray(ArgumentValue array, int depth)
        {
            CheckDepth(depth);
            var items = array.AsArray();
            WriteVarint((ulong)items.Length);
            foreach (var item in items)
                WriteValue(item, depth);
        }

        private void WriteBytes(ReadOnlySpan<byte> bytes)
        {
            WriteVarint((ulong)bytes.Length);
            output.Write(bytes);
            _size += bytes.Length;
            CheckSize();
        }

        private void WriteVarint(ulong value)
        {
            var span = output.GetSpan(10);
            var length = 0;
            for (; value >= 0x80; value >>= 7)
                span[length++] = (byte)(value | 0x80);
            span[length++] = (byte)value;
            Advance(length);
        }

        private void Advance(int count)
        {
            output.Advance(count);
            _size += count;
            CheckSize();
        }

        private readonly void CheckSize()
        {
            if (_size > SizeMax)
                throw new ArgumentException($"An argument table takes more than {SizeMax} bytes.");
        }

        private static void CheckDepth(int depth)
        {
            if (depth > ArgumentTable.DepthMax)
                throw new ArgumentException($"An argument table is nested deeper than {ArgumentTable.DepthMax}.");
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> encoded)
    {
        private ReadOnlySpan<byte> _rest = encoded;
        private int _valueCount;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public byte ReadByte() => Take(1)[0];

        public ArgumentTable ReadEntries(int depth)
        {
            var count = ReadCount(depth);
            var builder = new ArgumentTable.Builder();
            for (var i = 0; i < count; i++)
            {
                var key = Encoding.UTF8.GetString(ReadBytes());
                builder.Add(key, ReadValue(depth));
            }

            return builder.Build();
        }

        private ArgumentValue ReadValue(int depth)
        {
            var kind = (ArgumentKind)ReadByte();
            return kind switch
            {
                ArgumentKind.Void => ArgumentValue.Void,
                ArgumentKind.Boolean => ArgumentValue.FromBoolean(ReadByte() != 0),
                ArgumentKind.SByte => ArgumentValue.FromSByte((sbyte)ReadInteger(sbyte.MinValue, sbyte.MaxValue)),
                ArgumentKind.Byte => ArgumentValue.FromByte((byte)ReadInteger(byte.MinValue, byte.MaxValue)),
                ArgumentKind.Int16 => ArgumentValue.FromInt16((short)ReadInteger(short.MinValue, short.MaxValue)),
                ArgumentKind.UInt16 => ArgumentValue.FromUInt16((ushort)ReadInteger(ushort.MinValue, ushort.MaxValue)),
                ArgumentKind.Int32 => ArgumentValue.FromInt32((int)ReadInteger(int.MinValue, int.MaxValue)),
                ArgumentKind.UInt32 => ArgumentValue.FromUInt32((uint)ReadInteger(uint.MinValue, uint.MaxValue)),
                ArgumentKind.Int64 => ArgumentValue.FromInt64(ReadInteger(long.MinValue, long.MaxValue)),
                ArgumentKind.Single => ArgumentValue.FromSingle(BinaryPrimitives.ReadSingleLittleEndian(Take(4))),
                ArgumentKind.Double => ArgumentValue.FromDouble(BinaryPrimitives.ReadDoubleLittleEndian(Take(8))),
                ArgumentKind.Decimal => ReadDecimal(),
                ArgumentKind.LongString => ArgumentValue.FromString(ReadBytes()),
                ArgumentKind.Binary => ArgumentValue.FromBinary(ReadBytes()),
                ArgumentKind.Array => ReadArray(depth + 1),
                ArgumentKind.Timestamp => ArgumentValue.FromTimestamp(ReadVarint()),
                ArgumentKind.Table => ArgumentValue.FromTable(ReadEntries(depth + 1)),
                _ => throw new InvalidDataException($"Unknown argument kind {(byte)kind}."),
            };
        }

        private ArgumentValue ReadDecimal()
        {
            var scale = ReadByte();
            var value = ReadVarint();
            return value <= uint.MaxValue
                ? ArgumentValue.FromDecimal(scale, (uint)value)
                : throw new InvalidDataException($"The decimal value {value} does not fit into 32 bits.");
        }

        private ArgumentValue ReadArray(int depth)
        {
            var items = new ArgumentValue[ReadCount(depth)];
            for (var i = 0; i < items.Length; i++)
                items[i] = ReadValue(depth);
            return ArgumentValue.FromArray(ImmutableCollectionsMarshal.AsImmutableArray(items));
        }

        private int ReadCount(int depth)
        {
            if (depth > ArgumentTable.DepthMax)
                throw new InvalidDataException($"An encoded argument table is nested deeper than {ArgumentTable.DepthMax}.");
            var count = ReadVarint();

            // A value takes a byte at least: a count beyond what is left is a lie, and nothing is allocated for it.
            if (count > (ulong)_rest.Length)
                throw Truncated();
            _valueCount += (int)count;
            return _valueCount <= ArgumentTable.ValueCountMax
                ? (int)count
                : throw new InvalidDataException($"An encoded argument table holds more than {ArgumentTable.ValueCountMax} values.");
        }

        private long ReadInteger(long min, long max)
        {
            var zigzag = ReadVarint();
            var value = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
            return value >= min && value <= max
                ? value
                : throw new InvalidDataException($"The value {value} does not fit the integer kind that it is stored with.");
        }

        private ReadOnlySpan<byte> ReadBytes()
        {
            var length = ReadVarint();
            return length <= (ulong)_rest.Length ? Take((int)length) : throw Truncated();
        }

        private ulong ReadVarint()
        {
            ulong value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var next = ReadByte();
                if (shift == 63 && next > 1)
                    break;
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                    return value;
            }

            throw new InvalidDataException("A variable-length integer exceeds 64 bits.");
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length)
                throw Truncated();
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        private static InvalidDataException Truncated() => new("An encoded argument table ends early.");
    }
}
