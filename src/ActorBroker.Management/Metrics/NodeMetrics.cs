using System.Runtime.InteropServices;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Alarms;
using ActorBroker.Management.Nodes;

namespace ActorBroker.Management.Metrics;

/// <summary>What is told of a node as a whole.</summary>
internal static class NodeMetrics
{
    // What clients' programs and boards look for as a release of RabbitMQ.
    private const string CompatibleVersion = "4.3.0";

    private static readonly Dictionary<string, (string Name, string Help)> Memory = new(StringComparer.Ordinal)
    {
        ["queue_procs"] = ("classic_queue_erlang_process", "Messages of queues in bytes"),
        ["other_proc"] = ("other_erlang_process", "Other managed memory in bytes"),
        ["allocated_unused"] = ("runtime_allocated_unused", "Runtime allocated but unused blocks size in bytes"),
        ["other_system"] = ("other_system", "Other runtime footprint in bytes"),
    };

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

    public static void WriteIdentity(MetricsText text, NodeReport totals, string version)
    {
        var node = totals.Node!;
        text.Single(
            "build_info", isCounter: false, "RabbitMQ & Erlang/OTP version info", 1,
            MetricsText.Labels(
                ("rabbitmq_version", CompatibleVersion), ("erlang_version", RuntimeInformation.FrameworkDescription), ("actorbroker_version", version)));
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

    public static void WriteLogins(MetricsText text, NodeReport totals, bool perSource)
    {
        if (perSource)
        {
            WriteLoginsBySource(text, totals);
        }

        WriteLogins(
            text, "auth_attempts", string.Empty, totals.Node!.Logins.Where(static login => login.Address is null),
            static login => MetricsText.Labels(("protocol", login.Protocol)));
    }

    /// <summary>Those of each user from each address, where they are kept apart.</summary>
    public static void WriteLoginsBySource(MetricsText text, NodeReport totals) => WriteLogins(
        text, "auth_attempts_detailed", " with source info", totals.Node!.Logins.Where(static login => login.Address is not null),
        static login => MetricsText.Labels(("protocol", login.Protocol), ("remote_address", login.Address!), ("username", login.User ?? string.Empty)));

    /// <summary>What the process' memory is taken by.</summary>
    public static void WriteMemory(MetricsText text, NodeReport totals)
    {
        foreach (var (part, bytes) in MemoryJson.PartsOf(totals.Node!))
        {
            var (name, help) = Memory[part];
            text.Single($"memory_{name}_bytes", isCounter: false, help, bytes);
        }
    }

    public static void WriteResources(MetricsText text, NodeReport totals)
    {
        var node = totals.Node!;
        text.Single("erlang_uptime_seconds", isCounter: false, "Node uptime", (DateTimeOffset.UtcNow - node.StartedAt).TotalSeconds);
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

    private static void WriteLogins(
        MetricsText text, string prefix, string suffix, IEnumerable<LoginFigures> logins, Func<LoginFigures, string> labelsOf)
    {
        var all = logins.ToList();
        Write("total", $"Total number of authentication attempts{suffix}", static login => login.Accepted + login.Refused);
        Write("succeeded_total", $"Total number of successful authentication attempts{suffix}", static login => login.Accepted);
        Write("failed_total", $"Total number of failed authentication attempts{suffix}", static login => login.Refused);

        void Write(string name, string help, Func<LoginFigures, long> value)
        {
            text.Begin($"{prefix}_{name}", isCounter: true, help);
            foreach (var login in all)
            {
                text.Sample($"{prefix}_{name}", labelsOf(login), value(login));
            }
        }
    }
}
