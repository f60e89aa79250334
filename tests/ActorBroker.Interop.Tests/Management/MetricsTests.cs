using System.Text.RegularExpressions;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Management;

/// <summary>The broker's metrics, as a parser reads them that is not the broker's own.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task The_metrics_can_be_read_by_whoever_reads_those_of_RabbitMQ()
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.listeners.prometheus.enabled=on",
            "actorbroker.listeners.prometheus.host=127.0.0.1",
            "actorbroker.listeners.prometheus.port=0");
        var endpoint = Listener().Match(broker.Output()).Groups["endpoint"].Value;
        var lines = await ScriptRunner.MetricsAsync(broker.Endpoint, $"http://{endpoint}");
        Assert.Equal(
            [
                "received 3",
                "connections 1",
                "channels 1",
                "queues 1",
                "connections_opened_total 1",
                "queues_created_total 1",
                "missing on the board []",
                "sizes {3} 100 +Inf 3",
                "memory True",
                "runtime True",
                "identity True",
                "channels told of 1",
                "pair channel_get_ack_total channel queue vhost 1",
                "pair channel_messages_acked_total channel queue vhost 1",
                "pair channel_messages_published_total channel exchange vhost 3",
                "pair exchange_messages_published_total exchange vhost 3",
                "pair exchange_messages_routed_total exchange vhost 3",
                "pair queue_exchange_messages_published_total exchange queue vhost 3",
                "pair queue_messages_published_total channel exchange exchange_vhost queue queue_vhost 3",
                "detailed ['rabbitmq_detailed_queue_consumers', 'rabbitmq_detailed_queue_messages', 'rabbitmq_detailed_queue_messages_ready', 'rabbitmq_detailed_queue_messages_unacked']",
                "cluster 1.0 0.0 1.0",
                "memory of queues True",
                "elsewhere 0",
                "dead-lettered ['confirmed', 'expired', 'limit', 'maxlen', 'rejected']",
            ],
            lines);
    }

    [GeneratedRegex(@"prometheus (?<endpoint>\S+:\d+)")]
    private static partial Regex Listener();
}
