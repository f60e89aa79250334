using System.Text.Json;
using ActorBroker.Core.Access;

namespace ActorBroker.Contracts.Access;

/// <summary>What operators call the cluster: a parameter of the whole, as in RabbitMQ.</summary>
public static class ClusterName
{
    /// <summary>The parameter's name.</summary>
    public const string Parameter = "cluster_name";

    /// <summary>The name that was given, or that of a node where none was.</summary>
    public static string Of(AccessSnapshot tables, string node)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return tables.Parameters.GetValueOrDefault(Parameter) is { } value && Text(value) is { Length: > 0 } name ? name : node;
    }

    private static string? Text(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString() : null;
    }
}
