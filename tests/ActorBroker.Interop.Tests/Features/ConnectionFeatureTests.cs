using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>What concerns connections and channels as a whole.</summary>
public sealed class ConnectionFeatureTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Fact]
    public async Task The_secret_of_a_connection_can_be_updated_in_mid_life()
    {
        await Connection.UpdateSecretAsync("guest", "renewed");
        var queue = await QueueAsync();
        await SendAsync(queue, "still in service");
        Assert.Equal(["still in service"], await DrainAsync(queue));
    }

    /// <summary>Refused by RabbitMQ 4.3 (global qos), and used by clients all the same.</summary>
    [Fact]
    public async Task A_global_prefetch_count_is_shared_by_the_consumers_of_a_channel()
    {
        var queue = await QueueAsync();
        await using var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, prefetchCount: 3, global: true);
        var collector = await DeliveryCollector.StartAsync(channel, queue);
        await channel.BasicConsumeAsync(queue, autoAck: false, collector);
        await PublishAsync(queue, [.. Enumerable.Range(0, 9).Select(i => $"{i}")]);
        var seen = new List<Delivery>();
        for (var round = 0; round < 3; round++)
        {
            seen.AddRange(await collector.NextAsync(3));

            // What more was on its way would be here before this answer.
            await channel.QueueDeclarePassiveAsync(queue);
            Assert.Equal(0, collector.Waiting);
            await channel.BasicAckAsync(seen[^1].Tag, multiple: true);
        }

        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"{i}"), Texts(seen));
        Assert.Equal(2, seen.Select(delivery => delivery.ConsumerTag).Distinct().Count());
    }

    [Fact]
    public async Task A_transient_queue_that_is_not_exclusive_is_still_there_for_other_connections()
    {
        var queue = Unique("transient");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false);
        var other = await ConfirmingChannelAsync(await ConnectAsync());
        await other.BasicPublishAsync("", queue, "from another"u8.ToArray());
        Assert.Equal(["from another"], await DrainAsync(queue));
        await Channel.QueueDeleteAsync(queue);
    }

    [Fact]
    public async Task A_consumer_is_told_when_its_queue_expires_or_is_deleted()
    {
        var queue = Unique("deleted");
        await Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, Table(("x-queue-type", "quorum")));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await using var other = await Connection.CreateChannelAsync();
        await other.QueueDeleteAsync(queue);
        Assert.NotEmpty(await consumer.CancelledByBroker);
    }

    [Fact]
    public async Task The_properties_of_the_server_name_its_capabilities()
    {
        var capabilities = Assert.IsType<Dictionary<string, object?>>(Connection.ServerProperties!["capabilities"], exactMatch: false);
        string[] expected =
        [
            "publisher_confirms", "exchange_exchange_bindings", "basic.nack", "consumer_cancel_notify", "connection.blocked",
            "consumer_priorities", "authentication_failure_close", "per_consumer_qos", "direct_reply_to",
        ];
        Assert.All(expected, capability => Assert.Equal(true, capabilities[capability]));
        Assert.NotNull(Connection.ServerProperties["product"]);
        Assert.NotNull(Connection.ServerProperties["version"]);
        await Channel.CloseAsync();
    }
}
