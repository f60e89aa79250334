using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Invocation;
using Spectre.Console;

namespace ActorBroker.CommandLine.Output;

/// <summary>
/// Prints what a command brings back: JSON as the API has it, tables on a terminal, and elsewhere plain columns with figures
/// as they come, so that other programs read them.
/// </summary>
internal sealed class ResultWriter(CommandConsole console, bool isJson)
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The result is for a program.</summary>
    public bool IsJson => isJson;

    /// <summary>The result is for somebody at a terminal.</summary>
    public bool IsForPeople => !isJson && console.Screen is not null;

    /// <summary>JSON on one line.</summary>
    public static string JsonOf(JsonNode node) => node.ToJsonString(Compact);

    /// <summary>Prints a value as JSON.</summary>
    public void Json(JsonNode? node) => console.Output.WriteLine(node is null ? "null" : JsonOf(node));

    /// <summary>Prints a line for people; programs that asked for JSON do not get it.</summary>
    public void Line(string text)
    {
        if (!isJson)
        {
            console.Output.WriteLine(TextCell.Lines(text));
        }
    }

    /// <summary>Says what was done.</summary>
    public void Done(string sentence, JsonObject result)
    {
        if (isJson)
        {
            Json(result);
        }
        else
        {
            Line(sentence);
        }
    }

    /// <summary>Prints a list.</summary>
    /// <param name="items">Its items.</param>
    /// <param name="columns">What to show of them, the most important first.</param>
    /// <param name="areAsked">Somebody asked for these columns: all are shown. Otherwise a narrow terminal shows fewer.</param>
    public void List(JsonArray items, IReadOnlyList<Column> columns, bool areAsked = false)
    {
        if (isJson)
        {
            Json(items);
            return;
        }

        var rows = items.OfType<JsonObject>()
            .Select(item => columns.Select(column => TextCell.OneLine(column.ValueOf(item, IsForPeople))).ToArray())
            .ToList();
        if (console.Screen is { } screen)
        {
            var shown = areAsked ? [.. Enumerable.Range(0, columns.Count)] : ScreenFit.Choose(columns, rows, screen.Profile.Width);
            screen.Write(TableOf([.. shown.Select(index => columns[index])], rows.ConvertAll(row => shown.Select(index => row[index]).ToArray())));
        }
        else
        {
            PlainTable.Write(console.Output, columns, rows);
        }
    }

    /// <summary>Prints one object, a field a line; those without a value are left out.</summary>
    public void Item(JsonObject item, IReadOnlyList<Column> columns)
    {
        if (isJson)
        {
            Json(item);
            return;
        }

        var rows = columns.Select(column => (column.Title, Value: TextCell.OneLine(column.ValueOf(item, IsForPeople))))
            .Where(static row => row.Value.Length > 0)
            .ToList();
        if (console.Screen is { } screen)
        {
            var grid = new Grid().AddColumn().AddColumn();
            foreach (var (title, value) in rows)
            {
                grid.AddRow(new Text(title, new Style(decoration: Decoration.Dim)), new Text(value));
            }

            screen.Write(grid);
            return;
        }

        var width = rows.Select(static row => row.Title.Length).DefaultIfEmpty().Max();
        foreach (var (title, value) in rows)
        {
            console.Output.WriteLine($"{title.PadRight(width)}  {value}");
        }
    }

    private static Table TableOf(IReadOnlyList<Column> columns, List<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold)));
            table.AddColumn(column.IsNumber ? header.RightAligned() : header);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(static cell => new Text(cell)));
        }

        return table;
    }
}
