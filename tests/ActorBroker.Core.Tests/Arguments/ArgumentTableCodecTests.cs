using ActorBroker.Core.Arguments;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Arguments;

public sealed class ArgumentTableCodecTests
{
    [Fact]
    public void Every_table_survives_encoding_in_order() => ArgumentGen.Table.Sample(table =>
    {
        var copy = ArgumentTableCodec.Read(ArgumentTableCodec.Encode(table));
        Assert.Equal(Entries(table), Entries(copy));
    });

    /// <summary>What a journal holds must stay readable: these bytes may never change.</summary>
    [Theory]
    [InlineData("01 00")]
    [InlineData("01 01 01 61 00")]
    [InlineData("01 01 01 61 01 01")]
    [InlineData("01 02 01 61 02 01 01 62 03 FE03")]
    [InlineData("01 04 01 61 04 01 01 62 05 02 01 63 06 01 01 64 07 02")]
    [InlineData("01 01 01 61 08 FFFFFFFFFFFFFFFFFF01")]
    [InlineData("01 02 01 61 09 0000803F 01 62 0A 000000000000F03F")]
    [InlineData("01 02 01 61 0B 02 BA02 01 62 0F 80A8B8F905")]
    [InlineData("01 03 01 61 0C 02 6869 01 62 0D 01 FF 01 63 0E 02 00 10 00")]
    [InlineData("01 01 01 61 10 01 02 C3A9 0E 01 10 01 00 00")]
    public void Version_1_is_what_it_always_was(string hex)
    {
        var golden = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(golden, ArgumentTableCodec.Encode(ArgumentTableCodec.Read(golden)));
    }

    [Fact]
    public void A_table_of_known_values_is_encoded_as_documented()
    {
        var table = ArgumentTable.Of(("a", ArgumentValue.FromInt32(-1)), ("b", ArgumentValue.FromString("hi")));
        Assert.Equal("0102016106010162" + "0C026869", Convert.ToHexString(ArgumentTableCodec.Encode(table)));
    }

    [Fact]
    public void Nesting_up_to_the_limit_is_kept_and_beyond_it_refused()
    {
        var deepest = ArgumentGen.NestedTable(ArgumentTable.DepthMax);
        Assert.Equal(deepest, ArgumentTableCodec.Read(ArgumentTableCodec.Encode(deepest)));
        Assert.Throws<ArgumentException>(() => ArgumentTableCodec.Encode(ArgumentGen.NestedTable(ArgumentTable.DepthMax + 1)));

        byte[] tooDeep = [1, .. Enumerable.Repeat(new byte[] { 1, 1, 0x74, (byte)ArgumentKind.Table }, 100_000).SelectMany(level => level)];
        var error = Assert.Throws<InvalidDataException>(() => ArgumentTableCodec.Read(tooDeep));
        Assert.Contains("nested deeper than 32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_values_or_bytes_than_allowed_are_refused_in_both_directions()
    {
        var items = new ArgumentValue[ArgumentTable.ValueCountMax];
        var tooMany = ArgumentTable.Of(("a", ArgumentValue.FromArray(items)));
        Assert.Throws<ArgumentException>(() => ArgumentTableCodec.Encode(tooMany));

        var tooLarge = ArgumentTable.Of(("a", ArgumentValue.FromBinary(new byte[ArgumentTableCodec.SizeMax])));
        Assert.Throws<ArgumentException>(() => ArgumentTableCodec.Encode(tooLarge));
        Assert.Throws<InvalidDataException>(() => ArgumentTableCodec.Read(new byte[ArgumentTableCodec.SizeMax + 1]));
    }

    [Fact]
    public void An_unknown_version_is_refused_by_name()
    {
        var error = Assert.Throws<InvalidDataException>(() => ArgumentTableCodec.Read([2, 0]));
        Assert.Equal("Unknown version 2 of an encoded argument table.", error.Message);
    }

    [Fact]
    public void Every_truncation_and_every_byte_too_many_is_refused() => ArgumentGen.Table.Sample(table =>
    {
        var encoded = ArgumentTableCodec.Encode(table);
        for (var length = 0; length < encoded.Length; length++)
            Assert.Throws<InvalidDataException>(() => ArgumentTableCodec.Read(encoded.AsSpan(0, length)));
        Assert.Throws<InvalidDataException>(() => ArgumentTableCodec.Read([.. encoded, 0]));
    }, iter: 30);

    [Fact]
    public void Arbitrary_bytes_give_a_table_or_InvalidDataException_and_bounded_memory() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 64],
            Gen.Select(ArgumentGen.Table, Gen.Int[0, 1000], Gen.Byte).Select((table, index, value) => Corrupt(table, index, value)))
        .Sample(bytes =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.NotNull(ArgumentTableCodec.Read(bytes));
            }
            catch (InvalidDataException error)
            {
                Assert.NotEmpty(error.Message);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64_000 + (bytes.Length * 512));
        });

    private static byte[] Corrupt(ArgumentTable table, int index, byte value)
    {
        var bytes = ArgumentTableCodec.Encode(table);
        bytes[1 + (index % (bytes.Length - 1))] = value;
        return bytes;
    }

    private static List<KeyValuePair<string, ArgumentValue>> Entries(ArgumentTable table)
    {
        var entries = new List<KeyValuePair<string, ArgumentValue>>();
        foreach (var entry in table)
            entries.Add(entry);
        return entries;
    }
}
