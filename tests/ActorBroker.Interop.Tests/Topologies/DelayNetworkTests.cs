using System.Diagnostics;
using System.Globalization;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Features;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Topologies;

/// <summary>
/// The network of 28 levels by which NServiceBus and Celery delay messages on queues that know only a time to live: level
/// n holds a message for 2^n seconds if bit n of its delay is set, and passes it on to the level below in any case.
/// </summary>
public sealed class DelayNetworkTests(BrokerFixture broker) : TopologyTest(broker)
{
    private const int Levels = 28;

    /// <summary>The names of a network and the arguments that its queues have beside time to live and dead letter exchange.</summary>
    public sealed record Network(Func<int, string> Level, string Delivery, (string Name, object? Value)[] Arguments);

    [Fact]
    public async Task The_network_of_NServiceBus_delivers_on_time()
    {
        var network = new Network(level => $"nsb.v2.delay-level-{level:D2}", "nsb.v2.delay-delivery",
        [
            ("x-queue-type", "quorum"), ("x-dead-letter-strategy", "at-least-once"), ("x-overflow", "reject-publish"),
        ]);
        await BuildAsync(network);

        // An endpoint is a fanout exchange and a queue of one name; the delivery exchange ends in it.
        var endpoint = Unique("Sales");
        await DeclareQueueAsync(endpoint, ("x-queue-type", "quorum"));
        await DeclareExchangeAsync(endpoint, "fanout");
        await Channel.QueueBindAsync(endpoint, endpoint, "");
        await Channel.ExchangeBindAsync(endpoint, network.Delivery, $"#.{endpoint}");
        var consumer = await DeliveryCollector.StartAsync(Channel, endpoint, autoAck: true);
        await AssertDelaysAsync(network, endpoint, consumer, 3, 0, 1, 2);
    }

    [Fact]
    public async Task The_older_network_of_NServiceBus_on_lazy_classic_queues_delivers_on_time()
    {
        var network = new Network(level => $"nsb.delay-level-{level:D2}", "nsb.delay-delivery", [("x-queue-mode", "lazy")]);
        await BuildAsync(network);
        var endpoint = Unique("Billing");
        await DeclareQueueAsync(endpoint);
        await Channel.QueueBindAsync(endpoint, network.Delivery, $"#.{endpoint}");
        var consumer = await DeliveryCollector.StartAsync(Channel, endpoint, autoAck: true);
        await AssertDelaysAsync(network, endpoint, consumer, 1, 0);
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task The_network_of_Celery_delivers_on_time(string type)
    {
        (string, object?)[] arguments = [("x-queue-type", type), ("x-overflow", "reject-publish")];
        if (type == "quorum")
        {
            arguments = [.. arguments, ("x-dead-letter-strategy", "at-least-once")];
        }

        var network = new Network(level => $"{type}_celery_delayed_{level}", $"{type}_celery_delayed_delivery", arguments);
        await BuildAsync(network);

        // Celery binds the exchange of the queue to the delivery exchange, and the queue to it by the same pattern.
        var queue = Unique("celery");
        await DeclareQueueAsync(queue, ("x-queue-type", type));
        await DeclareExchangeAsync(queue, "topic");
        await Channel.QueueBindAsync(queue, queue, $"#.{queue}");
        await Channel.ExchangeBindAsync(queue, network.Delivery, $"#.{queue}");
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await AssertDelaysAsync(network, queue, consumer, 1);
    }

    /// <summary>Two hundred messages with one delay: none is lost or doubled on their way through two levels.</summary>
    [Fact]
    public async Task The_network_loses_nothing()
    {
        var network = new Network(level => $"lossless.delay-level-{level:D2}", "lossless.delay-delivery",
        [
            ("x-queue-type", "quorum"), ("x-dead-letter-strategy", "at-least-once"), ("x-overflow", "reject-publish"),
        ]);
        await BuildAsync(network, levels: 2);
        var queue = Unique("lossless");
        await DeclareQueueAsync(queue, ("x-queue-type", "quorum"));
        await Channel.QueueBindAsync(queue, network.Delivery, $"#.{queue}");
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            SendToAsync(network.Level(1), $"1.1.{queue}", $"{i}", properties => properties.Persistent = true).AsTask()));
        Assert.Equal(Enumerable.Range(0, 200), Texts(await consumer.NextAsync(200)).Select(int.Parse).Order());
        Assert.Equal(0, consumer.Waiting);
    }

    private static string RoutingKey(int delaySeconds, string address) =>
        string.Join('.', delaySeconds.ToString($"B{Levels}", CultureInfo.InvariantCulture).AsEnumerable()) + $".{address}";

    private async Task BuildAsync(Network network, int levels = Levels)
    {
        // A level is bound to the exchange above it before that exists: from the top down, as the frameworks do it.
        for (var level = levels - 1; level >= 0; level--)
        {
            await DeclareExchangeAsync(network.Level(level), "topic");
            await DeclareQueueAsync(network.Level(level),
            [
                .. network.Arguments,
                ("x-message-ttl", (1L << level) * 1000),
                ("x-dead-letter-exchange", level > 0 ? network.Level(level - 1) : network.Delivery),
            ]);
            await Channel.QueueBindAsync(network.Level(level), network.Level(level), Pattern(levels - 1 - level, '1'));
        }

        for (var level = levels - 1; level >= 1; level--)
        {
            await Channel.ExchangeBindAsync(network.Level(level - 1), network.Level(level), Pattern(levels - 1 - level, '0'));
        }

        await DeclareExchangeAsync(network.Delivery, "topic");
        await Channel.ExchangeBindAsync(network.Delivery, network.Level(0), Pattern(levels - 1, '0'));
    }

    /// <summary>Matches a routing key whose word at the position is this bit.</summary>
    private static string Pattern(int position, char bit) => string.Concat(Enumerable.Repeat("*.", position)) + $"{bit}.#";

    private async Task AssertDelaysAsync(Network network, string address, DeliveryCollector consumer, params int[] delays)
    {
        var clock = Stopwatch.StartNew();
        foreach (var delay in delays)
        {
            var level = delay == 0 ? 0 : (int)Math.Log2(delay);
            await SendToAsync(network.Level(level), RoutingKey(delay, address), $"{delay}", properties =>
            {
                properties.Persistent = true;
                properties.Headers = Table(("NServiceBus.Transport.RabbitMQ.DelayInSeconds", delay));
            });
        }

        foreach (var delay in delays.Order())
        {
            var delivery = await consumer.NextAsync();
            Assert.Equal($"{delay}", delivery.Text);
            Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(delay - 0.02), TimeSpan.FromSeconds(delay + 2));
            if (delay > 0)
            {
                Assert.All(Death.Of(delivery.Properties), death => Assert.Equal(("expired", 1L), (death.Reason, death.Count)));
            }
        }
    }
}
