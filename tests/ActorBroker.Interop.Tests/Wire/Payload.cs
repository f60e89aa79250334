using System.Buffers.Binary;
using System.Text;

namespace ActorBroker.Interop.Tests.Wire;

/// <summary>Bytes of a method or header being put together, big-endian as on the wire (AMQP 0-9-1 §4.2.5).</summary>
public sealed class Payload
{
    private readonly List<byte> _bytes = [];

    public Payload Octet(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public Payload U16(ushort value)
    {
        Span<byte> buffer = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(buffer, value);
        return Raw(buffer);
    }

    public Payload U32(uint value)
    {
        Span<byte> buffer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(buffer, value);
        return Raw(buffer);
    }

    public Payload U64(ulong value)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(buffer, value);
        return Raw(buffer);
    }

    public Payload ShortString(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Octet(checked((byte)bytes.Length)).Raw(bytes);
    }

    public Payload LongString(ReadOnlySpan<byte> value) => U32((uint)value.Length).Raw(value);

    /// <summary>A field table whose entries are already encoded; without entries the empty table.</summary>
    public Payload Table(Payload? entries = null) => LongString(entries is null ? [] : entries.ToArray());

    public Payload Raw(ReadOnlySpan<byte> value)
    {
        _bytes.AddRange(value);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];
}
