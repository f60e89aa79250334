using ActorBroker.Core.Arguments;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Arguments;

public sealed class ArgumentValueTests
{
    public static TheoryData<ArgumentValue> TenOfEveryIntegerKind => new()
    {
        ArgumentValue.FromSByte(10), ArgumentValue.FromByte(10), ArgumentValue.FromInt16(10), ArgumentValue.FromUInt16(10),
        ArgumentValue.FromInt32(10), ArgumentValue.FromUInt32(10), ArgumentValue.FromInt64(10),
    };

    [Theory]
    [MemberData(nameof(TenOfEveryIntegerKind))]
    public void Every_integer_kind_is_read_as_a_number_and_is_equivalent_to_the_others(ArgumentValue ten)
    {
        Assert.True(ten.TryGetInt64(out var number));
        Assert.Equal(10, number);
        Assert.True(ten.IsEquivalentTo(ArgumentValue.FromInt64(10)));
        Assert.False(ten.IsEquivalentTo(ArgumentValue.FromInt64(11)));
        Assert.Equal(ten.Kind == ArgumentKind.Int64, ten == ArgumentValue.FromInt64(10));
        Assert.False(ten.IsEquivalentTo(ArgumentValue.FromString("10")));
        Assert.False(ten.IsEquivalentTo(ArgumentValue.FromTimestamp(10)));
    }

    [Fact]
    public void Negative_numbers_keep_their_sign_in_every_width()
    {
        Assert.Equal(-1, ArgumentValue.FromSByte(-1).AsInt64());
        Assert.Equal(short.MinValue, ArgumentValue.FromInt16(short.MinValue).AsInt64());
        Assert.Equal(int.MinValue, ArgumentValue.FromInt32(int.MinValue).AsInt64());
        Assert.Equal(long.MinValue, ArgumentValue.FromInt64(long.MinValue).AsInt64());
        Assert.Equal(uint.MaxValue, ArgumentValue.FromUInt32(uint.MaxValue).AsInt64());
    }

    [Fact]
    public void Single_and_double_of_the_same_number_are_equivalent_but_not_equal()
    {
        Assert.True(ArgumentValue.FromSingle(0.5f).IsEquivalentTo(ArgumentValue.FromDouble(0.5)));
        Assert.True(ArgumentValue.FromDouble(0.5).IsEquivalentTo(ArgumentValue.FromSingle(0.5f)));
        Assert.NotEqual(ArgumentValue.FromSingle(0.5f), ArgumentValue.FromDouble(0.5));
        Assert.Equal(ArgumentValue.FromDouble(double.NaN), ArgumentValue.FromDouble(double.NaN));
    }

    [Fact]
    public void A_long_string_keeps_bytes_that_are_not_utf8_and_still_has_a_text()
    {
        var value = ArgumentValue.FromString([0x61, 0xFF]);
        Assert.Equal(new byte[] { 0x61, 0xFF }, value.AsBytes().ToArray());
        Assert.Equal("a\uFFFD", value.AsString());
        Assert.Equal(ArgumentValue.FromString("é"), ArgumentValue.FromString([0xC3, 0xA9]));
        Assert.NotEqual(ArgumentValue.FromBinary([0x61]), ArgumentValue.FromString("a"));
    }

    [Fact]
    public void An_accessor_of_another_kind_throws_and_names_both_kinds()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ArgumentValue.FromString("1").AsInt64());
        Assert.Equal("The value is of type longstr, not an integer.", error.Message);
        Assert.Throws<InvalidOperationException>(() => ArgumentValue.Void.AsTable());
        Assert.Throws<InvalidOperationException>(() => ArgumentValue.FromInt64(1).AsString());
        Assert.False(ArgumentValue.FromBinary("a"u8).TryGetString(out _));
        Assert.False(ArgumentValue.FromInt64(1).TryGetBoolean(out _));
        Assert.False(ArgumentValue.FromInt64(1).TryGetTable(out _));
    }

    [Fact]
    public void The_default_value_is_void() => Assert.Equal(ArgumentValue.Void, default);

    [Fact]
    public void Equal_values_have_equal_hash_codes_and_are_equivalent() => ArgumentGen.Table.Sample(table =>
    {
        var copy = ArgumentTableCodec.Read(ArgumentTableCodec.Encode(table));
        var (value, same) = (ArgumentValue.FromTable(table), ArgumentValue.FromTable(copy));
        Assert.Equal(value, same);
        Assert.Equal(value.GetHashCode(), same.GetHashCode());
        Assert.True(value.IsEquivalentTo(same));
    });

    [Fact]
    public void Texts_are_those_of_RabbitMQ()
    {
        Assert.Equal("hello", ArgumentValue.FromString("hello").ToString());
        Assert.Equal("-5", ArgumentValue.FromInt32(-5).ToString());
        Assert.Equal("true", ArgumentValue.FromBoolean(true).ToString());
        Assert.Equal("undefined", ArgumentValue.Void.ToString());
        Assert.Equal("1.0", ArgumentValue.FromDouble(1).ToString());
        Assert.Equal("2.5", ArgumentValue.FromSingle(2.5f).ToString());
        Assert.Equal("1E+30", ArgumentValue.FromDouble(1e30).ToString());
        Assert.Equal("Infinity", ArgumentValue.FromDouble(double.PositiveInfinity).ToString());
        Assert.Equal("{2,314}", ArgumentValue.FromDecimal(2, 314).ToString());
        Assert.Equal(
            "[{longstr,<<\"a\">>},{signedint,1}]",
            ArgumentValue.FromArray(ArgumentValue.FromString("a"), ArgumentValue.FromInt32(1)).ToString());
        Assert.Equal("signedint", ArgumentKind.Int32.TypeName());
    }
}
