using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorBroker.Management.Http;

namespace ActorBroker.Management.Json;

/// <summary>How the API reads and writes JSON: by the document, since what RabbitMQ's clients send and expect has many forms.</summary>
internal static class ApiJson
{
    private const int DepthMax = 64;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = DepthMax };

    // Text goes out as it is, as RabbitMQ writes it: nobody puts these answers into a page unescaped.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A document as the answers of the API are written, in UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            node.WriteTo(writer);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>A body's object; an empty one where it is empty or null.</summary>
    /// <exception cref="ApiErrorException">It is no JSON object.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body.SequenceEqual("null"u8))
        {
            return [];
        }

        JsonNode? node;
        try
        {
            node = JsonNode.Parse(body, documentOptions: Reading);

            // An object is read when it is first looked at; a name that comes twice shows only then, and text that is none (half of
            // a surrogate pair, bytes that are no UTF-8).
            if (node is JsonObject found)
            {
                Visit(found);
                return found;
            }
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException or InvalidOperationException)
        {
            throw ApiErrorException.BadRequest("not_json");
        }

        throw ApiErrorException.BadRequest(
            node?.GetValueKind() == JsonValueKind.String
                ? "invalid payload: the request body JSON-decoded to a string. Is the input doubly-JSON-encoded?"
                : "not_json");
    }

    private static void Visit(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (_, value) in members)
                {
                    Visit(value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Visit(item);
                }

                break;
            case JsonValue value:
                _ = value.TryGetValue(out string? _);
                break;
        }
    }
}
