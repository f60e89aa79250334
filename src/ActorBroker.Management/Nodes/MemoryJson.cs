using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Nodes;

/// <summary>What a node's memory is taken by, under those of RabbitMQ's names that have a meaning here.</summary>
internal static class MemoryJson
{
    /// <summary>In bytes.</summary>
    public static JsonObject BytesOf(NodeInfo node)
    {
        var item = new JsonObject();
        foreach (var (name, bytes) in PartsOf(node))
        {
            item[name] = bytes;
        }

        item["strategy"] = "rss";
        item["total"] = new JsonObject
        {
            ["allocated"] = node.CommittedMemory, ["erlang"] = node.ManagedMemory, ["rss"] = node.MemoryUsed,
        };
        return item;
    }

    /// <summary>In percent of all.</summary>
    public static JsonObject PercentOf(NodeInfo node)
    {
        var item = new JsonObject();
        var all = Math.Max(1, PartsOf(node).Sum(static part => part.Bytes));
        foreach (var (name, bytes) in PartsOf(node))
        {
            item[name] = (long)Math.Ceiling(100.0 * bytes / all);
        }

        item["total"] = 100;
        return item;
    }

    /// <summary>
    /// Messages in queues, the rest of what is managed, what the collector keeps in reserve, and the process besides it: code,
    /// stacks, the journal's caches.
    /// </summary>
    public static (string Name, long Bytes)[] PartsOf(NodeInfo node)
    {
        var messages = Math.Min(node.QueueMemory, node.ManagedMemory);
        return
        [
            ("queue_procs", messages),
            ("other_proc", node.ManagedMemory - messages),
            ("allocated_unused", Math.Max(0, node.CommittedMemory - node.ManagedMemory)),
            ("other_system", Math.Max(0, node.MemoryUsed - node.CommittedMemory)),
        ];
    }
}
