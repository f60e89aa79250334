using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Commands;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class TermTests
{
    private static readonly Term Arguments = Term.Of(JsonNode.Parse(
        """{"text":"a \"b\"","empty":"","number":3,"large":5000000000,"real":0.5,"yes":true,"none":null,"table":{"in":"side"},"array":["x",1]}"""));

    [Fact]
    public void Arguments_are_written_as_erlang_does() =>
        Assert.Equal(
            """[{"text","a \"b\""},{"empty",[]},{"number",3},{"large",5000000000},{"real",0.5},{"yes",true},{"none",undefined},{"table",[{"in","side"}]},{"array",["x",1]}]""",
            TermText.Of(Arguments));

    [Fact]
    public void Arguments_have_their_types_in_json() =>
        Assert.Equal(
            """[["text","longstr","a \"b\""],["empty","longstr",""],["number","signedint",3],["large","long",5000000000],["real","double",0.5],["yes","bool",true],["none","void","undefined"],["table","table",[["in","longstr","side"]]],["array","array",[["longstr","x"],["signedint",1]]]]""",
            TermJson.Write(TermJson.NodeOf(Arguments)!));

    [Fact]
    public void What_is_not_there_is_nothing_in_a_table_and_an_empty_text_in_json()
    {
        Assert.Equal("", TermText.Of(Term.Of((string?)null)));
        Assert.Equal("\"\"", TermJson.NodeOf(Term.None)!.ToJsonString());
        Assert.Equal("[]", TermText.Of(Term.Of(new JsonObject())));
    }

    [Theory]
    [InlineData(60, "60.0")]
    [InlineData(0.1261, "0.1261")]
    [InlineData(0.00001, "1e-05")]
    public void A_number_with_a_fraction_always_shows_it(double value, string text) => Assert.Equal(text, TermText.Of(value));

    [Fact]
    public void A_process_id_is_made_of_a_name_and_always_the_same()
    {
        var one = ProcessId.OfConnection("node@here", "127.0.0.1:1 -> 127.0.0.1:2");

        Assert.Equal(one, ProcessId.OfConnection("node@here", "127.0.0.1:1 -> 127.0.0.1:2"));
        Assert.NotEqual(one, ProcessId.OfConnection("node@here", "127.0.0.1:3 -> 127.0.0.1:2"));
        Assert.NotEqual(one.ToString(), ProcessId.OfQueue("node@here", "", "127.0.0.1:1 -> 127.0.0.1:2").ToString());
        Assert.True(ProcessId.IsWellFormed(one.ToString()));
        Assert.False(ProcessId.IsWellFormed("127.0.0.1:1 -> 127.0.0.1:2"));
        Assert.Equal(one.ToString()[..^2] + "7>", ProcessId.OfConnection("node@here", "127.0.0.1:1 -> 127.0.0.1:2", 7).ToString());
    }

    [Fact]
    public void A_table_with_lines_is_as_wide_as_its_widest_cells() =>
        Assert.Equal(
            """
            ┌──────┬─────────────────────┐
            │ NAME │ ARGUMENTS           │
            ├──────┼─────────────────────┤
            │ long │ {<<"k">>,bool,true} │
            └──────┴─────────────────────┘
            """.Replace("NAME", Bold("name"), StringComparison.Ordinal).Replace("ARGUMENTS", Bold("arguments"), StringComparison.Ordinal),
            Assert.Single(ResultText.Of(Rows, FormatterKind.PrettyTable, "", hasHeaders: true)));

    [Fact]
    public void Each_way_to_show_a_list_has_its_own_text()
    {
        Assert.Equal("[[{name,<<\"long\">>},{arguments,[{<<\"k\">>,bool,true}]}]]", Assert.Single(ResultText.Of(Rows, FormatterKind.Erlang, "", hasHeaders: true)));
        Assert.Equal(["name\targuments", "long\t[{\"k\",true}]"], ResultText.Of(Rows, FormatterKind.Table, "", hasHeaders: true));
        Assert.Equal(["long\t[{\"k\",true}]"], ResultText.Of(Rows, FormatterKind.Table, "", hasHeaders: false));
        Assert.Equal(["\"name\",\"arguments\"", "\"long\",\"[{\"\"k\"\",true}]\""], ResultText.Of(Rows, FormatterKind.Csv, "", hasHeaders: true));
        Assert.Equal(["[", """{"name":"long","arguments":[["k","bool",true]]}""", "]"], ResultText.Of(Rows, FormatterKind.Json, "", hasHeaders: true));
        Assert.Equal(["""{"name":"long","arguments":[["k","bool",true]]}""" + "\n"], ResultText.Of(Rows, FormatterKind.JsonStream, "", hasHeaders: true));
    }

    [Theory]
    [InlineData("list_queues", "list_queues", 1)]
    [InlineData("", "", 1)]
    [InlineData("", "x", 0)]
    [InlineData("abc", "xyz", 0)]
    [InlineData("martha", "marhta", 0.944)]
    [InlineData("dwayne", "duane", 0.822)]
    public void Likeness_is_jaros(string left, string right, double likeness) => Assert.Equal(likeness, Likeness.Of(left, right), 3);

    private static string Bold(string text) => $"\u001b[1m{text}\u001b[0m";

    private static Outcome.Rows Rows => new([new Row(("name", Term.Of("long")), ("arguments", Term.Of(new JsonObject { ["k"] = true })))]);
}
