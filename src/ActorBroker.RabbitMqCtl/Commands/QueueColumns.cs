using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>What can be listed of queues.</summary>
internal static class QueueColumns
{
    /// <summary>Of any queue.</summary>
    public static Columns All { get; } = new(
        "name", "durable", "auto_delete", "arguments", "policy", "pid", "owner_pid", "exclusive", "exclusive_consumer_pid", "exclusive_consumer_tag",
        "messages_ready", "messages_unacknowledged", "messages", "messages_ready_ram", "messages_unacknowledged_ram", "messages_ram", "messages_persistent",
        "message_bytes", "message_bytes_ready", "message_bytes_unacknowledged", "message_bytes_ram", "message_bytes_persistent", "head_message_timestamp",
        "disk_reads", "disk_writes", "consumers", "consumer_utilisation", "consumer_capacity", "memory", "slave_pids", "synchronised_slave_pids", "state", "type",
        "leader", "members", "online")
    {
        ["pid"] = static (item, _) => PidOf(item),
        ["owner_pid"] = static (item, _) => OwnerOf(item),
        ["state"] = static (item, _) => Term.Named(item["state"]),
        ["type"] = static (item, _) => Term.Named(item["type"]),
        ["leader"] = static (item, _) => IsReplicated(item) ? Term.Named(item["leader"] ?? item["node"]) : Term.None,
        ["members"] = static (item, _) => NodesOf(item, "members"),
        ["online"] = static (item, _) => NodesOf(item, "online"),
    };

    /// <summary>Of those that do not answer.</summary>
    public static Columns Unresponsive { get; } = new("name", "durable", "auto_delete", "arguments", "pid", "recoverable_slaves") { ["pid"] = static (item, _) => PidOf(item) };

    private static bool IsReplicated(JsonObject item) => (string?)item["type"] is "quorum" or "stream";

    private static Term.Process PidOf(JsonObject item) =>
        new(ProcessId.OfQueue((string?)item["node"] ?? "", (string?)item["vhost"] ?? "", (string?)item["name"] ?? ""));

    // An exclusive queue is on the node of its connection.
    private static Term OwnerOf(JsonObject item) => (string?)(item["owner_pid_details"] as JsonObject)?["name"] is { } owner
        ? new Term.Process(ProcessId.OfConnection((string?)item["node"] ?? "", owner))
        : Term.None;

    private static Term NodesOf(JsonObject item, string name) => item[name] switch
    {
        JsonArray nodes => new Term.Items([.. nodes.Select(Term.Named)]),
        _ when IsReplicated(item) => new Term.Items([Term.Named(item["node"])]),
        _ => Term.None,
    };
}
