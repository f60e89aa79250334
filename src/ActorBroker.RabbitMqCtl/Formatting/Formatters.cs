namespace ActorBroker.RabbitMqCtl.Formatting;

/// <summary>The ways to show a result.</summary>
internal enum FormatterKind
{
    /// <summary>In words.</summary>
    Text,

    /// <summary>Columns between tabulators, under their names.</summary>
    Table,

    /// <summary>A table with lines around it.</summary>
    PrettyTable,

    Json,

    /// <summary>JSON, one object a line.</summary>
    JsonStream,

    Csv,

    /// <summary>A term of Erlang.</summary>
    Erlang,
}

/// <summary>What the ways to show a result are called.</summary>
internal static class Formatters
{
    /// <summary>That of this name; null where there is none, and then a command shows its result in its own way.</summary>
    public static FormatterKind? Named(string? name) => name switch
    {
        "string" or "string_per_line" => FormatterKind.Text,
        "table" => FormatterKind.Table,
        "pretty_table" => FormatterKind.PrettyTable,
        "json" => FormatterKind.Json,
        "json_stream" => FormatterKind.JsonStream,
        "csv" => FormatterKind.Csv,
        "erlang" or "inspect" => FormatterKind.Erlang,
        _ => null,
    };

    /// <summary>Whether programs read it, and nothing else may be printed.</summary>
    public static bool IsForPrograms(FormatterKind formatter) => formatter is FormatterKind.Json or FormatterKind.JsonStream or FormatterKind.Csv;
}
