using ActorBroker.Core.Arguments;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Arguments;

public sealed class ArgumentTableTests
{
    private static readonly ArgumentTable Sample = ArgumentTable.Of(
        ("x-max-length", ArgumentValue.FromInt32(10)), ("x-overflow", ArgumentValue.FromString("reject-publish")));

    [Fact]
    public void Entries_keep_their_order_and_are_found_by_name()
    {
        var keys = new List<string>();
        foreach (var (key, _) in Sample)
            keys.Add(key);
        Assert.Equal(["x-max-length", "x-overflow"], keys);
        Assert.True(Sample.TryGetValue("x-overflow", out var overflow));
        Assert.Equal("reject-publish", overflow.AsString());
        Assert.False(Sample.TryGetValue("X-OVERFLOW", out _));
        Assert.False(Sample.ContainsKey("x-expires"));
    }

    [Fact]
    public void Of_two_entries_with_one_name_the_first_is_found()
    {
        var table = ArgumentTable.Of(("a", ArgumentValue.FromInt64(1)), ("a", ArgumentValue.FromInt64(2)));
        Assert.Equal(2, table.Count);
        Assert.True(table.TryGetValue("a", out var value));
        Assert.Equal(1, value.AsInt64());
    }

    [Fact]
    public void Equality_ignores_the_order_but_not_kinds_values_or_names()
    {
        var reversed = ArgumentTable.Of(
            ("x-overflow", ArgumentValue.FromString("reject-publish")), ("x-max-length", ArgumentValue.FromInt32(10)));
        Assert.Equal(Sample, reversed);
        Assert.Equal(Sample.GetHashCode(), reversed.GetHashCode());

        var wider = ArgumentTable.Of(
            ("x-overflow", ArgumentValue.FromString("reject-publish")), ("x-max-length", ArgumentValue.FromInt64(10)));
        Assert.NotEqual(Sample, wider);
        Assert.True(Sample.IsEquivalentTo(wider));
        Assert.False(Sample.IsEquivalentTo(ArgumentTable.Of(("x-max-length", ArgumentValue.FromInt32(10)))));
        Assert.False(ArgumentTable.Of(("a", ArgumentValue.Void)).IsEquivalentTo(ArgumentTable.Of(("b", ArgumentValue.Void))));
    }

    [Fact]
    public void Equivalence_looks_through_widths_in_nested_tables_and_arrays()
    {
        static ArgumentTable Nested(ArgumentValue number) => ArgumentTable.Of(
            ("t", ArgumentValue.FromTable(ArgumentTable.Of(("a", ArgumentValue.FromArray(number))))));

        Assert.True(Nested(ArgumentValue.FromByte(7)).IsEquivalentTo(Nested(ArgumentValue.FromInt64(7))));
        Assert.False(Nested(ArgumentValue.FromByte(7)).IsEquivalentTo(Nested(ArgumentValue.FromInt64(8))));
        Assert.NotEqual(Nested(ArgumentValue.FromByte(7)), Nested(ArgumentValue.FromInt64(7)));
    }

    [Fact]
    public void A_table_equals_every_permutation_of_itself() =>
        Gen.Select(ArgumentGen.Key, ArgumentGen.Value, KeyValuePair.Create).Array[0, 8]
            .Where(entries => entries.Select(entry => entry.Key).Distinct().Count() == entries.Length)
            .Sample(entries => ArgumentTable.Create(entries).Equals(ArgumentTable.Create(entries.Reverse().ToArray())));

    [Fact]
    public void An_empty_table_is_one_and_the_same_however_it_is_made()
    {
        ArgumentTable fromExpression = [];
        Assert.Same(ArgumentTable.Empty, fromExpression);
        Assert.Same(ArgumentTable.Empty, new ArgumentTable.Builder().Build());
        Assert.Equal("[]", ArgumentTable.Empty.ToString());
    }

    [Fact]
    public void Each_entry_is_an_erlang_term_with_its_quotes_escaped() => Assert.Equal(
        ["{<<\"a\">>,longstr,<<\"say \\\"x\\\\y\\\"\">>}", "{<<\"b\">>,array,[{void,undefined},{bool,true}]}"],
        ArgumentTable.Of(
            ("a", ArgumentValue.FromString("say \"x\\y\"")),
            ("b", ArgumentValue.FromArray(ArgumentValue.Void, ArgumentValue.FromBoolean(true)))).ToTerms());

    [Fact]
    public void The_text_is_an_erlang_proplist() => Assert.Equal(
        "[{<<\"x-max-length\">>,signedint,10},{<<\"x-overflow\">>,longstr,<<\"reject-publish\">>}]", Sample.ToString());
}
