using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Metrics;

/// <summary>What is told of connections, and of exchanges that they publish to.</summary>
internal static class ConnectionMetrics
{
    public static IReadOnlyList<ObjectMetric<ConnectionInfo>> All { get; } =
    [
        Counter("connection_coarse_metrics", "connection_incoming_bytes_total", "recv_oct", "Total number of bytes received on a connection"),
        Counter("connection_coarse_metrics", "connection_outgoing_bytes_total", "send_oct", "Total number of bytes sent on a connection"),
        Counter("connection_metrics", "connection_incoming_packets_total", "recv_cnt", "Total number of packets received on a connection"),
        Counter("connection_metrics", "connection_outgoing_packets_total", "send_cnt", "Total number of packets sent on a connection"),
        new("connection_metrics", "connection_channels", IsCounter: false, "Channels on a connection", static connection => connection.Channels),
    ];

    public static IReadOnlyList<ObjectMetric<ExchangeFigures>> Exchanges { get; } =
    [
        new("exchange_metrics", "exchange_messages_published_total", IsCounter: true, "Total number of messages published into an exchange",
            static exchange => FigureValue.Of(exchange.MessageStats, "publish_in")),
        Outcome("exchange_messages_confirmed_total", "confirm", "Total number of messages published into an exchange and confirmed"),
        Outcome("exchange_messages_unroutable_returned_total", "return_unroutable", "Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable"),
        Outcome("exchange_messages_unroutable_dropped_total", "drop_unroutable", "Total number of messages published as non-mandatory into an exchange and dropped as unroutable"),
        new("exchange_metrics", "exchange_messages_routed_total", IsCounter: true, "Total number of copies of messages that an exchange gave to queues",
            static exchange => FigureValue.Of(exchange.MessageStats, "publish_out")),
    ];

    public static string LabelsOf(ConnectionInfo connection) =>
        MetricsText.Labels(("connection", connection.Name), ("vhost", connection.VirtualHost));

    public static string LabelsOf(ExchangeFigures exchange) =>
        MetricsText.Labels(("vhost", exchange.Exchange.VirtualHost), ("exchange", exchange.Exchange.Name));

    // Summed up, what all channels have done, whether there was room to tell their exchanges apart or not.
    private static ObjectMetric<ExchangeFigures> Outcome(string name, string figure, string help) =>
        new("exchange_metrics", name, IsCounter: true, help, exchange => FigureValue.Of(exchange.Outcomes, figure))
        {
            Total = totals => totals.VirtualHosts.Sum(host => FigureValue.Of(host.MessageStats, figure)),
        };

    private static ObjectMetric<ConnectionInfo> Counter(string family, string name, string figure, string help) =>
        new(family, name, IsCounter: true, help, connection => FigureValue.Of(connection.Traffic, figure))
        {
            Total = totals => totals.VirtualHosts.Sum(host => FigureValue.Of(host.Traffic, figure)),
        };
}
