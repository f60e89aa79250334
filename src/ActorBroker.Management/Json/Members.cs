using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorBroker.Management.Http;

namespace ActorBroker.Management.Json;

/// <summary>Reads the members of what clients send: RabbitMQ takes numbers and truth as text, too.</summary>
internal static class Members
{
    /// <summary>Text; null where it is not there.</summary>
    /// <exception cref="ApiErrorException">It is something else.</exception>
    public static string? Text(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw ApiErrorException.BadRequest($"{name} must be a string"),
    };

    /// <summary>Yes or no.</summary>
    /// <exception cref="ApiErrorException">It is something else.</exception>
    public static bool Flag(this JsonObject body, string name, bool otherwise) => Flag(body, name) ?? otherwise;

    /// <summary>Yes or no; null where it is not there.</summary>
    /// <exception cref="ApiErrorException">It is something else.</exception>
    public static bool? Flag(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.True => true,
        JsonValue value when value.GetValueKind() is JsonValueKind.False => false,
        JsonValue value when value.TryGetValue(out string? text) && text is "true" => true,
        JsonValue value when value.TryGetValue(out string? text) && text is "false" => false,
        var other => throw ApiErrorException.Of("not_boolean", other!.DeepClone()),
    };

    /// <summary>A whole number; null where it is not there.</summary>
    /// <exception cref="ApiErrorException">It is something else.</exception>
    public static long? Number(this JsonObject body, string name)
    {
        if (body[name] is not { } node)
        {
            return null;
        }

        var text = node is JsonValue value && value.TryGetValue(out string? given) ? given : node.ToJsonString();
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiErrorException.Of("not_integer", text);
    }

    /// <summary>Checks that these members are there.</summary>
    /// <exception cref="ApiErrorException">Some are not; in RabbitMQ's words.</exception>
    public static void Require(this JsonObject body, params ReadOnlySpan<string> names)
    {
        List<string> missing = [];
        foreach (var name in names)
        {
            if (!body.ContainsKey(name))
            {
                missing.Add($"{{key_missing,{name}}}");
            }
        }

        if (missing.Count > 0)
        {
            throw ApiErrorException.BadRequest($"[{string.Join(",", missing)}]");
        }
    }

    /// <summary>Text that has to be there.</summary>
    public static string RequiredText(this JsonObject body, string name)
    {
        body.Require(name);
        return body.Text(name) ?? throw ApiErrorException.BadRequest($"{name} must be a string");
    }
}
