using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Metrics;

/// <summary>What is told of channels.</summary>
internal static class ChannelMetrics
{
    public static IReadOnlyList<ObjectMetric<ChannelInfo>> All { get; } =
    [
        Gauge("channel_consumers", "Consumers on a channel", static channel => channel.Consumers),
        Gauge("channel_messages_unacked", "Delivered but not yet acknowledged messages", static channel => channel.Unacknowledged),
        Gauge("channel_messages_unconfirmed", "Published but not yet confirmed messages", static channel => channel.Unconfirmed),
        Gauge("channel_messages_uncommitted", "Messages received in a transaction but not yet committed", static channel => channel.Uncommitted),
        Gauge("channel_acks_uncommitted", "Message acknowledgements in a transaction not yet committed", static channel => channel.AcksUncommitted),
        Gauge("consumer_prefetch", "Limit of unacknowledged messages for each consumer", static channel => channel.PrefetchCount),
        Gauge("channel_prefetch", "Total limit of unacknowledged messages for all consumers on a channel", static channel => channel.GlobalPrefetchCount),
        Counter("channel_exchange_metrics", "channel_messages_published_total", "publish", "Total number of messages published into an exchange on a channel"),
        Counter("channel_exchange_metrics", "channel_messages_confirmed_total", "confirm", "Total number of messages published into an exchange and confirmed on the channel"),
        Counter("channel_exchange_metrics", "channel_messages_unroutable_returned_total", "return_unroutable", "Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable"),
        Counter("channel_exchange_metrics", "channel_messages_unroutable_dropped_total", "drop_unroutable", "Total number of messages published as non-mandatory into an exchange and dropped as unroutable"),
        Counter("channel_queue_metrics", "channel_get_ack_total", "get", "Total number of messages fetched with basic.get in manual acknowledgement mode"),
        Counter("channel_queue_metrics", "channel_get_total", "get_no_ack", "Total number of messages fetched with basic.get in automatic acknowledgement mode"),
        Counter("channel_queue_metrics", "channel_messages_delivered_ack_total", "deliver", "Total number of messages delivered to consumers in manual acknowledgement mode"),
        Counter("channel_queue_metrics", "channel_messages_delivered_total", "deliver_no_ack", "Total number of messages delivered to consumers in automatic acknowledgement mode"),
        Counter("channel_queue_metrics", "channel_messages_redelivered_total", "redeliver", "Total number of messages redelivered to consumers"),
        Counter("channel_queue_metrics", "channel_messages_acked_total", "ack", "Total number of messages acknowledged by consumers"),
        Counter("channel_queue_metrics", "channel_get_empty_total", "get_empty", "Total number of times basic.get operations fetched no message"),
    ];

    public static string LabelsOf(ChannelInfo channel) => MetricsText.Labels(("channel", channel.Name), ("vhost", channel.VirtualHost));

    private static ObjectMetric<ChannelInfo> Gauge(string name, string help, Func<ChannelInfo, double> value) =>
        new("channel_metrics", name, IsCounter: false, help, value);

    private static ObjectMetric<ChannelInfo> Counter(string family, string name, string figure, string help) =>
        new(family, name, IsCounter: true, help, channel => FigureValue.Of(channel.MessageStats, figure))
        {
            Total = totals => totals.VirtualHosts.Sum(host => FigureValue.Of(host.MessageStats, figure)),
        };
}
