using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorBroker.RabbitMqCtl.Terms;

/// <summary>Terms as RabbitMQ's tools write them in JSON.</summary>
internal static class TermJson
{
    private static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object, on one line.</summary>
    public static string Write(JsonNode node) => node.ToJsonString(Writing);

    /// <summary>A value.</summary>
    public static JsonNode? NodeOf(Term term) => term switch
    {
        Term.Atom { Name: "true" } => true,
        Term.Atom { Name: "false" } => false,
        Term.Atom atom => atom.Name,
        Term.Whole number => number.Value,
        Term.Real number => number.Value,
        Term.Items items => new JsonArray([.. items.Values.Select(NodeOf)]),
        Term.Tuple tuple => new JsonArray([.. tuple.Values.Select(static value => (JsonNode)value)]),
        Term.Table table => ArgumentsOf(table.Members),
        _ => TermText.Of(term),
    };

    // Name, type and value of each.
    private static JsonArray ArgumentsOf(JsonObject members) =>
        [.. members.Select(static member => (JsonNode)new JsonArray(member.Key, ArgumentTypes.Of(member.Value), ValueOf(member.Value)))];

    private static JsonNode? ValueOf(JsonNode? node) => node switch
    {
        JsonObject members => ArgumentsOf(members),
        JsonArray items => new JsonArray([.. items.Select(static item => (JsonNode)new JsonArray(ArgumentTypes.Of(item), ValueOf(item)))]),
        null => "undefined",
        _ => node.DeepClone(),
    };
}
