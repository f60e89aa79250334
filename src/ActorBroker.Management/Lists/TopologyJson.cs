using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Management.Json;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Lists;

/// <summary>Queues, exchanges and bindings under RabbitMQ's names for what there is to say of them.</summary>
internal static class TopologyJson
{
    /// <summary>A queue.</summary>
    public static JsonObject ObjectOf(QueueInfo queue)
    {
        var item = DefinitionOf(queue);
        item["consumers"] = queue.Consumers;
        item["memory"] = queue.MemoryBytes;
        AddConsumerTags(item, queue);
        if (queue.IdleSince is { } idle)
        {
            item["idle_since"] = idle.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff+00:00", CultureInfo.InvariantCulture);
        }

        AddTotals(item, queue).With(queue.Lengths);
        AddSizes(item, queue);
        return item.WithMessageStats(queue.MessageStats);
    }

    /// <summary>A queue without statistics, for those who list many.</summary>
    /// <param name="queue">Which.</param>
    /// <param name="totals">With how many messages it has, all the same.</param>
    public static JsonObject WithoutStatistics(QueueInfo queue, bool totals) =>
        totals ? AddTotals(DefinitionOf(queue), queue) : DefinitionOf(queue);

    /// <summary>An exchange.</summary>
    public static JsonObject ObjectOf(ExchangeInfo exchange)
    {
        var definition = exchange.Definition;
        var item = new JsonObject
        {
            ["arguments"] = JsonArguments.ObjectOf(definition.Arguments),
            ["auto_delete"] = definition.AutoDelete,
            ["durable"] = definition.Durable,
            ["internal"] = definition.Internal,
            ["name"] = exchange.Name,
            ["type"] = definition.Type,
            ["vhost"] = exchange.VirtualHost,
        };
        if (exchange.Policy.Policy is { } policy)
        {
            item["policy"] = policy.Name;
        }

        return item.WithMessageStats(exchange.MessageStats);
    }

    /// <summary>A binding.</summary>
    public static JsonObject ObjectOf(BindingInfo binding) => new()
    {
        ["source"] = binding.Source,
        ["vhost"] = binding.VirtualHost,
        ["destination"] = binding.Destination.Name,
        ["destination_type"] = binding.Destination.Kind == DestinationKind.Queue ? "queue" : "exchange",
        ["routing_key"] = binding.RoutingKey,
        ["arguments"] = JsonArguments.ObjectOf(binding.Arguments),
        ["properties_key"] = BindingProperties.KeyOf(binding),
    };

    private static string WordOf(QueueType type) => type switch
    {
        QueueType.Quorum => "quorum",
        QueueType.Stream => "stream",
        _ => "classic",
    };

    // RabbitMQ's kinds of queues have names of their own for some of it. One that has no copies is all of its members.
    private static void AddConsumerTags(JsonObject item, QueueInfo queue)
    {
        if (queue.Type == QueueType.Classic)
        {
            item["exclusive_consumer_tag"] = queue.ExclusiveConsumerTag;
            item["single_active_consumer_tag"] = queue.SingleActiveConsumerTag;
            item["recoverable_slaves"] = null;
            return;
        }

        item["leader"] = queue.Node;
        item["members"] = new JsonArray(queue.Node);
        item["online"] = new JsonArray(queue.Node);
        if (queue.Type == QueueType.Quorum)
        {
            item["single_active_consumer_ctag"] = queue.SingleActiveConsumerTag;
            item["single_active_consumer_tag"] = queue.SingleActiveConsumerTag;
        }
    }

    private static JsonObject DefinitionOf(QueueInfo queue)
    {
        var item = new JsonObject
        {
            ["arguments"] = JsonArguments.ObjectOf(queue.Definition.Arguments),
            ["auto_delete"] = queue.Definition.AutoDelete,
            ["durable"] = queue.Definition.Durable,
            ["effective_policy_definition"] = JsonArguments.ObjectOf(queue.Policy.Definition),
            ["exclusive"] = queue.Definition.Exclusive,
            ["name"] = queue.Name,
            ["node"] = queue.Node,
            ["operator_policy"] = queue.Policy.OperatorPolicy?.Name,
            ["policy"] = queue.Policy.Policy?.Name,
            ["state"] = queue.Condition == QueueCondition.Down ? "down" : "running",
            ["type"] = WordOf(queue.Type),
            ["vhost"] = queue.VirtualHost,
        };
        if (queue.Owner is { } owner)
        {
            item["owner_pid_details"] = new JsonObject { ["name"] = owner };
        }

        return item;
    }

    private static JsonObject AddTotals(JsonObject item, QueueInfo queue)
    {
        item["messages"] = queue.Ready + queue.Unacknowledged;
        item["messages_ready"] = queue.Ready;
        item["messages_unacknowledged"] = queue.Unacknowledged;
        return item;
    }

    private static void AddSizes(JsonObject item, QueueInfo queue)
    {
        var sizes = queue.Sizes;
        item["message_bytes"] = sizes.ReadyBytes + sizes.UnsettledBytes;
        item["message_bytes_paged_out"] = sizes.PagedOutBytes;
        item["message_bytes_persistent"] = sizes.PersistentBytes;
        item["message_bytes_ram"] = sizes.BytesInMemory;
        item["message_bytes_ready"] = sizes.ReadyBytes;
        item["message_bytes_unacknowledged"] = sizes.UnsettledBytes;
        item["messages_paged_out"] = sizes.PagedOut;
        item["messages_persistent"] = sizes.Persistent;
        item["messages_ram"] = sizes.ReadyInMemory + sizes.UnsettledInMemory;
        item["messages_ready_ram"] = sizes.ReadyInMemory;
        item["messages_unacknowledged_ram"] = sizes.UnsettledInMemory;
        if (queue.Type == QueueType.Stream)
        {
            item["committed_offset"] = queue.Ready - 1;
            item["readers"] = new JsonObject { [queue.Node] = queue.Consumers };
            item["segments"] = sizes.Segments;
            return;
        }

        if (queue.Type == QueueType.Quorum)
        {
            item["message_bytes_dlx"] = sizes.DyingBytes;
            item["messages_dlx"] = sizes.Dying;
        }

        item["consumer_capacity"] = queue.ConsumerCapacity;
        item["consumer_utilisation"] = queue.ConsumerCapacity;
        item["head_message_timestamp"] = sizes.HeadTimestamp;
    }
}
