using System.Buffers.Binary;
using System.Text;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// Writes AMQP's primitive types in network order into a span that the caller sized exactly, see <see cref="WireSize"/>.
/// What does not fit its type is an <see cref="ArgumentException"/>: it is our mistake, not the peer's.
/// </summary>
public ref struct WireWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>How many bytes are written.</summary>
    public int Position { get; private set; }

    public void WriteByte(byte value) => _destination[Position++] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Claim(sizeof(ushort)), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Claim(sizeof(uint)), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Claim(sizeof(ulong)), value);

    /// <summary>Consecutive bit fields packed into one octet, the first one lowest (AMQP 0-9-1 §4.2.5.2).</summary>
    public void WriteBits(bool first, bool second = false, bool third = false, bool fourth = false, bool fifth = false) =>
        WriteByte((byte)((first ? 1 : 0) | (second ? 2 : 0) | (third ? 4 : 0) | (fourth ? 8 : 0) | (fifth ? 16 : 0)));

    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Claim(bytes.Length));

    public void WriteShortString(ReadOnlySpan<byte> bytes)
    {
        WriteShortLength(bytes.Length);
        WriteBytes(bytes);
    }

    public void WriteShortString(string text)
    {
        WriteShortLength(Encoding.UTF8.GetByteCount(text));
        Position += Encoding.UTF8.GetBytes(text, _destination[Position..]);
    }

    public void WriteLongString(ReadOnlySpan<byte> bytes)
    {
        WriteUInt32((uint)bytes.Length);
        WriteBytes(bytes);
    }

    public void WriteLongString(string text)
    {
        WriteUInt32((uint)Encoding.UTF8.GetByteCount(text));
        Position += Encoding.UTF8.GetBytes(text, _destination[Position..]);
    }

    /// <summary>A field table with its length before it.</summary>
    public void WriteTable(ArgumentTable table) => FieldTableWriter.Write(ref this, table);

    /// <summary>Leaves room for a length that is known later, see <see cref="EndLength"/>.</summary>
    internal int BeginLength()
    {
        var start = Position;
        WriteUInt32(0);
        return start;
    }

    /// <summary>Writes the number of bytes since <see cref="BeginLength"/> into the room left there.</summary>
    internal readonly void EndLength(int start) =>
        BinaryPrimitives.WriteUInt32BigEndian(_destination[start..], (uint)(Position - start - sizeof(uint)));

    private void WriteShortLength(int length)
    {
        if (length > byte.MaxValue)
            ThrowTooLong(length);
        WriteByte((byte)length);
    }

    private Span<byte> Claim(int count)
    {
        var claimed = _destination.Slice(Position, count);
        Position += count;
        return claimed;
    }

    private static void ThrowTooLong(int length) =>
        throw new ArgumentException($"A short string holds at most 255 bytes, not {length}.");
}

/// <summary>How many bytes <see cref="WireWriter"/> takes for a value of a type that is not of fixed size.</summary>
public static class WireSize
{
    public static int ShortString(string text) => 1 + Encoding.UTF8.GetByteCount(text);

    public static int ShortString(ReadOnlySpan<byte> bytes) => 1 + bytes.Length;

    public static int LongString(string text) => sizeof(uint) + Encoding.UTF8.GetByteCount(text);

    public static int LongString(ReadOnlySpan<byte> bytes) => sizeof(uint) + bytes.Length;

    public static int Table(ArgumentTable table) => FieldTableWriter.GetSize(table);
}
