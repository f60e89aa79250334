using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Exchanges;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Nodes;

/// <summary>Nodes and all of them together under RabbitMQ's names for what there is to say of them.</summary>
internal static class ClusterJson
{
    private static readonly string[] Mechanisms = ["AMQPLAIN", "PLAIN"];

    /// <summary>All nodes together.</summary>
    /// <param name="broker">The node that answers.</param>
    /// <param name="overview">What it says.</param>
    public static JsonObject ObjectOf(ManagedBroker broker, OverviewInfo overview)
    {
        var version = broker.Options.Amqp091.Version;
        return new JsonObject
        {
            ["management_version"] = version,
            ["rates_mode"] = "basic",
            ["sample_retention_policies"] = new JsonObject
            {
                ["global"] = new JsonArray(600, 3600, 28800, 86400), ["basic"] = new JsonArray(600, 3600), ["detailed"] = new JsonArray(600),
            },
            ["exchange_types"] = ExchangeTypesOf(),
            ["product_version"] = version,
            ["product_name"] = broker.Options.Amqp091.Product,
            ["rabbitmq_version"] = version,
            ["actorbroker_version"] = ManagedBroker.Version,
            ["cluster_name"] = ClusterRoutes.NameOf(broker),
            ["erlang_version"] = RuntimeInformation.FrameworkDescription,
            ["erlang_full_version"] = $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}",
            ["disable_stats"] = false,
            ["enable_queue_totals"] = false,
            ["message_stats"] = new JsonObject().With(overview.MessageStats),
            ["churn_rates"] = new JsonObject().With(overview.Churn),
            ["queue_totals"] = new JsonObject().With(overview.Lengths),
            ["object_totals"] = new JsonObject
            {
                ["channels"] = overview.Channels,
                ["connections"] = overview.Connections,
                ["consumers"] = overview.Consumers,
                ["exchanges"] = overview.Exchanges,
                ["queues"] = overview.Queues,
            },
            ["statistics_db_event_queue"] = 0,
            ["node"] = overview.Node,
            ["listeners"] = new JsonArray([.. overview.Listeners.Select(ObjectOf)]),
            ["contexts"] = new JsonArray([.. overview.Listeners.Where(static listener => listener.Protocol is "http" or "https").Select(ContextOf)]),
        };
    }

    /// <summary>A node.</summary>
    public static JsonObject ObjectOf(NodeInfo node)
    {
        var item = new JsonObject { ["name"] = node.Name, ["running"] = node.IsRunning, ["type"] = "disc" };
        if (!node.IsRunning)
        {
            return item;
        }

        item["partitions"] = new JsonArray();
        item["cluster_links"] = new JsonArray();
        item["mem_calculation_strategy"] = "rss";
        item["os_pid"] = node.ProcessId.ToString(CultureInfo.InvariantCulture);
        item["processors"] = node.Processors;
        item["uptime"] = (long)(DateTimeOffset.UtcNow - node.StartedAt).TotalMilliseconds;
        item["fd_used"] = node.FilesOpen;
        item["fd_total"] = node.FilesMax;
        item["sockets_used"] = node.Connections;
        item["sockets_total"] = node.FilesMax;
        item["mem_used"] = node.MemoryUsed;
        item["mem_limit"] = node.MemoryLimit;
        item["mem_alarm"] = node.Alarms.HasFlag(ResourceAlarms.Memory);
        item["disk_free"] = node.DiskFree;
        item["disk_free_limit"] = node.DiskFreeLimit;
        item["disk_free_alarm"] = node.Alarms.HasFlag(ResourceAlarms.Disk);
        item["proc_used"] = node.PoolThreads;
        item["run_queue"] = node.PoolWorkWaiting;
        item["gc_num"] = node.Collections;
        item["gc_bytes_reclaimed"] = Math.Max(node.AllocatedBytes - node.ManagedMemory, 0);
        item["rates_mode"] = "basic";
        item["exchange_types"] = ExchangeTypesOf();
        item["auth_mechanisms"] = new JsonArray([.. Mechanisms.Select(static name => Described(name, "SASL mechanism"))]);
        item["applications"] = new JsonArray(new JsonObject { ["name"] = "actorbroker", ["description"] = "ActorBroker", ["version"] = ManagedBroker.Version });
        item["contexts"] = new JsonArray([.. node.Listeners.Where(static listener => listener.Protocol is "http" or "https").Select(ContextOf)]);
        item["log_files"] = new JsonArray();
        item["config_files"] = new JsonArray();
        item["enabled_plugins"] = new JsonArray("rabbitmq_management");
        return item.With(node.Churn);
    }

    private static JsonArray ExchangeTypesOf() =>
        new([.. ExchangeTypes.All.Order(StringComparer.Ordinal).Select(static type => Described(type, $"{type} exchange"))]);

    private static JsonObject Described(string name, string description) =>
        new JsonObject { ["name"] = name, ["description"] = description, ["enabled"] = true };

    private static JsonObject ObjectOf(ListenerInfo listener) => new JsonObject
    {
        ["node"] = listener.Node,
        ["protocol"] = Listeners.ProtocolOf(listener.Protocol),
        ["ip_address"] = listener.Address,
        ["port"] = listener.Port,
        ["socket_opts"] = new JsonArray(),
    };

    private static JsonObject ContextOf(ListenerInfo listener) => new JsonObject
    {
        ["node"] = listener.Node,
        ["description"] = "RabbitMQ Management",
        ["path"] = "/",
        ["ip"] = listener.Address,
        ["port"] = listener.Port.ToString(CultureInfo.InvariantCulture),
    };
}
