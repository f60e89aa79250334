using System.Buffers.Binary;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// Walks the entries of a field table, or the values of a field array, without allocating:
/// <code>
/// table = { key:short-string value }     array = { value }
/// value = type:letter payload            (AMQP 0-9-1 §4.2.5.5)
/// </code>
/// A malformed entry is an <see cref="Amqp091WireException"/> with 502. Nested tables and arrays are returned as bytes and not looked into.
/// </summary>
public ref struct FieldTableEnumerator
{
    private readonly bool _isArray;
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _key;
    private ReadOnlySpan<byte> _payload;
    private ReadOnlySpan<byte> _entry;
    private ArgumentKind _kind;

    internal FieldTableEnumerator(ReadOnlySpan<byte> entries, bool isArray)
    {
        _rest = entries;
        _isArray = isArray;
    }

    /// <summary>The entry's name as it is on the wire; empty in an array.</summary>
    public readonly ReadOnlySpan<byte> CurrentKey => _key;

    public readonly FieldValue CurrentValue => new(_kind, _payload);

    /// <summary>The whole entry as it is on the wire: key, type letter, value.</summary>
    public readonly ReadOnlySpan<byte> CurrentEntry => _entry;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        var from = _rest;
        if (!_isArray)
            _key = Take(Take(1)[0]);
        var letter = Take(1)[0];
        if (!FieldType.TryGet(letter, out _kind, out var size))
            ThrowUnknownType(letter);
        if (size < 0)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));
            if (length > (uint)_rest.Length)
                ThrowTruncated();
            size = (int)length;
        }

        _payload = Take(size);
        _entry = from[..^_rest.Length];
        return true;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            ThrowTruncated();
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static void ThrowTruncated() =>
        throw new Amqp091WireException(ReplyCode.SyntaxError, "a field table ends within an entry");

    private static void ThrowUnknownType(byte letter) =>
        throw new Amqp091WireException(ReplyCode.SyntaxError, $"a field table has a value of unknown type 0x{letter:X2}");
}
