using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Messages;

/// <summary>Messages between JSON and the broker.</summary>
internal static class MessageJson
{
    private static readonly string[] Texts =
    [
        TableNames.ContentType, TableNames.ContentEncoding, TableNames.CorrelationId, TableNames.ReplyTo, TableNames.Expiration,
        TableNames.MessageId, TableNames.Type, TableNames.UserId, TableNames.AppId, TableNames.ClusterId,
    ];

    /// <summary>The bytes of a payload.</summary>
    /// <exception cref="ApiErrorException">They are not encoded as they are said to be.</exception>
    public static byte[] Decode(string payload, string encoding)
    {
        switch (encoding)
        {
            case "string":
                return Encoding.UTF8.GetBytes(payload);
            case "base64":
                var bytes = new byte[payload.Length];
                return Convert.TryFromBase64String(payload, bytes, out var size) ? bytes[..size] : throw ApiErrorException.Of("not_base64", payload);
            default:
                throw ApiErrorException.Of("unsupported_encoding", encoding);
        }
    }

    /// <summary>The properties of a message that is to be published; RabbitMQ passes over those that it does not know.</summary>
    public static ArgumentTable PropertiesOf(JsonNode? node)
    {
        var table = new ArgumentTable.Builder();
        if (node is JsonArray { Count: 0 })
        {
            return table.Build();
        }

        var given = node as JsonObject ?? throw ApiErrorException.BadRequest("properties must be an object");
        foreach (var (name, value) in given)
        {
            if (name == TableNames.Headers)
            {
                table.Add(name, ArgumentValue.FromTable(JsonArguments.TableOf(value)));
            }
            else if (name is TableNames.DeliveryMode or TableNames.Priority)
            {
                table.Add(name, ArgumentValue.FromInt64(given.Number(name) ?? 0));
            }
            else if (name == TableNames.Timestamp)
            {
                table.Add(name, ArgumentValue.FromTimestamp((ulong)Math.Max(given.Number(name) ?? 0, 0)));
            }
            else if (Array.IndexOf(Texts, name) >= 0)
            {
                table.Add(name, ArgumentValue.FromString(TextOf(value)));
            }
        }

        return table.Build();
    }

    /// <summary>A message that was got.</summary>
    /// <param name="taken">The message, with its properties in a table.</param>
    /// <param name="isBase64">The body is encoded, whatever it is.</param>
    /// <param name="truncate">Most bytes of the body; null for all.</param>
    public static JsonObject ObjectOf(MessageTaken taken, bool isBase64, long? truncate)
    {
        var segment = taken.Segment!.Value;
        var message = segment.Batch[segment.StartIndex];
        var route = segment.Batch.RouteOf(segment.StartIndex);
        var item = new JsonObject
        {
            ["payload_bytes"] = message.BodyLength,
            ["redelivered"] = segment.Redelivered,
            ["exchange"] = route.Exchange,
            ["routing_key"] = route.RoutingKey,
            ["message_count"] = taken.MessagesLeft,
            ["properties"] = PropertiesOf(ArgumentTableCodec.Read(message.Properties), segment.DeliveryCount),
        };
        AddPayload(item, message.Body, isBase64, truncate);
        return item;
    }

    /// <summary>Adds a body in the form that suits it.</summary>
    public static void AddPayload(JsonObject item, ReadOnlySpan<byte> body, bool isBase64, long? truncate)
    {
        var shown = truncate is { } most && most < body.Length ? body[..(int)Math.Max(most, 0)] : body;
        var isText = !isBase64 && Utf8.IsValid(shown);
        item["payload"] = isText ? Encoding.UTF8.GetString(shown) : Convert.ToBase64String(shown);
        item["payload_encoding"] = isText ? "string" : "base64";
    }

    // Erlang's empty list of properties is an empty array in JSON.
    private static JsonNode PropertiesOf(ArgumentTable properties, int deliveryCount)
    {
        var item = JsonArguments.ObjectOf(properties);
        if (deliveryCount > 0)
        {
            var headers = item[TableNames.Headers] as JsonObject ?? [];
            headers["x-delivery-count"] = deliveryCount;
            item[TableNames.Headers] = headers.Parent is null ? headers : headers.DeepClone();
        }

        return item.Count == 0 ? new JsonArray() : item;
    }

    private static string TextOf(JsonNode? value) => value switch
    {
        null => string.Empty,
        JsonValue given when given.TryGetValue(out string? text) => text,
        _ => value.ToJsonString().ToString(CultureInfo.InvariantCulture),
    };
}
