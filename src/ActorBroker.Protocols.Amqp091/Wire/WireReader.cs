using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// Reads a method frame's arguments in order. Every length is checked against what is there before anything is allocated;
/// a fault is an <see cref="Amqp091WireException"/> with 502 SYNTAX_ERROR that names the method.
/// </summary>
internal ref struct WireReader
{
    private readonly ReadOnlySpan<byte> _payload;
    private int _position;

    /// <param name="payload">The whole payload of a method frame, class and method id included.</param>
    public WireReader(ReadOnlySpan<byte> payload)
    {
        _payload = payload;
        _position = sizeof(uint);
        if (payload.Length < sizeof(uint))
            ThrowTruncated();
    }

    public byte ReadByte()
    {
        if (_position >= _payload.Length)
            ThrowTruncated();
        return _payload[_position++];
    }

    /// <summary>Up to eight consecutive bit fields share an octet, the first one lowest (AMQP 0-9-1 §4.2.5.2).</summary>
    public byte ReadBits() => ReadByte();

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(sizeof(ulong)));

    /// <summary>A short string's bytes, which are valid UTF-8 as RabbitMQ demands of them too.</summary>
    public ReadOnlySpan<byte> ReadShortStringBytes()
    {
        var bytes = Take(ReadByte());
        if (!Utf8.IsValid(bytes))
            ThrowNotUtf8();
        return bytes;
    }

    public string ReadShortString() => Encoding.UTF8.GetString(ReadShortStringBytes());

    public ReadOnlySpan<byte> ReadLongStringBytes()
    {
        var length = ReadUInt32();
        if (length > (uint)(_payload.Length - _position))
            ThrowTruncated();
        return Take((int)length);
    }

    public string ReadLongString()
    {
        var bytes = ReadLongStringBytes();
        if (!Utf8.IsValid(bytes))
            ThrowNotUtf8();
        return Encoding.UTF8.GetString(bytes);
    }

    public ArgumentTable ReadTable() => FieldTableReader.Read(ReadLongStringBytes());

    /// <summary>A reserved short integer: access tickets of older versions, ignored.</summary>
    public void SkipUInt16() => Take(sizeof(ushort));

    public void SkipShortString() => Take(ReadByte());

    public void SkipLongString() => ReadLongStringBytes();

    /// <summary>Checks that the arguments end where the payload does.</summary>
    public readonly void End()
    {
        if (_position != _payload.Length)
            ThrowOverlong();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _payload.Length - _position)
            ThrowTruncated();
        var taken = _payload.Slice(_position, count);
        _position += count;
        return taken;
    }

    private readonly void ThrowTruncated() => Throw("ends before its arguments do");

    private readonly void ThrowOverlong() => Throw($"has {_payload.Length - _position} bytes after its arguments");

    private readonly void ThrowNotUtf8() => Throw("has a string that is not UTF-8");

    private readonly void Throw(string problem)
    {
        var id = Wire.MethodId.Read(_payload);
        throw new Amqp091WireException(ReplyCode.SyntaxError, $"{MethodId.NameOf(id)} {problem}", id);
    }
}
