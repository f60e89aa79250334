using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Broker.Management;

/// <summary>What is counted of each kind of object, as rows of numbers in the order of RabbitMQ's names for them.</summary>
internal static class CounterRows
{
    /// <summary>How many of a queue's numbers count messages that pass; the rest is how many there are.</summary>
    public const int QueueStats = 11;

    /// <summary>How many of a virtual host's numbers are those of its channels.</summary>
    public const int ChannelStats = 12;

    public static string[] Queue { get; } =
    [
        "publish", "deliver", "deliver_no_ack", "get", "get_no_ack", "get_empty", "deliver_get", "redeliver", "ack", "disk_reads", "disk_writes",
        "messages", "messages_ready", "messages_unacknowledged",
    ];

    public static string[] Channel { get; } =
    [
        "publish", "confirm", "return_unroutable", "drop_unroutable", "deliver", "deliver_no_ack", "get", "get_no_ack", "get_empty", "deliver_get",
        "redeliver", "ack",
    ];

    /// <summary>Those of channels, and how many of the publishes were to be confirmed.</summary>
    public static string[] ProtocolChannel { get; } = [.. Channel, "publish_confirm"];

    public static string[] Exchange { get; } = ["publish_in", "publish_out"];

    public static string[] ExchangeOutcomes { get; } = ["confirm", "return_unroutable", "drop_unroutable"];

    /// <summary>Of a channel and an exchange.</summary>
    public static string[] ExchangePair { get; } = ["publish", .. ExchangeOutcomes];

    /// <summary>Of a channel and a queue.</summary>
    public static string[] QueuePair { get; } =
        ["get", "get_no_ack", "deliver", "deliver_no_ack", "redeliver", "ack", "deliver_get", "get_empty"];

    /// <summary>Of an exchange and a queue.</summary>
    public static string[] Route { get; } = ["publish"];

    public static string[] Churn { get; } =
    [
        "connection_created", "connection_closed", "channel_created", "channel_closed", "queue_declared", "queue_created", "queue_deleted",
    ];

    public static string[] Connection { get; } = ["recv_oct", "recv_cnt", "send_oct", "send_cnt"];

    /// <summary>Those of channels, then what else there is of a virtual host.</summary>
    public static string[] VirtualHost { get; } =
    [
        .. Channel, "disk_reads", "disk_writes", .. Connection, "messages", "messages_ready", "messages_unacknowledged",
    ];

    public static long[] Of(QueueFigures queue)
    {
        var row = Of(queue.Counters);
        var (ready, unacknowledged) = (queue.Ready, queue.Unacknowledged);
        (row[QueueStats], row[QueueStats + 1], row[QueueStats + 2]) = (ready + unacknowledged, ready, unacknowledged);
        return row;
    }

    /// <summary>How much has happened to a queue's messages, from its row.</summary>
    public static long PassedOf(ReadOnlySpan<long> row)
    {
        var sum = 0L;
        foreach (var number in row[..QueueStats])
        {
            sum += number;
        }

        return sum;
    }

    /// <summary>Of queues that are no more: nothing is left in them.</summary>
    public static long[] Of(QueueCounters counters) =>
    [
        counters.Published, counters.Delivered, counters.DeliveredNoAck, counters.Got, counters.GotNoAck, counters.GetEmpty,
        counters.DeliveredOrGot, counters.Redelivered, counters.Acknowledged,
        counters.DiskReads, counters.DiskWrites, 0, 0, 0,
    ];

    public static long[] Of(ChannelCounters channel) =>
    [
        channel.Published, channel.Confirmed, channel.ReturnedUnroutable, channel.DroppedUnroutable, channel.Delivered, channel.DeliveredNoAck,
        channel.Got, channel.GotNoAck, channel.GetEmpty, channel.DeliveredOrGot,
        channel.Redelivered, channel.Acknowledged,
    ];

    public static long[] Of(ExchangeCounters exchange) => [exchange.PublishedIn, exchange.PublishedOut];

    public static long[] OutcomesOf(ExchangeCounters exchange) => [exchange.Confirmed, exchange.ReturnedUnroutable, exchange.DroppedUnroutable];

    public static long[] Of(ExchangePair pair) => [pair.Published, pair.Confirmed, pair.ReturnedUnroutable, pair.DroppedUnroutable];

    public static long[] Of(QueuePair pair) =>
    [
        pair.Got, pair.GotNoAck, pair.Delivered, pair.DeliveredNoAck, pair.Redelivered, pair.Acknowledged, pair.DeliveredOrGot, pair.GetEmpty,
    ];

    public static long[] Of(ConnectionFigures connection) => [connection.BytesRead, connection.Reads, connection.BytesWritten, connection.Writes];

    public static long[] Of(Churn churn) =>
    [
        churn.ConnectionsOpened, churn.ConnectionsClosed, churn.ChannelsOpened, churn.ChannelsClosed, churn.QueuesDeclared, churn.QueuesCreated,
        churn.QueuesDeleted,
    ];
}
