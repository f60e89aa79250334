using System.Diagnostics;
using System.Globalization;
using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>Exchanges that keep messages before they route them: with a delay, or without duplicates.</summary>
public sealed class StagedExchangeTests(BrokerFixture broker) : ClientTest(broker)
{
    [OwnBrokerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Delayed_messages_come_when_they_are_due_and_not_before_and_the_others_at_once(bool durable)
    {
        var exchange = await DeclareDelayedAsync("topic", durable);
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "a.*");
        var collector = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        var since = Stopwatch.StartNew();
        await PublishDelayedAsync(exchange, "a.late", 700);
        await PublishDelayedAsync(exchange, "a.soon", 300);
        await PublishDelayedAsync(exchange, "b.elsewhere", 100);
        await PublishDelayedAsync(exchange, "a.at-once", 0);
        await PublishDelayedAsync(exchange, "a.past", -5000);
        await PublishDelayedAsync(exchange, "a.years", 3L * 365 * 24 * 3600 * 1000);
        await PublishDelayedAsync(exchange, "a.text", "500");

        // Whatever time the publishes took: each comes once, and none before its own time.
        var delays = new Dictionary<string, int> { ["a.at-once"] = 0, ["a.past"] = -5000, ["a.soon"] = 300, ["a.text"] = 500, ["a.late"] = 700 };
        while (delays.Count > 0)
        {
            var delivery = await collector.NextAsync();
            var arrived = since.ElapsedMilliseconds;
            Assert.True(delays.Remove(delivery.Text, out var delay), $"{delivery.Text} was not expected");
            Assert.Equal((exchange, delivery.Text), (delivery.Exchange, delivery.RoutingKey));
            Assert.True(arrived >= delay, $"{delivery.Text} came after {arrived} ms");
            Assert.Equal(delay > 0 ? -delay : delay, Convert.ToInt64(delivery.Properties.Headers!["x-delay"], CultureInfo.InvariantCulture));
            Assert.False(delivery.Properties.Headers.ContainsKey("x-death"));
        }

        Assert.Equal(0, collector.Waiting);
    }

    [OwnBrokerFact]
    public async Task Messages_that_are_due_together_keep_their_order()
    {
        var exchange = await DeclareDelayedAsync("direct", durable: false);
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "k");
        var collector = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        var channel = await Connection.CreateChannelAsync();
        for (var i = 0; i < 500; i++)
        {
            await channel.BasicPublishAsync(
                exchange, "k", false, new BasicProperties { Headers = Headers(("x-delay", 400)) }, BitConverter.GetBytes(i));
        }

        var deliveries = await collector.NextAsync(500);
        Assert.Equal(Enumerable.Range(0, 500), deliveries.Select(delivery => BitConverter.ToInt32(delivery.Body)));
    }

    [OwnBrokerFact]
    public async Task A_delayed_message_counts_as_routed_and_its_bindings_are_those_of_when_it_is_due()
    {
        var exchange = await DeclareDelayedAsync("fanout", durable: false);
        var returned = 0;
        Channel.BasicReturnAsync += (_, _) =>
        {
            Interlocked.Increment(ref returned);
            return Task.CompletedTask;
        };
        await Channel.BasicPublishAsync(
            exchange, "k", mandatory: true, new BasicProperties { Headers = Headers(("x-delay", 300)) }, Encoding.UTF8.GetBytes("bound later"));
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, string.Empty);
        var collector = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        Assert.Equal("bound later", (await collector.NextAsync()).Text);
        Assert.Equal(0, returned);
    }

    [OwnBrokerFact]
    public async Task What_waits_goes_with_its_exchange()
    {
        var exchange = await DeclareDelayedAsync("fanout", durable: true);
        await PublishDelayedAsync(exchange, "gone", 500);
        await Channel.ExchangeDeleteAsync(exchange);
        await Channel.ExchangeDeclareAsync(exchange, "x-delayed-message", durable: true, autoDelete: false, Headers(("x-delayed-type", "fanout")));
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, string.Empty);
        var collector = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await PublishDelayedAsync(exchange, "here", 700);
        Assert.Equal("here", (await collector.NextAsync()).Text);
        await Channel.ExchangeDeleteAsync(exchange);
    }

    [OwnBrokerFact]
    public async Task Nobody_gets_at_the_queue_in_which_messages_wait()
    {
        var exchange = await DeclareDelayedAsync("fanout", durable: false);
        var text = $"ACCESS_REFUSED - access to queue 'amq.stage.{exchange}' in vhost '/' refused for user 'guest'";
        await AssertChannelErrorAsync(403, text, channel => channel.QueueDeclarePassiveAsync($"amq.stage.{exchange}"));
        await AssertChannelErrorAsync(403, text, channel => channel.BasicGetAsync($"amq.stage.{exchange}", autoAck: true));
        await AssertChannelErrorAsync(403, text, channel => channel.QueueDeleteAsync($"amq.stage.{exchange}"));
    }

    [OwnBrokerFact]
    public async Task An_exchange_without_duplicates_lets_each_identity_through_once()
    {
        var exchange = Unique("dedup");
        await Channel.ExchangeDeclareAsync(
            exchange, "x-message-deduplication", durable: false, autoDelete: true, Headers(("x-cache-size", 1000)));
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "k");
        var collector = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        foreach (var (identity, body) in new[] { ("1", "a"), ("1", "b"), ("2", "c"), ("1", "d"), ("3", "e") })
        {
            await Channel.BasicPublishAsync(
                exchange, "k", false, new BasicProperties { Headers = Headers(("x-deduplication-header", identity)) }, Encoding.UTF8.GetBytes(body));
        }

        await Channel.BasicPublishAsync(exchange, "k", Encoding.UTF8.GetBytes("without"));
        await Channel.BasicPublishAsync(exchange, "k", Encoding.UTF8.GetBytes("without"));
        var bodies = (await collector.NextAsync(5)).Select(delivery => delivery.Text);
        Assert.Equal(["a", "c", "e", "without", "without"], bodies);
    }

    private static Dictionary<string, object?> Headers(params (string Name, object Value)[] headers) =>
        headers.ToDictionary(header => header.Name, header => (object?)header.Value);

    private async Task<string> DeclareDelayedAsync(string type, bool durable)
    {
        var exchange = Unique("delayed");
        await Channel.ExchangeDeclareAsync(exchange, "x-delayed-message", durable, autoDelete: true, Headers(("x-delayed-type", type)));
        return exchange;
    }

    private ValueTask PublishDelayedAsync(string exchange, string routingKey, object delay) => Channel.BasicPublishAsync(
        exchange, routingKey, false, new BasicProperties { Persistent = true, Headers = Headers(("x-delay", delay)) }, Encoding.UTF8.GetBytes(routingKey));
}
