using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorBroker.Core.Arguments;
using ActorBroker.Management.Http;

namespace ActorBroker.Management.Json;

/// <summary>
/// Arguments and headers between JSON and the tables of AMQP, as RabbitMQ converts them: whole numbers are long, others
/// double; what JSON has no form for becomes the nearest one.
/// </summary>
internal static class JsonArguments
{
    /// <summary>The table of a JSON object; null and an empty array, which Erlang writes for an empty object, are an empty one.</summary>
    /// <exception cref="ApiErrorException">It is none, or too deep or large for a table.</exception>
    public static ArgumentTable TableOf(JsonNode? node)
    {
        try
        {
            return node switch
            {
                null => ArgumentTable.Empty,
                JsonArray { Count: 0 } => ArgumentTable.Empty,
                JsonObject members => TableOf(members),
                _ => throw ApiErrorException.BadRequest("arguments must be an object"),
            };
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            throw ApiErrorException.BadRequest(failure.Message);
        }
    }

    /// <summary>A value of JSON.</summary>
    public static ArgumentValue ValueOf(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return default;
            case JsonObject members:
                return ArgumentValue.FromTable(TableOf(members));
            case JsonArray items:
                return ArgumentValue.FromArray([.. items.Select(ValueOf)]);
            default:
                return ValueOf(node.AsValue());
        }
    }

    /// <summary>The object of a table.</summary>
    public static JsonObject ObjectOf(ArgumentTable table)
    {
        var members = new JsonObject();
        foreach (var (key, value) in table)
        {
            members[key] = NodeOf(value);
        }

        return members;
    }

    /// <summary>A value of a table.</summary>
    public static JsonNode? NodeOf(ArgumentValue value) => value.Kind switch
    {
        ArgumentKind.Void => null,
        ArgumentKind.Boolean => JsonValue.Create(value.AsBoolean()),
        ArgumentKind.Single => Number(value.AsSingle()),
        ArgumentKind.Double => Number(value.AsDouble()),
        ArgumentKind.Decimal => Number((double)(value.AsDecimal() is var number ? number.Value / Math.Pow(10, number.Scale) : 0)),
        ArgumentKind.Timestamp => JsonValue.Create(value.AsTimestamp()),
        ArgumentKind.LongString => JsonValue.Create(value.AsString()),
        ArgumentKind.Binary => JsonValue.Create(Convert.ToBase64String(value.AsBytes().Span)),
        ArgumentKind.Table => ObjectOf(value.AsTable()),
        ArgumentKind.Array => new JsonArray([.. value.AsArray().Select(NodeOf)]),
        _ => JsonValue.Create(value.AsInt64()),
    };

    private static ArgumentTable TableOf(JsonObject members)
    {
        var builder = new ArgumentTable.Builder();
        foreach (var (key, value) in members)
        {
            builder.Add(key, ValueOf(value));
        }

        return builder.Build();
    }

    private static ArgumentValue ValueOf(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.True => ArgumentValue.FromBoolean(true),
        JsonValueKind.False => ArgumentValue.FromBoolean(false),
        JsonValueKind.Number when IsWhole(value, out var whole) => ArgumentValue.FromInt64(whole),
        JsonValueKind.Number => ArgumentValue.FromDouble(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)),
        JsonValueKind.String => ArgumentValue.FromString(value.GetValue<string>()),
        _ => default,
    };

    private static bool IsWhole(JsonValue value, out long whole) =>
        long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole);

    // JSON has no number for these.
    private static JsonValue Number(double value) =>
        double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(value.ToString(CultureInfo.InvariantCulture));
}
