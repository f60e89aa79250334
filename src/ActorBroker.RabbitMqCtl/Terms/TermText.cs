using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorBroker.RabbitMqCtl.Terms;

/// <summary>Terms as people read them in a table: texts bare, arguments as Erlang writes them.</summary>
internal static class TermText
{
    /// <summary>A value of a table.</summary>
    public static string Of(Term term) => term switch
    {
        Term.Atom atom => atom.Name,
        Term.Text text => text.Value,
        Term.Tuple tuple => tuple.Shown,
        Term.Whole number => number.Value.ToString(CultureInfo.InvariantCulture),
        Term.Real number => Of(number.Value),
        Term.Process process => process.Id.ToString(),
        Term.Items items => $"[{string.Join(", ", items.Values.Select(Of))}]",
        Term.Table table => Of(table.Members),
        _ => string.Empty,
    };

    /// <summary>A number as Erlang writes it: always with a fraction.</summary>
    public static string Of(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E', 'n') >= 0 ? text.Replace("E+", "e", StringComparison.Ordinal).Replace('E', 'e') : text + ".0";
    }

    /// <summary>Text between quotation marks.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => letter.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static string Of(JsonObject members)
    {
        var text = new StringBuilder();
        WriteTable(text, members);
        return text.ToString();
    }

    private static void WriteTable(StringBuilder text, JsonObject members)
    {
        var separator = "[";
        foreach (var (name, value) in members)
        {
            text.Append(separator).Append('{').Append(Quoted(name)).Append(',');
            WriteValue(text, value);
            text.Append('}');
            separator = ",";
        }

        text.Append(members.Count == 0 ? "[]" : "]");
    }

    // Texts are lists of letters there: an empty one is an empty list.
    private static void WriteValue(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("undefined");
                break;
            case JsonObject members:
                WriteTable(text, members);
                break;
            case JsonArray items:
                text.Append('[');
                for (var i = 0; i < items.Count; i++)
                {
                    text.Append(i > 0 ? "," : "");
                    WriteValue(text, items[i]);
                }

                text.Append(']');
                break;
            case var value when value.GetValueKind() == JsonValueKind.String:
                var words = value.GetValue<string>();
                text.Append(words.Length == 0 ? "[]" : Quoted(words));
                break;
            default:
                text.Append(Of(Term.Of(node)));
                break;
        }
    }
}
