using ActorBroker.Contracts.Management;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Queues;

namespace ActorBroker.Management.Metrics;

/// <summary>What is told of a node as a whole.</summary>
internal static class NodeMetrics
{
    // What clients' programs and boards look for as a release of RabbitMQ.
    private const string CompatibleVersion = "4.3.0";

    private static readonly (string Name, string Figure, string Help)[] Churn =
    [
        ("connections_opened_total", "connection_created", "Total number of connections opened"),
        ("connections_closed_total", "connection_closed", "Total number of connections closed or terminated"),
        ("channels_opened_total", "channel_created", "Total number of channels opened"),
        ("channels_closed_total", "channel_closed", "Total number of channels closed"),
        ("queues_declared_total", "queue_declared", "Total number of queues declared"),
        ("queues_created_total", "queue_created", "Total number of queues created"),
        ("queues_deleted_total", "queue_deleted", "Total number of queues deleted"),
    ];

    private static readonly (string Name, string Figure, string Help)[] OfProtocol =
    [
        ("global_messages_received_total", "publish", "Total number of messages received from publishers"),
        ("global_messages_confirmed_total", "confirm", "Total number of messages confirmed to publishers"),
        ("global_messages_unroutable_dropped_total", "drop_unroutable", "Total number of messages published as non-mandatory into an exchange and dropped as unroutable"),
        ("global_messages_unroutable_returned_total", "return_unroutable", "Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable"),
    ];

    private static readonly (string Name, string Figure, string Help)[] OfQueueType =
    [
        ("global_messages_delivered_total", "deliver_get", "Total number of messages delivered to consumers"),
        ("global_messages_delivered_consume_auto_ack_total", "deliver_no_ack", "Total number of messages delivered to consumers using basic.consume with automatic acknowledgment"),
        ("global_messages_delivered_consume_manual_ack_total", "deliver", "Total number of messages delivered to consumers using basic.consume with manual acknowledgment"),
        ("global_messages_delivered_get_auto_ack_total", "get_no_ack", "Total number of messages delivered to consumers using basic.get with automatic acknowledgment"),
        ("global_messages_delivered_get_manual_ack_total", "get", "Total number of messages delivered to consumers using basic.get with manual acknowledgment"),
        ("global_messages_get_empty_total", "get_empty", "Total number of times basic.get operations fetched no message"),
        ("global_messages_redelivered_total", "redeliver", "Total number of messages redelivered to consumers"),
        ("global_messages_acknowledged_total", "ack", "Total number of messages acknowledged by consumers"),
    ];

    public static void WriteIdentity(MetricsText text, NodeReport totals, string version)
    {
        var node = totals.Node!;
        text.Single(
            "build_info", isCounter: false, "RabbitMQ & Erlang/OTP version info", 1,
            MetricsText.Labels(("rabbitmq_version", CompatibleVersion), ("actorbroker_version", version)));
        text.Single(
            "identity_info", isCounter: false, "RabbitMQ node & cluster identity info", 1,
            MetricsText.Labels(("rabbitmq_node", node.Name), ("rabbitmq_cluster", node.Cluster)));
    }

    public static void WriteTotals(MetricsText text, NodeReport totals)
    {
        text.Single("connections", isCounter: false, "Connections currently open", totals.VirtualHosts.Sum(static host => host.Connections));
        text.Single("channels", isCounter: false, "Channels currently open", totals.VirtualHosts.Sum(static host => host.Channels));
        text.Single("consumers", isCounter: false, "Consumers currently connected", totals.VirtualHosts.Sum(static host => host.Consumers));
        text.Single("queues", isCounter: false, "Queues available", totals.Node!.Queues);
    }

    public static void WriteChurn(MetricsText text, NodeReport totals)
    {
        foreach (var (name, figure, help) in Churn)
        {
            text.Single(name, isCounter: true, help, FigureValue.Of(totals.Churn, figure));
        }
    }

    public static void WriteLogins(MetricsText text, NodeReport totals)
    {
        var node = totals.Node!;
        var labels = MetricsText.Labels(("protocol", "amqp091"));
        text.Single("auth_attempts_total", isCounter: true, "Total number of authorization attempts", node.LoginsAccepted + node.LoginsRefused, labels);
        text.Single("auth_attempts_succeeded_total", isCounter: true, "Total number of successful authentication attempts", node.LoginsAccepted, labels);
        text.Single("auth_attempts_failed_total", isCounter: true, "Total number of failed authentication attempts", node.LoginsRefused, labels);
    }

    public static void WriteResources(MetricsText text, NodeReport totals)
    {
        var node = totals.Node!;
        text.Single("process_open_fds", isCounter: false, "Open file descriptors", node.FilesOpen);
        text.Single("process_max_fds", isCounter: false, "Open file descriptors limit", node.FilesMax);
        text.Single("process_open_tcp_sockets", isCounter: false, "Open TCP sockets", node.Connections);
        text.Single("process_resident_memory_bytes", isCounter: false, "Memory used in bytes", node.MemoryUsed);
        text.Single("resident_memory_limit_bytes", isCounter: false, "Memory high watermark in bytes", node.MemoryLimit);
        text.Single("disk_space_available_bytes", isCounter: false, "Disk space available in bytes", node.DiskFree ?? double.NaN);
        text.Single("disk_space_available_limit_bytes", isCounter: false, "Free disk space low watermark in bytes", node.DiskFreeLimit);
        text.Single("alarms_memory_used_watermark", isCounter: false, "is 1 if VM memory watermark alarm is in effect", (node.Alarms & ResourceAlarms.Memory) != 0 ? 1 : 0);
        text.Single("alarms_free_disk_space_watermark", isCounter: false, "is 1 if free disk space watermark alarm is in effect", (node.Alarms & ResourceAlarms.Disk) != 0 ? 1 : 0);
    }

    public static void WriteGlobal(MetricsText text, NodeReport totals)
    {
        var protocol = MetricsText.Labels(("protocol", "amqp091"));
        foreach (var (name, figure, help) in OfProtocol)
        {
            text.Single(name, isCounter: true, help, totals.VirtualHosts.Sum(host => FigureValue.Of(host.MessageStats, figure)), protocol);
        }

        text.Single(
            "global_messages_routed_total", isCounter: true, "Total number of messages routed to queues or streams",
            totals.Exchanges.Sum(static exchange => FigureValue.Of(exchange.MessageStats, "publish_out")), protocol);
        text.Single("global_consumers", isCounter: false, "Current number of consumers", totals.VirtualHosts.Sum(static host => host.Consumers), protocol);
        foreach (var (name, figure, help) in OfQueueType)
        {
            text.Begin(name, isCounter: true, help);
            foreach (var type in totals.QueueTypes)
            {
                text.Sample(
                    name, MetricsText.Labels(("protocol", "amqp091"), ("queue_type", $"rabbit_{type.Type.Word()}_queue")),
                    FigureValue.Of(type.MessageStats, figure));
            }
        }
    }

    /// <summary>What RabbitMQ has no name for: the runtime, and the cluster as this node sees it.</summary>
    public static void WriteRuntime(MetricsText text, NodeReport totals)
    {
        var node = totals.Node!;
        text.Single("process_cpu_seconds_total", isCounter: true, "Processor time of the process", node.CpuSeconds);
        text.Single("dotnet_gc_collections_total", isCounter: true, "Garbage collections", node.Collections);
        text.Single("dotnet_gc_heap_bytes", isCounter: false, "Bytes that the garbage collector manages", node.ManagedMemory);
        text.Single("dotnet_gc_allocated_bytes_total", isCounter: true, "Bytes allocated", node.AllocatedBytes);
        text.Single("dotnet_threadpool_threads", isCounter: false, "Threads of the pool", node.PoolThreads);
        text.Single("dotnet_threadpool_queue_length", isCounter: false, "Work that waits for a thread of the pool", node.PoolWorkWaiting);
        text.Single("akka_cluster_members", isCounter: false, "Nodes of the cluster", node.Members);
        text.Single("akka_cluster_members_unreachable", isCounter: false, "Nodes of the cluster that do not answer", node.MembersUnreachable);
    }
}
