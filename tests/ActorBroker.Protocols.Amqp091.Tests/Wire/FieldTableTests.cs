using ActorBroker.Core.Arguments;
using ActorBroker.Core.Tests.Arguments;
using ActorBroker.Protocols.Amqp091.Wire;
using ActorBroker.Testing;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

public sealed class FieldTableTests
{
    /// <summary>One entry named "k" for each type letter that RabbitMQ reads.</summary>
    public static TheoryData<string, ArgumentValue> EveryType => new()
    {
        { "'t' 01", ArgumentValue.FromBoolean(true) },
        { "'b' FF", ArgumentValue.FromSByte(-1) },
        { "'B' FF", ArgumentValue.FromByte(255) },
        { "'s' FFFE", ArgumentValue.FromInt16(-2) },
        { "'u' FFFE", ArgumentValue.FromUInt16(65534) },
        { "'I' FFFFFFFD", ArgumentValue.FromInt32(-3) },
        { "'i' FFFFFFFD", ArgumentValue.FromUInt32(4294967293) },
        { "'l' FFFFFFFFFFFFFFFC", ArgumentValue.FromInt64(-4) },
        { "'f' 3F800000", ArgumentValue.FromSingle(1) },
        { "'d' 3FF0000000000000", ArgumentValue.FromDouble(1) },
        { "'D' 02 0000013A", ArgumentValue.FromDecimal(2, 314) },
        { "'S' 00000002'hi'", ArgumentValue.FromString("hi") },
        { "'S' 00000001FF", ArgumentValue.FromString([0xFF]) },
        { "'x' 00000002 00FF", ArgumentValue.FromBinary([0, 255]) },
        { "'A' 00000003 'V' 'b' 01", ArgumentValue.FromArray(ArgumentValue.Void, ArgumentValue.FromSByte(1)) },
        { "'A' 00000000", ArgumentValue.FromArray([]) },
        { "'T' 000000005F3759DF", ArgumentValue.FromTimestamp(0x5F3759DF) },
        { "'F' 00000003 01'n' 'V'", ArgumentValue.FromTable(ArgumentTable.Of(("n", ArgumentValue.Void))) },
        { "'F' 00000000", ArgumentValue.FromTable(ArgumentTable.Empty) },
        { "'V'", ArgumentValue.Void },
    };

    [Theory]
    [MemberData(nameof(EveryType))]
    public void Every_type_is_read_and_written_byte_for_byte(string notation, ArgumentValue value)
    {
        var entries = Octets.Of("01'k' " + notation);
        Assert.Equal(ArgumentTable.Of(("k", value)), FieldTableReader.Read(entries));
        Assert.Equal(entries, Entries(ArgumentTable.Of(("k", value))));
        Assert.True(FieldTableReader.TryFind(entries, "k"u8, out var found));
        Assert.Equal(value, found.ToArgumentValue());
        Assert.Equal(value.TryGetInt64(out var number), found.TryGetInt64(out var foundNumber));
        if (value.Kind.IsInteger())
            Assert.Equal(number, foundNumber);
        Assert.Equal(value.TryGetBoolean(out var flag), found.TryGetBoolean(out var foundFlag));
        Assert.Equal(flag && value.Kind == ArgumentKind.Boolean, foundFlag);
    }

    [Theory]
    [InlineData("'U' FFFE", ArgumentKind.Int16, -2)]
    [InlineData("'L' 0000000000000005", ArgumentKind.Int64, 5)]
    public void Letters_of_other_dialects_are_read_as_their_RabbitMQ_types(string notation, ArgumentKind kind, long number)
    {
        Assert.True(FieldTableReader.Read(Octets.Of("01'k' " + notation)).TryGetValue("k", out var value));
        Assert.Equal((kind, number), (value.Kind, value.AsInt64()));
    }

    [Fact]
    public void Every_table_is_written_and_read_again_in_order() => ArgumentGen.Table.Sample(table =>
    {
        var entries = Entries(table);
        var copy = FieldTableReader.Read(entries);
        Assert.Equal(table, copy);
        Assert.Equal(entries, Entries(copy));
        FieldTableReader.Validate(entries);
    });

    [Theory]
    [InlineData("01'k' 'z'", "a field table has a value of unknown type 0x7A")]
    [InlineData("01'k'", "a field table ends within an entry")]
    [InlineData("05'k'", "a field table ends within an entry")]
    [InlineData("01'k' 'I' 0000", "a field table ends within an entry")]
    [InlineData("01'k' 'S' FFFFFFFF 00", "a field table ends within an entry")]
    [InlineData("01'k' 'F' 00000002 01'n'", "a field table ends within an entry")]
    [InlineData("01'k' 'A' 00000001 'I'", "a field table ends within an entry")]
    [InlineData("01FF 'V'", "a field table has a name that is not UTF-8")]
    public void A_malformed_table_is_a_syntax_error_with_a_precise_text(string notation, string text)
    {
        var entries = Octets.Of(notation);
        var error = Assert.Throws<Amqp091WireException>(() => FieldTableReader.Read(entries));
        Assert.Equal((ReplyCode.SyntaxError, text), (error.ReplyCode, error.Message));
        Assert.Equal(text, Assert.Throws<Amqp091WireException>(() => FieldTableReader.Validate(entries)).Message);
    }

    [Fact]
    public void Nesting_up_to_the_limit_is_read_and_beyond_it_refused()
    {
        var deepest = ArgumentGen.NestedTable(ArgumentTable.DepthMax);
        Assert.Equal(deepest, FieldTableReader.Read(Entries(deepest)));
        Assert.Throws<ArgumentException>(() => Entries(ArgumentGen.NestedTable(ArgumentTable.DepthMax + 1)));

        byte[] tooDeep = [.. Octets.Of("01'o' 'F'"), .. Prefixed(Entries(deepest))];
        Assert.Throws<Amqp091WireException>(() => FieldTableReader.Validate(tooDeep));
        var error = Assert.Throws<Amqp091WireException>(() => FieldTableReader.Read(tooDeep));
        Assert.Equal("a field table is nested deeper than 32", error.Message);
    }

    [Fact]
    public void More_values_than_allowed_are_refused()
    {
        var voids = Enumerable.Repeat((byte)'V', ArgumentTable.ValueCountMax).ToArray();
        byte[] entries = [.. Octets.Of("01'a' 'A'"), .. Prefixed(voids)];
        Assert.Throws<Amqp091WireException>(() => FieldTableReader.Validate(entries));
        var error = Assert.Throws<Amqp091WireException>(() => FieldTableReader.Read(entries));
        Assert.Equal("a field table holds more than 16384 values", error.Message);
    }

    [Fact]
    public void A_table_larger_than_the_limit_is_refused()
    {
        var entries = new byte[FieldTableReader.SizeMax + 1];
        Assert.Throws<Amqp091WireException>(() => FieldTableReader.Validate(entries));
        var error = Assert.Throws<Amqp091WireException>(() => FieldTableReader.Read(entries));
        Assert.Equal("a field table of 524289 bytes exceeds the limit of 524288", error.Message);
    }

    [Fact]
    public void Whatever_the_wire_accepts_the_journal_can_store()
    {
        // The form that grows most: nothing but 64-bit integers without a name.
        var integer = Octets.Of("00 'l' 8000000000000000");
        var entries = Enumerable.Repeat(integer, ArgumentTable.ValueCountMax).SelectMany(bytes => bytes).ToArray();
        var table = FieldTableReader.Read(entries);
        Assert.Equal(table.Count, ArgumentTableCodec.Read(ArgumentTableCodec.Encode(table)).Count);
    }

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused_alike_by_reader_and_validation_and_in_bounded_memory() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 64],
            Gen.Select(ArgumentGen.Table, Gen.Int[0, 1000], Gen.Byte).Select((table, index, value) => Corrupt(table, index, value)))
        .Sample(entries =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = ErrorOf(() => FieldTableReader.Read(entries));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64_000 + (entries.Length * 512));
            Assert.Equal(error, ErrorOf(() => FieldTableReader.Validate(entries)));
        });

    [Fact]
    public void Looking_up_finds_the_first_entry_of_that_name_only()
    {
        var entries = Octets.Of("01'a' 'b' 01  02'ab' 'b' 02  01'b' 'b' 03  01'b' 'b' 04");
        Assert.True(FieldTableReader.TryFind(entries, "b"u8, out var value));
        Assert.True(value.TryGetInt64(out var number));
        Assert.Equal(3, number);
        Assert.False(FieldTableReader.TryFind(entries, "c"u8, out _));
        Assert.False(FieldTableReader.TryFind([], "a"u8, out _));
    }

    [Fact]
    public void Looking_up_and_validating_allocate_nothing()
    {
        var entries = Octets.Of("01'a' 'S' 00000003'one'  01't' 'F' 00000008 01'n' 'A' 00000001 'V'  01'z' 'I' 00000005");
        var found = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            FieldTableReader.Validate(entries);
            if (FieldTableReader.TryFind(entries, "z"u8, out var value) && value.TryGetInt64(out var number))
                found += (int)number;
        }));
        Assert.Equal(5 * 1001, found);
    }

    private static byte[] Entries(ArgumentTable table)
    {
        var bytes = new byte[FieldTableWriter.GetSize(table)];
        Assert.Equal(bytes.Length, FieldTableWriter.Write(bytes, table));
        return bytes[4..];
    }

    private static byte[] Prefixed(byte[] entries) =>
        [(byte)(entries.Length >> 24), (byte)(entries.Length >> 16), (byte)(entries.Length >> 8), (byte)entries.Length, .. entries];

    private static byte[] Corrupt(ArgumentTable table, int index, byte value)
    {
        var entries = Entries(table);
        if (entries.Length > 0)
            entries[index % entries.Length] = value;
        return entries;
    }

    private static string? ErrorOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Amqp091WireException error)
        {
            return error.Message;
        }
    }
}
