namespace ActorBroker.Management.Definitions;

/// <summary>What definitions call things that the broker keeps elsewhere.</summary>
internal static class DefinitionParts
{
    /// <summary>The component of parameters that are operators' policies.</summary>
    public const string OperatorPolicy = "operator_policy";

    /// <summary>The component of the parameter that has a virtual host's limits.</summary>
    public const string VirtualHostLimits = "vhost-limits";

    private const string ReservedPrefix = "amq.";

    /// <summary>Whether every virtual host has it, or the broker makes its name up.</summary>
    public static bool IsBuiltIn(string name) => name.Length == 0 || name.StartsWith(ReservedPrefix, StringComparison.Ordinal);
}
