using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorBroker.Core.Arguments;

/// <summary>
/// One immutable value of an <see cref="ArgumentTable"/>. The default value is <see cref="ArgumentKind.Void"/>.
/// <c>==</c> and <see cref="Equals(ArgumentValue)"/> compare kind and value; <see cref="IsEquivalentTo"/> is the looser
/// comparison by which a redeclaration is judged.
/// </summary>
/// <remarks>
/// An accessor of another kind than the value's throws <see cref="InvalidOperationException"/>; ask with <c>TryGet...</c> where
/// the kind comes from a client.
/// </remarks>
public readonly struct ArgumentValue : IEquatable<ArgumentValue>
{
    // Numbers, booleans and timestamps are in _bits (integers sign-extended); text, bytes, arrays and tables in _reference.
    private readonly ulong _bits;
    private readonly object? _reference;

    private ArgumentValue(ArgumentKind kind, ulong bits)
    {
        Kind = kind;
        _bits = bits;
    }

    private ArgumentValue(ArgumentKind kind, object reference)
    {
        Kind = kind;
        _reference = reference;
    }

    public ArgumentKind Kind { get; }

    public static ArgumentValue Void => default;

    public static ArgumentValue FromBoolean(bool value) => new(ArgumentKind.Boolean, value ? 1UL : 0UL);

    public static ArgumentValue FromSByte(sbyte value) => new(ArgumentKind.SByte, (ulong)value);

    public static ArgumentValue FromByte(byte value) => new(ArgumentKind.Byte, value);

    public static ArgumentValue FromInt16(short value) => new(ArgumentKind.Int16, (ulong)value);

    public static ArgumentValue FromUInt16(ushort value) => new(ArgumentKind.UInt16, value);

    public static ArgumentValue FromInt32(int value) => new(ArgumentKind.Int32, (ulong)value);

    public static ArgumentValue FromUInt32(uint value) => new(ArgumentKind.UInt32, value);

    public static ArgumentValue FromInt64(long value) => new(ArgumentKind.Int64, (ulong)value);

    public static ArgumentValue FromSingle(float value) => new(ArgumentKind.Single, BitConverter.SingleToUInt32Bits(value));

    public static ArgumentValue FromDouble(double value) => new(ArgumentKind.Double, BitConverter.DoubleToUInt64Bits(value));

    public static ArgumentValue FromDecimal(byte scale, uint value) => new(ArgumentKind.Decimal, ((ulong)scale << 32) | value);

    /// <param name="posixSeconds">Seconds since 1970-01-01 UTC.</param>
    public static ArgumentValue FromTimestamp(ulong posixSeconds) => new(ArgumentKind.Timestamp, posixSeconds);

    /// <summary>A <see cref="ArgumentKind.LongString"/> of the text's UTF-8 bytes.</summary>
    public static ArgumentValue FromString(string value) => new(ArgumentKind.LongString, new ArgumentBytes(Encoding.UTF8.GetBytes(value)));

    /// <summary>A <see cref="ArgumentKind.LongString"/> of a copy of these bytes, whether or not they are valid UTF-8.</summary>
    public static ArgumentValue FromString(ReadOnlySpan<byte> utf8) => new(ArgumentKind.LongString, new ArgumentBytes(utf8.ToArray()));

    /// <summary>A <see cref="ArgumentKind.Binary"/> of a copy of these bytes.</summary>
    public static ArgumentValue FromBinary(ReadOnlySpan<byte> value) => new(ArgumentKind.Binary, new ArgumentBytes(value.ToArray()));

    [OverloadResolutionPriority(1)]
    public static ArgumentValue FromArray(params ReadOnlySpan<ArgumentValue> items) => new(ArgumentKind.Array, items.ToArray());

    public static ArgumentValue FromArray(ImmutableArray<ArgumentValue> items) =>
        new(ArgumentKind.Array, ImmutableCollectionsMarshal.AsArray(items) ?? []);

    public static ArgumentValue FromTable(ArgumentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new ArgumentValue(ArgumentKind.Table, table);
    }

    public bool AsBoolean() => Bits(ArgumentKind.Boolean) != 0;

    /// <summary>The value of any integer kind.</summary>
    public long AsInt64() => TryGetInt64(out var value) ? value : throw WrongKind("an integer");

    public float AsSingle() => BitConverter.UInt32BitsToSingle((uint)Bits(ArgumentKind.Single));

    public double AsDouble() => BitConverter.UInt64BitsToDouble(Bits(ArgumentKind.Double));

    public ArgumentDecimal AsDecimal()
    {
        var bits = Bits(ArgumentKind.Decimal);
        return new ArgumentDecimal((byte)(bits >> 32), (uint)bits);
    }

    /// <returns>Seconds since 1970-01-01 UTC.</returns>
    public ulong AsTimestamp() => Bits(ArgumentKind.Timestamp);

    /// <summary>The text of a <see cref="ArgumentKind.LongString"/>, decoded once; bytes that are not UTF-8 become U+FFFD.</summary>
    public string AsString() => TryGetString(out var value) ? value : throw WrongKind("longstr");

    /// <summary>The bytes of a <see cref="ArgumentKind.LongString"/> or <see cref="ArgumentKind.Binary"/>, owned by the value.</summary>
    public ReadOnlyMemory<byte> AsBytes() => _reference is ArgumentBytes bytes ? bytes.Bytes : throw WrongKind("longstr or binary");

    public ImmutableArray<ArgumentValue> AsArray() =>
        _reference is ArgumentValue[] items ? ImmutableCollectionsMarshal.AsImmutableArray(items) : throw WrongKind("array");

    public ArgumentTable AsTable() => _reference as ArgumentTable ?? throw WrongKind("table");

    /// <summary>Accepts every integer kind: RabbitMQ takes any width for an <c>x-</c> argument.</summary>
    public bool TryGetInt64(out long value)
    {
        value = (long)_bits;
        return Kind.IsInteger();
    }

    public bool TryGetBoolean(out bool value)
    {
        value = _bits != 0;
        return Kind == ArgumentKind.Boolean;
    }

    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        value = Kind == ArgumentKind.LongString ? ((ArgumentBytes)_reference!).Text : null;
        return value is not null;
    }

    public bool TryGetTable([NotNullWhen(true)] out ArgumentTable? value)
    {
        value = _reference as ArgumentTable;
        return value is not null;
    }

    /// <summary>Floating-point values are compared by their bits, so that NaN equals itself and 0.0 differs from -0.0.</summary>
    public bool Equals(ArgumentValue other) => ArgumentComparison.Exact.AreEqual(this, other);

    /// <summary>
    /// Equality that looks through widths: integers of every kind are compared as numbers, single with double likewise, and so
    /// within arrays and tables. This is RabbitMQ's rule when a queue is declared again with another width.
    /// </summary>
    public bool IsEquivalentTo(ArgumentValue other) => ArgumentComparison.Equivalent.AreEqual(this, other);

    public override bool Equals(object? obj) => obj is ArgumentValue other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.Add(_bits);
        switch (_reference)
        {
            case ArgumentBytes bytes:
                hash.AddBytes(bytes.Bytes);
                break;
            case ArgumentValue[] items:
                hash.Add(items.Length);
                break;
            case ArgumentTable table:
                hash.Add(table.GetHashCode());
                break;
        }

        return hash.ToHashCode();
    }

    public static bool operator ==(ArgumentValue left, ArgumentValue right) => left.Equals(right);

    public static bool operator !=(ArgumentValue left, ArgumentValue right) => !left.Equals(right);

    /// <summary>The value as RabbitMQ prints it in an error text: text and bytes plain, containers as Erlang terms.</summary>
    public override string ToString() => ArgumentText.Plain(this);

    internal ulong RawBits => _bits;

    private ulong Bits(ArgumentKind kind) => Kind == kind ? _bits : throw WrongKind(kind.TypeName());

    private InvalidOperationException WrongKind(string wanted) => new($"The value is of type {Kind.TypeName()}, not {wanted}.");
}

/// <summary>Bytes with their text decoded at most once (twice under a race, with the same result).</summary>
internal sealed class ArgumentBytes(byte[] bytes)
{
    private string? _text;

    public byte[] Bytes { get; } = bytes;

    public string Text => _text ??= Encoding.UTF8.GetString(Bytes);
}
