using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Metrics;

/// <summary>What is told of channels by themselves.</summary>
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
    ];

    public static string LabelsOf(ChannelInfo channel) => MetricsText.Labels(("channel", channel.Name), ("vhost", channel.VirtualHost));

    private static ObjectMetric<ChannelInfo> Gauge(string name, string help, Func<ChannelInfo, double> value) =>
        new("channel_metrics", name, IsCounter: false, help, value);
}
