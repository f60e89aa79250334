using ActorBroker.Contracts.Management;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Management.Metrics;

/// <summary>What has happened to messages on a node, by protocol and type of queue, and how large they were.</summary>
internal static class GlobalMetrics
{
    private const string Amqp = "amqp091";
    private const string Disabled = "disabled";
    private const string AtMostOnce = "at_most_once";
    private const string AtLeastOnce = "at_least_once";

    private static readonly ProtocolFigures NoAmqp = new(Amqp, [], Publishers: 0, Consumers: 0);

    // A stream gives up nothing that it was to keep.
    private static readonly QueueType[] DyingTypes = [QueueType.Classic, QueueType.Quorum];

    private static readonly (string Reason, string Help, string[] Strategies)[] OfDeadLetters =
    [
        ("maxlen", "Total number of messages dead-lettered due to overflow drop-head or reject-publish-dlx", [Disabled, AtMostOnce, AtLeastOnce]),
        ("expired", "Total number of messages dead-lettered due to message TTL exceeded", [Disabled, AtMostOnce, AtLeastOnce]),
        ("rejected", "Total number of messages dead-lettered due to basic.reject or basic.nack", [Disabled, AtMostOnce, AtLeastOnce]),
        ("delivery_limit", "Total number of messages dead-lettered due to delivery-limit exceeded", [Disabled, AtMostOnce, AtLeastOnce]),
        ("confirmed", "Total number of messages dead-lettered and confirmed by target queues", [AtLeastOnce]),
    ];

    private static readonly (string Name, string Figure, string Help)[] OfProtocol =
    [
        ("global_messages_received_total", "publish", "Total number of messages received from publishers"),
        ("global_messages_received_confirm_total", "publish_confirm", "Total number of messages received from publishers expecting confirmations"),
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

    public static void Write(MetricsText text, NodeReport totals)
    {
        foreach (var (name, figure, help) in OfProtocol)
        {
            WriteByProtocol(text, totals, name, isCounter: true, help, protocol => FigureValue.Of(protocol.MessageStats, figure));
        }

        text.Single(
            "global_messages_routed_total", isCounter: true, "Total number of messages routed to queues or streams",
            totals.Exchanges.Sum(static exchange => FigureValue.Of(exchange.MessageStats, "publish_out")), MetricsText.Labels(("protocol", Amqp)));
        WriteByProtocol(text, totals, "global_publishers", isCounter: false, "Publishers currently connected", static protocol => protocol.Publishers);
        WriteByProtocol(text, totals, "global_consumers", isCounter: false, "Consumers currently connected", static protocol => protocol.Consumers);
        foreach (var (name, figure, help) in OfQueueType)
        {
            text.Begin(name, isCounter: true, help);
            foreach (var type in totals.QueueTypes)
            {
                text.Sample(
                    name, MetricsText.Labels(("protocol", Amqp), ("queue_type", NameOf(type.Type))),
                    FigureValue.Of(type.MessageStats, figure));
            }
        }

        WriteDeadLetters(text, totals);
        WriteSizes(text, totals);
    }

    private static void WriteDeadLetters(MetricsText text, NodeReport totals)
    {
        var counted = totals.QueueTypes
            .SelectMany(static type => type.DeadLetters.Select(figure => (type.Type, Figure: figure)))
            .ToDictionary(static one => (one.Type, one.Figure.Strategy, one.Figure.Reason), static one => one.Figure.Count);
        foreach (var (reason, help, strategies) in OfDeadLetters)
        {
            var name = $"global_messages_dead_lettered_{reason}_total";
            text.Begin(name, isCounter: true, help);
            foreach (var type in DyingTypes)
            {
                foreach (var strategy in strategies)
                {
                    text.Sample(
                        name, MetricsText.Labels(("queue_type", NameOf(type)), ("dead_letter_strategy", strategy)),
                        counted.GetValueOrDefault((type, strategy, reason)));
                }
            }
        }
    }

    private static void WriteSizes(MetricsText text, NodeReport totals)
    {
        const string name = "message_size_bytes";
        text.BeginHistogram(name, "Size of messages received from publishers");
        foreach (var protocol in ProtocolsOf(totals))
        {
            text.Histogram(name, ("protocol", protocol.Protocol), MessageSizes.Bounds, protocol.Sizes.Counts, protocol.Sizes.SumBytes);
        }
    }

    private static string NameOf(QueueType type) => $"rabbit_{type.Word()}_queue";

    private static void WriteByProtocol(
        MetricsText text, NodeReport totals, string name, bool isCounter, string help, Func<ProtocolFigures, double> value)
    {
        text.Begin(name, isCounter, help);
        foreach (var protocol in ProtocolsOf(totals))
        {
            text.Sample(name, MetricsText.Labels(("protocol", protocol.Protocol)), value(protocol));
        }
    }

    // What boards look for is there before the first client.
    private static IReadOnlyList<ProtocolFigures> ProtocolsOf(NodeReport totals) =>
        totals.Protocols.Any(static one => one.Protocol == Amqp) ? totals.Protocols : [.. totals.Protocols, NoAmqp];
}
