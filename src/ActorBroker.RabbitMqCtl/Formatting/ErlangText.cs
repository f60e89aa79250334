using System.Text.Json;
using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Formatting;

/// <summary>Results as terms that Erlang can read.</summary>
internal static class ErlangText
{
    /// <summary>A list.</summary>
    public static string Of(IReadOnlyList<Row> rows) => $"[{string.Join(",\n ", rows.Select(Of))}]";

    /// <summary>A thing's properties.</summary>
    public static string Of(Row row) => $"[{string.Join(",", row.Cells.Select(static cell => $"{{{AtomOf(cell.Name)},{Of(cell.Value)}}}"))}]";

    /// <summary>A document of JSON: its members as properties.</summary>
    public static string Of(JsonNode? node) => node switch
    {
        null => "undefined",
        JsonObject members => $"[{string.Join(",\n ", members.Select(static member => $"{{{AtomOf(member.Key)},{Of(member.Value)}}}"))}]",
        JsonArray items => $"[{string.Join(",", items.Select(Of))}]",
        _ when node.GetValueKind() == JsonValueKind.String => BinaryOf(node.GetValue<string>()),
        _ => Of(Term.Of(node)),
    };

    private static string Of(Term term) => term switch
    {
        Term.Atom atom => AtomOf(atom.Name),
        Term.Text text => BinaryOf(text.Value),
        Term.Items items => $"[{string.Join(",", items.Values.Select(Of))}]",
        Term.Table table => $"[{string.Join(",", ArgumentsOf(table.Members))}]",
        Term.Tuple tuple => $"{{{string.Join(",", tuple.Values)}}}",
        _ => TermText.Of(term),
    };

    /// <summary>A cell of a table with lines: arguments one after the other, everything else as in any table.</summary>
    public static string CellOf(Term term) => term is Term.Table table ? string.Concat(ArgumentsOf(table.Members)) : TermText.Of(term);

    private static IEnumerable<string> ArgumentsOf(JsonObject members) =>
        members.Select(static member => $"{{{BinaryOf(member.Key)},{ArgumentTypes.Of(member.Value)},{ValueOf(member.Value)}}}");

    private static string ValueOf(JsonNode? node) => node switch
    {
        JsonObject members => $"[{string.Join(",", ArgumentsOf(members))}]",
        JsonArray items => $"[{string.Join(",", items.Select(static item => $"{{{ArgumentTypes.Of(item)},{ValueOf(item)}}}"))}]",
        _ => Of(node),
    };

    private static string BinaryOf(string text) => text.Length == 0 ? "<<>>" : $"<<{TermText.Quoted(text)}>>";

    private static string AtomOf(string name) =>
        name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '@')
            ? name
            : $"'{name.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
