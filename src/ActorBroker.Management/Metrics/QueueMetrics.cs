using ActorBroker.Contracts.Management;
using ActorBroker.Core.Queues;

namespace ActorBroker.Management.Metrics;

/// <summary>What is told of queues.</summary>
internal static class QueueMetrics
{
    public static IReadOnlyList<ObjectMetric<QueueInfo>> All { get; } =
    [
        Gauge("queue_coarse_metrics", "queue_messages_ready", "Messages ready to be delivered to consumers", static queue => queue.Ready),
        Gauge("queue_coarse_metrics", "queue_messages_unacked", "Messages delivered to consumers but not yet acknowledged", static queue => queue.Unacknowledged),
        Gauge("queue_coarse_metrics", "queue_messages", "Sum of ready and unacknowledged messages - total queue depth", static queue => queue.Ready + queue.Unacknowledged),
        Gauge("queue_consumer_count", "queue_consumers", "Consumers on a queue", static queue => queue.Consumers),
        Gauge("queue_metrics", "queue_consumer_capacity", "Consumer capacity", static queue => queue.ConsumerCapacity),
        Gauge("queue_metrics", "queue_consumer_utilisation", "Same as consumer capacity", static queue => queue.ConsumerCapacity),
        Gauge("queue_metrics", "queue_process_memory_bytes", "Memory in bytes used by the queue's messages", static queue => queue.MemoryBytes),
        Gauge("queue_metrics", "queue_messages_ram", "Ready and unacknowledged messages stored in memory", static queue => queue.Sizes.ReadyInMemory + queue.Sizes.UnsettledInMemory),
        Gauge("queue_metrics", "queue_messages_ram_bytes", "Size of ready and unacknowledged messages stored in memory", static queue => queue.Sizes.BytesInMemory),
        Gauge("queue_metrics", "queue_messages_ready_ram", "Ready messages stored in memory", static queue => queue.Sizes.ReadyInMemory),
        Gauge("queue_metrics", "queue_messages_unacked_ram", "Unacknowledged messages stored in memory", static queue => queue.Sizes.UnsettledInMemory),
        Gauge("queue_metrics", "queue_messages_persistent", "Persistent messages", static queue => queue.Sizes.Persistent),
        Gauge("queue_metrics", "queue_messages_persistent_bytes", "Size in bytes of persistent messages", static queue => queue.Sizes.PersistentBytes),
        Gauge("queue_metrics", "queue_messages_bytes", "Size in bytes of ready and unacknowledged messages", static queue => queue.Sizes.ReadyBytes + queue.Sizes.UnsettledBytes),
        Gauge("queue_metrics", "queue_messages_ready_bytes", "Size in bytes of ready messages", static queue => queue.Sizes.ReadyBytes),
        Gauge("queue_metrics", "queue_messages_unacked_bytes", "Size in bytes of all unacknowledged messages", static queue => queue.Sizes.UnsettledBytes),
        Gauge("queue_metrics", "queue_messages_paged_out", "Transient messages that are on disk alone", static queue => queue.Sizes.PagedOut),
        Gauge("queue_metrics", "queue_messages_paged_out_bytes", "Size in bytes of transient messages that are on disk alone", static queue => queue.Sizes.PagedOutBytes),
        Gauge("queue_metrics", "queue_head_message_timestamp", "Timestamp of the first message in the queue, if any", static queue => queue.Sizes.HeadTimestamp ?? double.NaN),
        Gauge("queue_metrics", "stream_segments", "Total number of stream segment files", static queue => OfStream(queue, queue.Sizes.Segments)),
        Gauge("stream_consumer_metrics", "stream_consumer_max_offset_lag", "Highest consumer offset lag", static queue => OfStream(queue, queue.Sizes.OffsetLag)),
        Counter("queue_metrics", "queue_disk_reads_total", "disk_reads", "Total number of times queue read messages from disk"),
        Counter("queue_metrics", "queue_disk_writes_total", "disk_writes", "Total number of times queue wrote messages to disk"),
        Counter("queue_delivery_metrics", "queue_get_ack_total", "get", "Total number of messages fetched from a queue with basic.get in manual acknowledgement mode"),
        Counter("queue_delivery_metrics", "queue_get_total", "get_no_ack", "Total number of messages fetched from a queue with basic.get in automatic acknowledgement mode"),
        Counter("queue_delivery_metrics", "queue_messages_delivered_ack_total", "deliver", "Total number of messages delivered from a queue to consumers in manual acknowledgement mode"),
        Counter("queue_delivery_metrics", "queue_messages_delivered_total", "deliver_no_ack", "Total number of messages delivered from a queue to consumers in automatic acknowledgement mode"),
        Counter("queue_delivery_metrics", "queue_messages_redelivered_total", "redeliver", "Total number of messages redelivered from a queue to consumers"),
        Counter("queue_delivery_metrics", "queue_messages_acked_total", "ack", "Total number of messages acknowledged by consumers on a queue"),
        Counter("queue_delivery_metrics", "queue_get_empty_total", "get_empty", "Total number of times basic.get operations fetched no message on a queue"),
    ];

    public static string LabelsOf(QueueInfo queue) => MetricsText.Labels(("vhost", queue.VirtualHost), ("queue", queue.Name));

    private static double OfStream(QueueInfo queue, double value) => queue.Type == QueueType.Stream ? value : double.NaN;

    private static ObjectMetric<QueueInfo> Gauge(string family, string name, string help, Func<QueueInfo, double> value) =>
        new(family, name, IsCounter: false, help, value);

    private static ObjectMetric<QueueInfo> Counter(string family, string name, string figure, string help) =>
        new(family, name, IsCounter: true, help, queue => FigureValue.Of(queue.MessageStats, figure))
        {
            Total = totals => totals.QueueTypes.Sum(type => FigureValue.Of(type.MessageStats, figure)),
        };
}
