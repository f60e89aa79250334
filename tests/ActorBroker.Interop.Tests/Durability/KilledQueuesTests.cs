using System.Globalization;
using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Features;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>What queues with arguments remember when their broker is killed.</summary>
[Collection(KilledBroker.Name)]
public sealed class KilledQueuesTests
{
    [OwnBrokerFact]
    public async Task What_is_confirmed_while_the_broker_is_killed_comes_through_delay_time_to_live_and_dead_lettering()
    {
        // The way of a message: delayed by the exchange, expired in "source", then a dead letter in "dead".
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.ExchangeDeclareAsync("delayed", "x-delayed-message", durable: true, autoDelete: false, Table(("x-delayed-type", "fanout")));
            await channel.QueueDeclareAsync("dead", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueDeclareAsync("source", durable: true, exclusive: false, autoDelete: false, Table(
                ("x-queue-type", "quorum"), ("x-overflow", "reject-publish"), ("x-dead-letter-strategy", "at-least-once"),
                ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", "dead"), ("x-message-ttl", 200)));
            await channel.QueueBindAsync("source", "delayed", "");
        });

        var confirmed = new HashSet<int>();
        var publishing = PublishUntilBrokenAsync(broker, confirmed);
        await Task.WhenAny(publishing, Task.Delay(TimeSpan.FromMilliseconds(1500)));
        await broker.KillAsync();
        await publishing;
        await broker.StartAgainAsync();
        Assert.NotEmpty(confirmed);
        await UseAsync(broker, async channel =>
        {
            var collector = await DeliveryCollector.StartAsync(channel, "dead", autoAck: true);
            while (confirmed.Count > 0)
            {
                var delivery = await collector.NextAsync();
                var death = Assert.Single(Death.Of(delivery.Properties));
                Assert.Equal(("source", "expired", "delayed"), (death.Queue, death.Reason, death.Exchange));
                confirmed.Remove(int.Parse(delivery.Text, CultureInfo.InvariantCulture));
            }
        });
    }

    [OwnBrokerTheory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task A_queue_without_duplicates_knows_them_after_a_kill(string type)
    {
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclareAsync("unique", durable: true, exclusive: false, autoDelete: false, Table(
                ("x-queue-type", type), ("x-message-deduplication", true)));
            await SendAsync(channel, "a", "first");
            await SendAsync(channel, "b", "second");
            Assert.Equal(2u, await channel.MessageCountAsync("unique"));
        });
        await broker.KillAsync();
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            await SendAsync(channel, "a", "again");
            await SendAsync(channel, "c", "third");
            var collector = await DeliveryCollector.StartAsync(channel, "unique", autoAck: true);
            Assert.Equal(["first", "second", "third"], (await collector.NextAsync(3)).Select(delivery => delivery.Text));

            // Gone from the queue, the values are free again.
            await SendAsync(channel, "a", "later");
            Assert.Equal("later", (await collector.NextAsync()).Text);
        });
    }

    [OwnBrokerFact]
    public async Task The_history_of_an_exchange_outlives_its_broker()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.ExchangeDeclareAsync("history", "x-recent-history", durable: true, autoDelete: false, Table(("x-recent-history-length", 3)));
            for (var i = 0; i < 10; i++)
            {
                await channel.BasicPublishAsync(
                    "history", $"k{i}", false, new BasicProperties { Persistent = true, Expiration = "1" }, Encoding.UTF8.GetBytes($"{i}"));
            }
        });
        for (var round = 0; round < 2; round++)
        {
            await broker.KillAsync();
            await broker.StartAgainAsync();
            await UseAsync(broker, async channel =>
            {
                await channel.QueueDeclareAsync("late", durable: false, exclusive: true, autoDelete: false);
                var collector = await DeliveryCollector.StartAsync(channel, "late", autoAck: true);
                await channel.QueueBindAsync("late", "history", "");
                Assert.Equal(["k7", "k8", "k9"], (await collector.NextAsync(3)).Select(delivery => delivery.RoutingKey));
                await channel.QueueUnbindAsync("late", "history", "");
                await channel.BasicPublishAsync("history", "transient", Encoding.UTF8.GetBytes("lost with the broker"));
            });
        }
    }

    private static async Task PublishUntilBrokenAsync(BrokerProcess broker, HashSet<int> confirmed)
    {
        const int Window = 50;
        try
        {
            await UseAsync(broker, async channel =>
            {
                for (var next = 0; ; next += Window)
                {
                    var publishes = Enumerable.Range(next, Window).Select(number => (Number: number, Task: PublishDelayedAsync(channel, number))).ToArray();
                    foreach (var (number, task) in publishes)
                    {
                        await task;
                        confirmed.Add(number);
                    }
                }
            });
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e))
        {
            // What was not confirmed until now may be lost.
        }
    }

    private static Task PublishDelayedAsync(IChannel channel, int number) => channel.BasicPublishAsync(
        "delayed",
        "",
        false,
        new BasicProperties { Persistent = true, Headers = Table(("x-delay", number % 5 * 300)) },
        Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))).AsTask();

    private static ValueTask SendAsync(IChannel channel, string id, string body) => channel.BasicPublishAsync(
        "",
        "unique",
        false,
        new BasicProperties { Persistent = true, Headers = Table(("x-deduplication-header", id)) },
        Encoding.UTF8.GetBytes(body));

    private static Dictionary<string, object?> Table(params (string Name, object? Value)[] fields) =>
        fields.ToDictionary(field => field.Name, field => field.Value);

    private static async Task UseAsync(BrokerProcess broker, Func<IChannel, Task> use)
    {
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await use(channel);
    }
}
