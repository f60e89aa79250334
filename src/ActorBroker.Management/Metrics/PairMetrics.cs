using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Metrics;

/// <summary>What is told of channels, exchanges and queues together: of those that the node had room to tell apart.</summary>
internal static class PairMetrics
{
    /// <summary>Of a channel and an exchange.</summary>
    public static IReadOnlyList<ObjectMetric<PairInfo>> ChannelExchange { get; } =
    [
        OfChannel("channel_exchange_metrics", "channel_messages_published_total", "publish", "Total number of messages published into an exchange on a channel"),
        OfChannel("channel_exchange_metrics", "channel_messages_confirmed_total", "confirm", "Total number of messages published into an exchange and confirmed on the channel"),
        OfChannel("channel_exchange_metrics", "channel_messages_unroutable_returned_total", "return_unroutable", "Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable"),
        OfChannel("channel_exchange_metrics", "channel_messages_unroutable_dropped_total", "drop_unroutable", "Total number of messages published as non-mandatory into an exchange and dropped as unroutable"),
    ];

    /// <summary>Of a channel and a queue.</summary>
    public static IReadOnlyList<ObjectMetric<PairInfo>> ChannelQueue { get; } =
    [
        OfChannel("channel_queue_metrics", "channel_get_ack_total", "get", "Total number of messages fetched with basic.get in manual acknowledgement mode"),
        OfChannel("channel_queue_metrics", "channel_get_total", "get_no_ack", "Total number of messages fetched with basic.get in automatic acknowledgement mode"),
        OfChannel("channel_queue_metrics", "channel_messages_delivered_ack_total", "deliver", "Total number of messages delivered to consumers in manual acknowledgement mode"),
        OfChannel("channel_queue_metrics", "channel_messages_delivered_total", "deliver_no_ack", "Total number of messages delivered to consumers in automatic acknowledgement mode"),
        OfChannel("channel_queue_metrics", "channel_messages_redelivered_total", "redeliver", "Total number of messages redelivered to consumers"),
        OfChannel("channel_queue_metrics", "channel_messages_acked_total", "ack", "Total number of messages acknowledged by consumers"),
        OfChannel("channel_queue_metrics", "channel_get_empty_total", "get_empty", "Total number of times basic.get operations fetched no message"),
    ];

    /// <summary>Of a channel, an exchange and a queue.</summary>
    public static IReadOnlyList<ObjectMetric<PairInfo>> ChannelQueueExchange { get; } =
    [
        Published(
            "channel_queue_exchange_metrics", "queue_messages_published_total", "Total number of messages published into a queue through an exchange on a channel",
            static totals => totals.QueueTypes.Sum(static type => FigureValue.Of(type.MessageStats, "publish"))),
    ];

    /// <summary>Of an exchange and a queue.</summary>
    public static IReadOnlyList<ObjectMetric<PairInfo>> QueueExchange { get; } =
    [
        Published(
            "queue_exchange_metrics", "queue_exchange_messages_published_total", "Total number of messages published into a queue through an exchange",
            static totals => totals.Exchanges.Sum(static exchange => FigureValue.Of(exchange.MessageStats, "publish_out"))),
    ];

    /// <summary>Which of the pairs have these metrics, as they are labelled.</summary>
    public static IReadOnlyList<(IReadOnlyList<ObjectMetric<PairInfo>> Metrics, Func<PairInfo, bool> IsOne, Func<PairInfo, string> LabelsOf)> All { get; } =
    [
        (ChannelExchange, static pair => pair is { Channel: not null, Exchange: not null, Queue: null }, static pair =>
            MetricsText.Labels(("channel", pair.Channel!.Name), ("vhost", pair.VirtualHost), ("exchange", pair.Exchange!))),
        (ChannelQueue, static pair => pair is { Channel: not null, Exchange: null, Queue: not null }, static pair =>
            MetricsText.Labels(("channel", pair.Channel!.Name), ("vhost", pair.VirtualHost), ("queue", pair.Queue!))),
        (ChannelQueueExchange, static pair => pair is { Channel: not null, Exchange: not null, Queue: not null }, static pair => MetricsText.Labels(
            ("channel", pair.Channel!.Name), ("queue_vhost", pair.VirtualHost), ("queue", pair.Queue!), ("exchange_vhost", pair.VirtualHost),
            ("exchange", pair.Exchange!))),
        (QueueExchange, static pair => pair is { Channel: null, Exchange: not null, Queue: not null }, static pair =>
            MetricsText.Labels(("vhost", pair.VirtualHost), ("exchange", pair.Exchange!), ("queue", pair.Queue!))),
    ];

    // Summed up, what all channels have done, whether there was room for them or not.
    private static ObjectMetric<PairInfo> OfChannel(string family, string name, string figure, string help) =>
        new(family, name, IsCounter: true, help, pair => FigureValue.Of(pair.MessageStats, figure))
        {
            Total = totals => totals.VirtualHosts.Sum(host => FigureValue.Of(host.MessageStats, figure)),
        };

    private static ObjectMetric<PairInfo> Published(string family, string name, string help, Func<NodeReport, double> total) =>
        new(family, name, IsCounter: true, help, static pair => FigureValue.Of(pair.MessageStats, "publish")) { Total = total };
}
