using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;
using CsCheck;
using Spectre.Console;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Output;

public sealed class ResultWriterTests
{
    private static readonly Column[] Columns = [Column.Text("name"), Column.Bytes("size", "size"), Column.Flag("durable"), Column.Rate("stats.rate", "in/s")];
    private static readonly JsonArray Items = new(
        new JsonObject { ["name"] = "a", ["size"] = 1536, ["durable"] = true, ["stats"] = new JsonObject { ["rate"] = 1234.56 } },
        new JsonObject { ["name"] = "[red]longer\u0007", ["size"] = 7 });

    [Fact]
    public void Programs_get_figures_as_they_come_in_aligned_columns() => Assert.Equal(
        """
        name               size  durable     in/s
        a                  1536  true     1234.56
        [red]longer\u0007     7

        """,
        Printed(screen: false, static writer => writer.List((JsonArray)Items.DeepClone(), Columns)));

    [Fact]
    public void People_get_a_table_with_figures_that_they_can_read()
    {
        var printed = Printed(screen: true, static writer => writer.List((JsonArray)Items.DeepClone(), Columns));

        Assert.Contains("│ a                 │ 1.5 KiB │ yes     │ 1,235 │", printed, StringComparison.Ordinal);
        Assert.Contains("│ [red]longer\\u0007 │     7 B │         │       │", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_narrow_terminal_shows_fewer_columns_unless_they_are_asked_for()
    {
        var printed = Printed(screen: true, static writer => writer.List((JsonArray)Items.DeepClone(), Columns), width: 42);
        var asked = Printed(screen: true, static writer => writer.List((JsonArray)Items.DeepClone(), Columns, areAsked: true), width: 42);

        Assert.Contains("│ name              │    size │ durable │", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("in/s", printed, StringComparison.Ordinal);
        Assert.Contains("1,235", asked, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_what_the_API_said() => Assert.Equal(
        Items.Count,
        JsonNode.Parse(Printed(screen: true, static writer => writer.List((JsonArray)Items.DeepClone(), Columns), isJson: true))!.AsArray().Count);

    [Fact]
    public void An_object_is_printed_a_field_a_line_without_those_that_it_has_not() => Assert.Equal(
        "name  [red]longer\\u0007\nsize  7\n", Printed(screen: false, static writer => writer.Item((JsonObject)Items[1]!.DeepClone(), Columns)));

    [Fact]
    public void No_control_character_of_others_is_printed() => Gen.String.Sample(text =>
    {
        Assert.DoesNotContain(TextCell.OneLine(text), char.IsControl);
        Assert.DoesNotContain(TextCell.Lines(text), static letter => char.IsControl(letter) && letter is not ('\n' or '\t'));
    });

    private static string Printed(bool screen, Action<ResultWriter> print, bool isJson = false, int width = 100)
    {
        using var output = new MemoryStream();
        using var drawn = new StringWriter();
        var console = new CommandConsole(output, TextWriter.Null, Stream.Null, static _ => null)
        {
            Screen = screen ? AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(drawn) }) : null,
        };
        if (console.Screen is { } drawing)
        {
            drawing.Profile.Width = width;
            drawing.Profile.Capabilities.Unicode = true;
        }

        print(new ResultWriter(console, isJson));
        return Encoding.UTF8.GetString(output.ToArray()) + drawn;
    }
}
