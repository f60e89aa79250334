using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorBroker.CommandLine.Api;

/// <summary>The broker answered, and refused or could not do what it was asked. The message is its reason.</summary>
public sealed class ApiException : Exception
{
    // The broker's words, which are RabbitMQ's.
    private const string NothingThere = "Not Found";
    private const string NoVirtualHost = "vhost_not_found";

    /// <summary>Made from what the broker answered.</summary>
    public ApiException(HttpStatusCode status, string error, string reason)
        : base(reason)
    {
        Status = status;
        Error = error;
    }

    /// <summary>The answer's status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The kind of error, such as <c>bad_request</c>; empty where the answer has none.</summary>
    public string Error { get; }

    /// <summary>What was asked for; null where that is not known.</summary>
    public ApiPath? Path { get; init; }

    /// <summary>The message, or where the broker says no more than that something is missing, also what.</summary>
    public string MessageForPeople => (Message, Path) switch
    {
        (NothingThere, { } path) when ResourceWords.Of(path.Parts) is { } missing => $"{missing} not found",
        (NoVirtualHost, { } path) when ResourceWords.VirtualHostOf(path.Parts) is { } missing => $"{missing} not found",
        _ => Message,
    };

    /// <summary>Reads the error in an answer: <c>{"error": …, "reason": …}</c>, or whatever else was there.</summary>
    public static ApiException Of(HttpStatusCode status, string body, ApiPath path)
    {
        JsonObject? error = null;
        try
        {
            error = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            // It is not the broker's own: a proxy's page, or none at all.
        }

        var reason = TextOf(error?["reason"]) ?? TextOf(error?["error"]) ?? $"the answer was {(int)status} {status}";
        return new ApiException(status, TextOf(error?["error"]) ?? string.Empty, reason) { Path = path };
    }

    private static string? TextOf(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => node.ToJsonString(),
    };
}
