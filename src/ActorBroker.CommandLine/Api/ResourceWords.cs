namespace ActorBroker.CommandLine.Api;

/// <summary>What a resource of the API is, for people: the API itself says of whatever is missing no more than that.</summary>
internal static class ResourceWords
{
    /// <summary>Such as <c>queue 'orders' in virtual host '/'</c>; null for a resource that no name is in.</summary>
    /// <param name="parts">The parts of its path.</param>
    public static string? Of(ReadOnlySpan<string> parts) => parts switch
    {
        ["queues", var host, var name, "replays", var replay, ..] => $"replay '{replay}' of {In(host, "queue", name)}",
        ["queues", var host, var name, ..] => In(host, "queue", name),
        ["exchanges", var host, var name, ..] => In(host, "exchange", name),
        ["policies", var host, var name, ..] => In(host, "policy", name),
        ["operator-policies", var host, var name, ..] => In(host, "operator policy", name),
        ["permissions", var host, var user, ..] => In(host, "a permission of user", user),
        ["topic-permissions", var host, var user, ..] => In(host, "a topic permission of user", user),
        ["parameters", var component, var host, var name, ..] => In(host, $"{component} parameter", name),
        ["users" or "user-limits", var name, ..] => $"user '{name}'",
        ["connections", var name, ..] => $"connection '{name}'",
        ["channels", var name, ..] => $"channel '{name}'",
        ["nodes", var name, ..] => $"node '{name}'",
        ["vhosts" or "vhost-limits", var host, ..] => VirtualHost(host),
        ["queues" or "exchanges" or "bindings" or "consumers" or "policies" or "operator-policies" or "definitions", var host] => VirtualHost(host),
        _ => null,
    };

    /// <summary>The virtual host that a resource is in; null for one that is in none.</summary>
    /// <param name="parts">The parts of its path.</param>
    public static string? VirtualHostOf(ReadOnlySpan<string> parts) => parts switch
    {
        ["parameters", _, var host, ..] => VirtualHost(host),
        ["users" or "user-limits" or "connections" or "channels" or "nodes", ..] => null,
        [_, var host, ..] => VirtualHost(host),
        _ => null,
    };

    private static string In(string host, string kind, string name) => $"{kind} '{name}' in {VirtualHost(host)}";

    private static string VirtualHost(string name) => $"virtual host '{name}'";
}
