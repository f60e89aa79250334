using System.Globalization;
using System.Text;

namespace ActorBroker.Core.Arguments;

/// <summary>How RabbitMQ prints arguments: a lone text plainly (Erlang <c>~ts</c>), all else as an Erlang term (<c>~tp</c>).</summary>
internal static class ArgumentText
{
    public static string Plain(ArgumentValue value) =>
        value.Kind is ArgumentKind.LongString or ArgumentKind.Binary
            ? Encoding.UTF8.GetString(value.AsBytes().Span)
            : AppendTerm(new StringBuilder(), value).ToString();

    /// <summary>As an Erlang term: text is a binary.</summary>
    public static string Term(ArgumentValue value) => AppendTerm(new StringBuilder(), value).ToString();

    public static StringBuilder AppendTerm(StringBuilder text, ArgumentTable table)
    {
        text.Append('[');
        var first = true;
        foreach (var entry in table)
        {
            AppendEntry(first ? text : text.Append(','), entry);
            first = false;
        }

        return text.Append(']');
    }

    public static StringBuilder AppendEntry(StringBuilder text, KeyValuePair<string, ArgumentValue> entry)
    {
        AppendQuoted(text.Append('{'), entry.Key).Append(',').Append(entry.Value.Kind.TypeName()).Append(',');
        return AppendTerm(text, entry.Value).Append('}');
    }

    private static StringBuilder AppendTerm(StringBuilder text, ArgumentValue value) => value.Kind switch
    {
        ArgumentKind.Void => text.Append("undefined"),
        ArgumentKind.Boolean => text.Append(value.AsBoolean() ? "true" : "false"),
        ArgumentKind.Single => text.Append(Float(value.AsSingle().ToString("R", CultureInfo.InvariantCulture))),
        ArgumentKind.Double => text.Append(Float(value.AsDouble().ToString("R", CultureInfo.InvariantCulture))),
        ArgumentKind.Decimal => text.Append(CultureInfo.InvariantCulture, $"{{{value.AsDecimal().Scale},{value.AsDecimal().Value}}}"),
        ArgumentKind.Timestamp => text.Append(value.AsTimestamp()),
        ArgumentKind.LongString or ArgumentKind.Binary => AppendQuoted(text, Plain(value)),
        ArgumentKind.Array => AppendArray(text, value),
        ArgumentKind.Table => AppendTerm(text, value.AsTable()),
        _ => text.Append(value.AsInt64()),
    };

    private static StringBuilder AppendArray(StringBuilder text, ArgumentValue array)
    {
        text.Append('[');
        var first = true;
        foreach (var item in array.AsArray())
        {
            text.Append(first ? "{" : ",{").Append(item.Kind.TypeName()).Append(',');
            AppendTerm(text, item).Append('}');
            first = false;
        }

        return text.Append(']');
    }

    private static StringBuilder AppendQuoted(StringBuilder text, string plain)
    {
        text.Append("<<\"");
        foreach (var character in plain)
        {
            if (character is '"' or '\\')
                text.Append('\\');
            text.Append(character);
        }

        return text.Append("\">>");
    }

    // Erlang never prints a float without a fraction.
    private static string Float(string digits) => digits.AsSpan().ContainsAny(".EN∞y") ? digits : digits + ".0";
}
