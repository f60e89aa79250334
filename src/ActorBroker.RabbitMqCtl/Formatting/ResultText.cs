using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Formatting;

/// <summary>Results as text, in each of the ways to show one.</summary>
internal static class ResultText
{
    /// <summary>What is printed, line by line.</summary>
    /// <param name="outcome">The result.</param>
    /// <param name="formatter">The way to show it.</param>
    /// <param name="node">Who answered.</param>
    /// <param name="hasHeaders">Whether a table's columns are named.</param>
    public static IEnumerable<string> Of(Outcome outcome, FormatterKind formatter, string node, bool hasHeaders) => outcome switch
    {
        Outcome.Silence => [],
        Outcome.Done => formatter == FormatterKind.Json ? [TermJson.Write(new JsonObject { ["node"] = node, ["result"] = "ok" })] : [],
        Outcome.Answer answer when formatter == FormatterKind.Json =>
            [TermJson.Write(new JsonObject { ["node"] = node, ["result"] = "ok", ["value"] = answer.Text })],
        Outcome.Answer answer => OfText(answer.Text, null, formatter),
        Outcome.Message message => OfText(message.Text, message.Json, formatter),
        Outcome.Rows { Lines.Count: 0, IsWhole: true } => [formatter is FormatterKind.Json or FormatterKind.Erlang ? "[]" : string.Empty],
        Outcome.Rows rows => OfRows(rows.Lines, formatter, hasHeaders),
        Outcome.Properties properties => OfProperties(properties.Line, formatter, hasHeaders),
        _ => [],
    };

    private static IEnumerable<string> OfText(string text, JsonObject? json, FormatterKind formatter) => formatter switch
    {
        FormatterKind.Json or FormatterKind.JsonStream => [TermJson.Write(json ?? new JsonObject { ["message"] = text })],
        FormatterKind.PrettyTable => [PrettyTable.Of(["Output"], [[text]])],
        FormatterKind.Erlang => [$"<<{TermText.Quoted(text)}>>"],
        _ => [text],
    };

    private static IEnumerable<string> OfRows(IReadOnlyList<Row> rows, FormatterKind formatter, bool hasHeaders) => formatter switch
    {
        FormatterKind.Json => JsonOf(rows),
        FormatterKind.JsonStream => rows.Select(row => TermJson.Write(ObjectOf(row)) + "\n"),
        FormatterKind.Csv => OfCsv(rows),
        FormatterKind.PrettyTable => rows.Count == 0 ? [] : [PrettyTable.Of(NamesOf(rows[0]), [.. rows.Select(static row => row.Cells.Select(static cell => ErlangText.CellOf(cell.Value)).ToList())])],
        FormatterKind.Erlang => [ErlangText.Of(rows)],
        _ => OfTable(rows, hasHeaders),
    };

    private static IEnumerable<string> OfProperties(Row row, FormatterKind formatter, bool hasHeaders) => formatter switch
    {
        FormatterKind.Json => [TermJson.Write(ObjectOf(row))],
        FormatterKind.Erlang => [ErlangText.Of(row)],
        _ => OfRows([row], formatter, hasHeaders),
    };

    private static IEnumerable<string> OfTable(IReadOnlyList<Row> rows, bool hasHeaders)
    {
        if (hasHeaders && rows.Count > 0)
        {
            yield return string.Join('\t', NamesOf(rows[0]));
        }

        foreach (var row in rows)
        {
            yield return string.Join('\t', ValuesOf(row));
        }
    }

    private static IEnumerable<string> JsonOf(IReadOnlyList<Row> rows)
    {
        yield return "[";
        for (var i = 0; i < rows.Count; i++)
        {
            yield return (i > 0 ? "," : "") + TermJson.Write(ObjectOf(rows[i]));
        }

        yield return "]";
    }

    private static IEnumerable<string> OfCsv(IReadOnlyList<Row> rows)
    {
        if (rows.Count > 0)
        {
            yield return CsvLine(NamesOf(rows[0]));
        }

        foreach (var row in rows)
        {
            yield return CsvLine(ValuesOf(row));
        }
    }

    private static JsonObject ObjectOf(Row row) => new(row.Cells.Select(static cell => KeyValuePair.Create(cell.Name, TermJson.NodeOf(cell.Value))));

    private static List<string> NamesOf(Row row) => [.. row.Cells.Select(static cell => cell.Name)];

    private static List<string> ValuesOf(Row row) => [.. row.Cells.Select(static cell => TermText.Of(cell.Value))];

    private static string CsvLine(IEnumerable<string> values) => string.Join(',', values.Select(static value => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}
