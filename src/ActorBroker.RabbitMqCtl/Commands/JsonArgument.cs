using System.Text.Json;
using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>JSON on the command line.</summary>
internal static class JsonArgument
{
    /// <summary>Any value.</summary>
    /// <exception cref="CommandFailedException">It is no JSON.</exception>
    public static JsonNode? Of(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw CommandFailedException.Of(ExitCodes.Unavailable, "JSON decoding error. Reason: badarg");
        }
    }

    /// <summary>An object.</summary>
    /// <exception cref="CommandFailedException">It is none.</exception>
    public static JsonObject ObjectOf(string text) =>
        Of(text) as JsonObject ?? throw CommandFailedException.Of(ExitCodes.Unavailable, "JSON decoding error. Reason: not an object");
}
