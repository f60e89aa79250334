using ActorBroker.Client;
using ActorBroker.Contracts.Options;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.TestKit.Tests;

/// <summary>Brokers in the process of a test.</summary>
public sealed class TestBrokerTests
{
    [Fact]
    public async Task A_broker_serves_clients_of_AMQP_and_of_Akka_with_the_same_queues()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var connection = await new ConnectionFactory { Uri = broker.AmqpUri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("shared", durable: true, exclusive: false, autoDelete: false);
        var client = await broker.ConnectClientAsync();

        var sent = MessageProperties.Durable with { ContentType = "text/plain", CorrelationId = "4" };
        Assert.True((await client.PublishAsync(OutgoingMessage.ToQueue("shared", "by Akka"u8.ToArray(), sent))).IsConfirmed);
        var taken = await channel.BasicGetAsync("shared", autoAck: true);
        await channel.BasicPublishAsync(
            "", "shared", mandatory: true, new BasicProperties { Persistent = true, MessageId = "m", Headers = new Dictionary<string, object?> { ["n"] = 5 } },
            "by AMQP"u8.ToArray());
        ReceivedMessage? received;
        do
        {
            received = await client.GetAsync("shared", noAck: true);
        }
        while (received is null);

        Assert.Equal("by Akka", System.Text.Encoding.UTF8.GetString(taken!.Body.Span));
        Assert.Equal(("text/plain", "4", true), (taken.BasicProperties.ContentType, taken.BasicProperties.CorrelationId, taken.BasicProperties.Persistent));
        Assert.Equal("by AMQP", received.Text);
        Assert.Equal(("m", true), (received.Properties.MessageId, received.Properties.Persistent));
        Assert.True(received.Properties.Headers.TryGetValue("n", out var header) && header.AsInt64() == 5);
    }

    [Fact]
    public async Task Brokers_live_beside_each_other_and_know_nothing_of_each_other()
    {
        await using var first = await TestBroker.StartAsync();
        await using var second = await TestBroker.StartAsync();
        var client = await first.ConnectClientAsync();
        var other = await second.ConnectClientAsync();

        await client.DeclareQueueAsync("mine");

        Assert.NotEqual(first.AmqpEndPoint.Port, second.AmqpEndPoint.Port);
        await Assert.ThrowsAsync<BrokerRefusedException>(() => other.FindQueueAsync("mine"));
    }

    [Fact]
    public async Task A_folder_that_is_given_is_gone_on_with()
    {
        var folder = Directory.CreateTempSubdirectory("actorbroker-testkit-").FullName;
        var settings = new TestBrokerSettings { DataDirectory = folder };
        await using (var broker = await TestBroker.StartAsync(settings))
        {
            var client = await broker.ConnectClientAsync();
            await client.DeclareQueueAsync("kept");
            await client.PublishAsync(OutgoingMessage.ToQueue("kept", "1"u8.ToArray(), MessageProperties.Durable));
        }

        await using (var broker = await TestBroker.StartAsync(settings))
        {
            var client = await broker.ConnectClientAsync();
            Assert.Equal("1", (await client.GetAsync("kept", noAck: true))!.Text);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_setting_that_does_not_exist_is_refused_by_its_name()
    {
        var failure = await Assert.ThrowsAsync<StartupException>(() => TestBroker.StartAsync(new TestBrokerSettings { Settings = ["actorbroker.queues=1"] }));
        Assert.Contains("actorbroker.queues", failure.Message, StringComparison.Ordinal);
    }
}
