using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorBroker.RabbitMqCtl.Terms;

/// <summary>
/// A value of a list as RabbitMQ's tools know it. They print Erlang's terms, in a form for people and in JSON, and scripts
/// read both; so what the API says is turned into such terms first.
/// </summary>
internal abstract record Term
{
    /// <summary>What is not there: nothing in a table, an empty text in JSON.</summary>
    public static readonly Term None = new Atom(string.Empty);

    private Term()
    {
    }

    /// <summary>A name of the broker's own: true, running, classic.</summary>
    public sealed record Atom(string Name) : Term;

    /// <summary>Text of users and clients.</summary>
    public sealed record Text(string Value) : Term;

    /// <summary>A whole number.</summary>
    public sealed record Whole(long Value) : Term;

    /// <summary>Another number.</summary>
    public sealed record Real(double Value) : Term;

    /// <summary>What stands for the process that serves something.</summary>
    public sealed record Process(ProcessId Id) : Term;

    /// <summary>An address of a network, or other numbers that belong together.</summary>
    /// <param name="Shown">As people write it.</param>
    /// <param name="Values">The numbers, for programs.</param>
    public sealed record Tuple(string Shown, IReadOnlyList<long> Values) : Term;

    /// <summary>Several values.</summary>
    public sealed record Items(IReadOnlyList<Term> Values) : Term;

    /// <summary>Arguments of AMQP, with the types that their values have there.</summary>
    public sealed record Table(JsonObject Members) : Term;

    /// <summary>Yes or no.</summary>
    public static Term Of(bool value) => new Atom(value ? "true" : "false");

    /// <summary>Text; nothing where there is none.</summary>
    public static Term Of(string? text) => text is null ? None : new Text(text);

    /// <summary>What the API says; texts are those of users.</summary>
    public static Term Of(JsonNode? node) => node switch
    {
        null => None,
        JsonObject members => new Table(members),
        JsonArray items => new Items([.. items.Select(Of)]),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.True => Of(true),
            JsonValueKind.False => Of(false),
            JsonValueKind.Number => NumberOf(node),
            JsonValueKind.String => new Text(node.GetValue<string>()),
            _ => None,
        },
    };

    /// <summary>A name of the broker's own.</summary>
    public static Term Named(JsonNode? node) => node is null ? None : new Atom(node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString());

    private static Term NumberOf(JsonNode node)
    {
        var digits = node.ToJsonString();
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? new Whole(whole)
            : new Real(double.Parse(digits, CultureInfo.InvariantCulture));
    }
}
