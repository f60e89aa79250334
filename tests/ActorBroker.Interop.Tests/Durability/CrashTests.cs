using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>What holds after <c>kill -9</c>.</summary>
[Collection(KilledBroker.Name)]
public sealed class CrashTests
{
    [OwnBrokerFact]
    public async Task Durable_definitions_and_persistent_messages_are_back_and_the_rest_is_gone()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await using (var connection = await Factory(broker).CreateConnectionAsync())
        {
            await DeclareAsync(await ConfirmingChannelAsync(connection));
            await broker.KillAsync();
        }

        await broker.StartAgainAsync();

        await using var again = await Factory(broker).CreateConnectionAsync();
        await using var channel = await ConfirmingChannelAsync(again);

        // A transient message may survive a crash or not; a persistent one has to.
        Assert.Single(await DrainAsync(channel, "durable"), "persistent");

        // Equivalent in every property and argument: declaring again succeeds.
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false);
        await channel.ExchangeDeclareAsync("durable-headers", "headers", durable: true);
        await channel.ExchangeDeclareAsync(
            "durable-topic", "topic", durable: true, arguments: new Dictionary<string, object?> { ["alternate-exchange"] = "durable-fanout" });

        // Every binding routes as before: by pattern, through another exchange, by header, and through the alternate.
        await channel.BasicPublishAsync("durable-topic", "a.b", "by pattern"u8.ToArray());
        await channel.BasicPublishAsync("durable-direct", "c.d", "through another exchange"u8.ToArray());
        await channel.BasicPublishAsync(
            "durable-headers",
            "",
            false,
            new BasicProperties { Headers = new Dictionary<string, object?> { ["kind"] = "x" } },
            "by header"u8.ToArray());
        await channel.BasicPublishAsync("durable-topic", "unmatched", "through the alternate"u8.ToArray());
        Assert.Equal(
            ["by pattern", "through another exchange", "by header", "through the alternate"], await DrainAsync(channel, "durable"));

        await AssertGoneAsync(again, other => other.QueueDeclarePassiveAsync("transient"));
        await AssertGoneAsync(again, other => other.QueueDeclarePassiveAsync("exclusive"));
        await AssertGoneAsync(again, other => other.QueueDeclarePassiveAsync("durable-exclusive"));
        await AssertGoneAsync(again, other => other.ExchangeDeclarePassiveAsync("transient-exchange"));
        await AssertGoneAsync(again, other => other.QueueDeclarePassiveAsync("deleted"));
    }

    [OwnBrokerTheory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task What_a_consumer_held_comes_again_marked_though_nothing_else_was_written(string type)
    {
        await using var broker = await BrokerProcess.StartAsync();
        await using (var connection = await Factory(broker).CreateConnectionAsync())
        {
            var holder = await ConfirmingChannelAsync(connection);
            await holder.QueueDeclareAsync(
                "held", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = type });
            foreach (var body in new[] { "first", "second", "third" })
            {
                await holder.BasicPublishAsync(
                    "", "held", false, new BasicProperties { Persistent = true }, System.Text.Encoding.UTF8.GetBytes(body));
            }

            await holder.BasicQosAsync(0, prefetchCount: 2, global: false);
            await (await DeliveryCollector.StartAsync(holder, "held")).NextAsync(2);
            await Task.Delay(TimeSpan.FromSeconds(1));
            await broker.KillAsync();
        }

        await broker.StartAgainAsync();
        await using var again = await Factory(broker).CreateConnectionAsync();
        await using var channel = await ConfirmingChannelAsync(again);
        var consumer = await DeliveryCollector.StartAsync(channel, "held", autoAck: true);
        Assert.Equal(
            [("first", true), ("second", true), ("third", false)],
            (await consumer.NextAsync(3)).Select(delivery => (delivery.Text, delivery.Redelivered)));
    }

    private static async Task DeclareAsync(IChannel channel)
    {
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("deleted", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("transient", durable: false, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("exclusive", durable: false, exclusive: true, autoDelete: false);
        await channel.QueueDeclareAsync("durable-exclusive", durable: true, exclusive: true, autoDelete: false);
        await channel.ExchangeDeclareAsync("transient-exchange", "direct", durable: false);
        await channel.ExchangeDeclareAsync("durable-fanout", "fanout", durable: true);
        await channel.ExchangeDeclareAsync(
            "durable-topic", "topic", durable: true, arguments: new Dictionary<string, object?> { ["alternate-exchange"] = "durable-fanout" });
        await channel.ExchangeDeclareAsync("durable-direct", "direct", durable: true);
        await channel.ExchangeDeclareAsync("durable-headers", "headers", durable: true);
        await channel.QueueBindAsync("durable", "durable-topic", "a.*");
        await channel.QueueBindAsync("durable", "durable-topic", "c.#");
        await channel.ExchangeBindAsync("durable-topic", "durable-direct", "c.d");
        await channel.QueueBindAsync("durable", "durable-fanout", "");
        await channel.QueueBindAsync("durable", "durable-headers", "", new Dictionary<string, object?> { ["x-match"] = "any", ["kind"] = "x" });
        await channel.QueueBindAsync("transient", "durable-fanout", "");
        await channel.QueueBindAsync("durable", "transient-exchange", "");
        await channel.BasicPublishAsync("", "durable", false, new BasicProperties { Persistent = true }, "persistent"u8.ToArray());
        await channel.BasicPublishAsync("", "durable", false, new BasicProperties(), "transient"u8.ToArray());
        await channel.QueueDeleteAsync("deleted");
    }

    private static async Task AssertGoneAsync(IConnection connection, Func<IChannel, Task> find)
    {
        await using var channel = await connection.CreateChannelAsync();
        var failure = await Assert.ThrowsAnyAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(() => find(channel));
        Assert.Equal((ushort)404, failure.ShutdownReason!.ReplyCode);
    }

    private static async Task<List<string>> DrainAsync(IChannel channel, string queue)
    {
        var bodies = new List<string>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            bodies.Add(System.Text.Encoding.UTF8.GetString(message.Body.Span));
        }

        return bodies;
    }

    private static Task<IChannel> ConfirmingChannelAsync(IConnection connection) => connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));

    private static ConnectionFactory Factory(BrokerProcess broker) => new()
    {
        HostName = broker.Endpoint.Host,
        Port = broker.Endpoint.Port,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = BrokerFixture.Limit,
        RequestedConnectionTimeout = BrokerFixture.Limit,
    };
}
