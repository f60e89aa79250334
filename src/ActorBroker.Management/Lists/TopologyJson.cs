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
        var item = new JsonObject
        {
            ["arguments"] = JsonArguments.ObjectOf(queue.Definition.Arguments),
            ["auto_delete"] = queue.Definition.AutoDelete,
            ["consumers"] = queue.Consumers,
            ["durable"] = queue.Definition.Durable,
            ["effective_policy_definition"] = JsonArguments.ObjectOf(queue.Policy.Definition),
            ["exclusive"] = queue.Definition.Exclusive,
            ["exclusive_consumer_tag"] = queue.ExclusiveConsumerTag,
            ["memory"] = queue.BytesInMemory,
            ["message_bytes"] = queue.Bytes,
            ["message_bytes_ram"] = queue.BytesInMemory,
            ["name"] = queue.Name,
            ["node"] = queue.Node,
            ["operator_policy"] = queue.Policy.OperatorPolicy?.Name,
            ["policy"] = queue.Policy.Policy?.Name,
            ["single_active_consumer_tag"] = queue.SingleActiveConsumerTag,
            ["state"] = queue.Condition == QueueCondition.Down ? "down" : "running",
            ["type"] = WordOf(queue.Type),
            ["vhost"] = queue.VirtualHost,
        };
        if (queue.IdleSince is { } idle)
        {
            item["idle_since"] = idle.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff+00:00", CultureInfo.InvariantCulture);
        }

        if (queue.Owner is { } owner)
        {
            item["owner_pid_details"] = new JsonObject { ["name"] = owner };
        }

        AddLengths(item, queue);
        return item.WithMessageStats(queue.MessageStats);
    }

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

    private static void AddLengths(JsonObject item, QueueInfo queue)
    {
        item["messages"] = queue.Ready + queue.Unacknowledged;
        item["messages_ready"] = queue.Ready;
        item["messages_unacknowledged"] = queue.Unacknowledged;
        item.With(queue.Lengths);
    }
}
