using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorBroker.RabbitMqCtl.Terms;

/// <summary>The types that arguments have in AMQP 0-9-1.</summary>
internal static class ArgumentTypes
{
    /// <summary>
    /// The type of a value. The API does not say which of the number's types a client chose: it is the one that most of them
    /// choose for such a number.
    /// </summary>
    public static string Of(JsonNode? node) => node switch
    {
        null => "void",
        JsonObject => "table",
        JsonArray => "array",
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => "longstr",
            JsonValueKind.True or JsonValueKind.False => "bool",
            _ => Term.Of(node) switch { Term.Real => "double", Term.Whole { Value: >= int.MinValue and <= int.MaxValue } => "signedint", _ => "long" },
        },
    };
}
