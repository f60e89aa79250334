using System.Text.Json.Nodes;

namespace ActorBroker.CommandLine.Invocation;

/// <summary>Requests are made of what was given.</summary>
internal static class JsonBodies
{
    /// <summary>Adds a text that may not have been given.</summary>
    public static void SetIfGiven(this JsonObject body, string name, string? text)
    {
        if (text is not null)
        {
            body[name] = text;
        }
    }
}
