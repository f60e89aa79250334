using System.Diagnostics;
using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>A broker is killed while messages are on their way from one queue to another.</summary>
[Collection(KilledBroker.Name)]
public sealed class KilledOnTheWayTests
{
    [OwnBrokerFact]
    public async Task Delayed_messages_outlive_a_kill_and_come_when_they_are_due()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var since = Stopwatch.StartNew();
        await UseAsync(broker, async channel =>
        {
            await channel.ExchangeDeclareAsync("delayed", "x-delayed-message", durable: true, autoDelete: false, Arguments(("x-delayed-type", "direct")));
            await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueBindAsync("q", "delayed", "k");
            since.Restart();
            foreach (var delay in new[] { 8_000, 1 })
            {
                await channel.BasicPublishAsync(
                    "delayed", "k", false, new BasicProperties { Persistent = true, Headers = Arguments(("x-delay", delay)) }, BitConverter.GetBytes(delay));
            }
        });
        await broker.KillAsync();
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            // Nothing but the start itself wakes what waits.
            var collector = await DeliveryCollector.StartAsync(channel, "q", autoAck: true);
            Assert.Equal(1, BitConverter.ToInt32((await collector.NextAsync()).Body));
            Assert.Equal(8_000, BitConverter.ToInt32((await collector.NextAsync()).Body));
            Assert.True(since.ElapsedMilliseconds >= 8_000, $"it came after {since.ElapsedMilliseconds} ms");
        });
    }

    [OwnBrokerFact]
    public async Task At_least_once_every_dead_letter_arrives_although_the_broker_is_killed_and_no_duplicate_is_silent()
    {
        const int Count = 3_000;
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclareAsync("dead", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueDeclareAsync("source", durable: true, exclusive: false, autoDelete: false, Arguments(
                ("x-queue-type", "quorum"), ("x-overflow", "reject-publish"), ("x-dead-letter-strategy", "at-least-once"),
                ("x-dead-letter-exchange", string.Empty), ("x-dead-letter-routing-key", "dead"), ("x-message-ttl", 400)));
            var body = new byte[1024];
            await Task.WhenAll(Enumerable.Range(0, Count).Select(i =>
            {
                var bytes = (byte[])body.Clone();
                BitConverter.TryWriteBytes(bytes, i);
                return channel.BasicPublishAsync("", "source", false, new BasicProperties { Persistent = true }, bytes).AsTask();
            }));
        });
        await broker.KillAsync();
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            var collector = await DeliveryCollector.StartAsync(channel, "dead", autoAck: true);
            var arrived = new HashSet<int>();
            while (arrived.Count < Count)
            {
                var delivery = await collector.NextAsync();
                Assert.Equal("expired", Encoding.UTF8.GetString((byte[])delivery.Properties.Headers!["x-first-death-reason"]!));
                Assert.True(
                    arrived.Add(BitConverter.ToInt32(delivery.Body)) || delivery.Properties.Headers!.ContainsKey("x-dead-letter-repeated"),
                    $"message {BitConverter.ToInt32(delivery.Body)} came twice without saying so");
            }

            Assert.Equal(0u, (await channel.QueueDeclarePassiveAsync("source")).MessageCount);
        });
    }

    private static Dictionary<string, object?> Arguments(params (string Name, object Value)[] arguments) =>
        arguments.ToDictionary(argument => argument.Name, argument => (object?)argument.Value);

    private static async Task UseAsync(BrokerProcess broker, Func<IChannel, Task> use)
    {
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await use(channel);
    }
}
