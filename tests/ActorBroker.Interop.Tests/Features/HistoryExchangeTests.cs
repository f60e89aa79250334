using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>
/// The exchange type that gives its last messages to whoever is bound later. A RabbitMQ under test needs
/// rabbitmq_recent_history_exchange enabled.
/// </summary>
public sealed class HistoryExchangeTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Theory]
    [InlineData(true, null, 20)]
    [InlineData(true, 3, 3)]
    [InlineData(false, 3, 3)]
    public async Task A_queue_that_is_bound_later_gets_the_last_messages_in_order_and_as_they_were(bool durable, int? length, int expected)
    {
        var exchange = await DeclareHistoryAsync(durable, length is null ? [] : [("x-recent-history-length", length)]);
        for (var i = 0; i < 30; i++)
        {
            await PublishToAsync(exchange, $"key-{i}", $"{i}");
        }

        var queue = await QueueAsync();
        var collector = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await Channel.QueueBindAsync(queue, exchange, "any");
        await PublishToAsync(exchange, "key-30", "30");
        var deliveries = await collector.NextAsync(expected + 1);
        Assert.Equal(
            Enumerable.Range(30 - expected, expected + 1).Select(i => (exchange, $"key-{i}", $"{i}", "t", false)),
            deliveries.Select(delivery => (
                delivery.Exchange, delivery.RoutingKey, delivery.Text, delivery.Properties.ContentType!, delivery.Redelivered)));
        Assert.Equal(0, collector.Waiting);
    }

    [Fact]
    public async Task Each_new_binding_brings_the_history_and_one_that_is_there_brings_nothing()
    {
        var exchange = await DeclareHistoryAsync(false, ("x-recent-history-length", 2));
        foreach (var text in (string[])["a", "b", "c"])
        {
            await PublishToAsync(exchange, "k", text);
        }

        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "one");
        Assert.Equal(["b", "c"], await DrainAsync(queue));
        await Channel.QueueBindAsync(queue, exchange, "one");
        Assert.Empty(await DrainAsync(queue));
        await Channel.QueueBindAsync(queue, exchange, "two");
        Assert.Equal(["b", "c"], await DrainAsync(queue));
        await Channel.QueueUnbindAsync(queue, exchange, "one");
        await Channel.QueueBindAsync(queue, exchange, "one");
        Assert.Equal(["b", "c"], await DrainAsync(queue));
        await PublishToAsync(exchange, "k", "d");
        Assert.Equal(["d"], await DrainAsync(queue));
    }

    [Fact]
    public async Task What_is_published_just_before_the_binding_is_part_of_the_history_without_being_confirmed()
    {
        for (var round = 0; round < 10; round++)
        {
            var exchange = await DeclareHistoryAsync(round % 2 == 0);
            var queue = await QueueAsync();
            var channel = await Connection.CreateChannelAsync();
            var expected = Enumerable.Range(0, 10).Select(i => $"{i}").ToList();
            foreach (var text in expected)
            {
                await channel.BasicPublishAsync(exchange, "k", Encoding.UTF8.GetBytes(text));
            }

            await channel.QueueBindAsync(queue, exchange, "k");
            Assert.Equal(expected, await DrainAsync(queue));
        }
    }

    [Fact]
    public async Task A_message_can_ask_not_to_be_remembered()
    {
        var exchange = await DeclareHistoryAsync(false);
        await PublishToAsync(exchange, "k", "kept");
        await PublishToAsync(exchange, "k", "not kept", true);
        await PublishToAsync(exchange, "k", "kept too", false);
        await PublishToAsync(exchange, "k", "as well", "true");
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "k");
        Assert.Equal(["kept", "kept too", "as well"], await DrainAsync(queue));
        await PublishToAsync(exchange, "k", "routed, not kept", true);
        Assert.Equal(["routed, not kept"], await DrainAsync(queue));
    }

    [Fact]
    public async Task To_be_remembered_is_not_to_be_routed()
    {
        var alternate = await DeclareExchangeAsync("fanout");
        var elsewhere = await QueueAsync();
        await Channel.QueueBindAsync(elsewhere, alternate, "");
        var exchange = await DeclareHistoryAsync(false);
        var withAlternate = await DeclareHistoryAsync(false, ("alternate-exchange", alternate));
        var refused = await Assert.ThrowsAsync<PublishReturnException>(async () => await Channel.BasicPublishAsync(
            exchange, "k", mandatory: true, new BasicProperties(), Encoding.UTF8.GetBytes("returned")));
        Assert.Equal((ushort)312, refused.ReplyCode);
        await Channel.BasicPublishAsync(withAlternate, "k", mandatory: true, new BasicProperties(), Encoding.UTF8.GetBytes("redirected"));
        Assert.Equal(["redirected"], await DrainAsync(elsewhere));
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "k");
        await Channel.QueueBindAsync(queue, withAlternate, "k");
        Assert.Equal(["returned", "redirected"], await DrainAsync(queue));
    }

    [Fact]
    public async Task An_exchange_that_is_bound_gets_the_history_and_routes_it()
    {
        var exchange = await DeclareHistoryAsync(false);
        foreach (var key in (string[])["a", "c", "b"])
        {
            await Channel.BasicPublishAsync(
                exchange, key, false, new BasicProperties { Headers = Table(("CC", new List<object> { key == "c" ? "a" : "none" })) },
                Encoding.UTF8.GetBytes(key));
        }

        var direct = await DeclareExchangeAsync("direct");
        var (some, rest) = (await QueueAsync(), await QueueAsync());
        await Channel.QueueBindAsync(some, direct, "a");
        await Channel.QueueBindAsync(rest, direct, "b");
        await Channel.ExchangeBindAsync(direct, exchange, "any");

        // The plug-in of RabbitMQ gives an exchange the last message first.
        Assert.Equal(["a", "c"], (await DrainAsync(some)).Order());
        Assert.Equal(["b"], await DrainAsync(rest));
    }

    [Fact]
    public async Task A_history_remembers_what_another_exchange_and_another_history_lead_to_it()
    {
        var (first, second) = (await DeclareHistoryAsync(false), await DeclareHistoryAsync(false));
        await PublishToAsync(first, "k", "early");
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, second, "k");
        await Channel.ExchangeBindAsync(second, first, "k");
        await PublishToAsync(first, "k", "late");
        Assert.Equal(["early", "late"], await DrainAsync(queue));
        var other = await QueueAsync();
        await Channel.QueueBindAsync(other, second, "k");
        Assert.Equal(["early", "late"], await DrainAsync(other));
    }

    [Fact]
    public async Task A_message_whose_time_to_live_is_over_is_remembered()
    {
        var exchange = await DeclareHistoryAsync(false);
        await Channel.BasicPublishAsync(exchange, "k", false, new BasicProperties { Expiration = "300" }, Encoding.UTF8.GetBytes("old"));

        // A message that dies in a queue shows that the time has passed.
        var dead = await QueueAsync();
        var source = await QueueAsync(("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", dead));
        await Channel.BasicPublishAsync("", source, false, new BasicProperties { Expiration = "400" }, Encoding.UTF8.GetBytes("clock"));
        var clock = await DeliveryCollector.StartAsync(Channel, dead, autoAck: true);
        Assert.Equal("clock", (await clock.NextAsync()).Text);
        var queue = await QueueAsync();
        var collector = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await Channel.QueueBindAsync(queue, exchange, "k");
        var delivery = await collector.NextAsync();
        Assert.Equal(("old", "300"), (delivery.Text, delivery.Properties.Expiration));
    }

    [Fact]
    public async Task A_history_ends_with_its_exchange()
    {
        var exchange = await DeclareHistoryAsync(true);
        await PublishToAsync(exchange, "k", "forgotten");
        await Channel.ExchangeDeleteAsync(exchange);
        await Channel.ExchangeDeclareAsync(exchange, "x-recent-history", durable: true, autoDelete: true);
        await PublishToAsync(exchange, "k", "remembered");
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "k");
        Assert.Equal(["remembered"], await DrainAsync(queue));
    }

    [Fact]
    public async Task A_transaction_is_remembered_when_it_is_committed()
    {
        var exchange = await DeclareHistoryAsync(false);
        var channel = await Connection.CreateChannelAsync();
        await channel.TxSelectAsync();
        await channel.BasicPublishAsync(exchange, "k", Encoding.UTF8.GetBytes("rolled back"));
        await channel.TxRollbackAsync();
        await channel.BasicPublishAsync(exchange, "k", Encoding.UTF8.GetBytes("committed"));
        await channel.TxCommitAsync();
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "k");

        // The plug-in of RabbitMQ remembers a message when it is routed, which is before the transaction's end.
        Assert.Equal(Broker.IsOwn ? "committed" : "rolled back,committed", string.Join(',', await DrainAsync(queue)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_history_has_a_length(int length) => await AssertChannelErrorAsync(
        406,
        $"PRECONDITION_FAILED - Invalid argument {length}, 'x-recent-history-length' must be a positive integer",
        channel => channel.ExchangeDeclareAsync(
            Unique("history"), "x-recent-history", durable: false, autoDelete: true, Table(("x-recent-history-length", length))));

    [Fact]
    public async Task Nothing_is_missed_while_others_publish()
    {
        const int Count = 3000;
        var exchange = await DeclareHistoryAsync(false, ("x-recent-history-length", 2 * Count));
        var publisher = await ConfirmingChannelAsync(await ConnectAsync());
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await publisher.BasicPublishAsync(exchange, "k", Encoding.UTF8.GetBytes($"{i}"));
            }
        });
        var collectors = new List<DeliveryCollector>();
        while (!publishing.IsCompleted && collectors.Count < 10)
        {
            var queue = await QueueAsync();
            collectors.Add(await DeliveryCollector.StartAsync(Channel, queue, autoAck: true));
            await Channel.QueueBindAsync(queue, exchange, "k");
        }

        await publishing;
        foreach (var collector in collectors)
        {
            var missing = Enumerable.Range(0, Count).Select(i => $"{i}").ToHashSet();
            while (missing.Count > 0)
            {
                missing.Remove((await collector.NextAsync()).Text);
            }
        }
    }

    [OwnBrokerFact]
    public async Task Nobody_gets_at_the_queue_in_which_a_history_is()
    {
        var exchange = await DeclareHistoryAsync(false);
        var text = $"ACCESS_REFUSED - access to queue 'amq.stage.{exchange}' in vhost '/' refused for user 'guest'";
        await AssertChannelErrorAsync(403, text, channel => channel.QueueDeclarePassiveAsync($"amq.stage.{exchange}"));
        await AssertChannelErrorAsync(403, text, channel => channel.BasicGetAsync($"amq.stage.{exchange}", autoAck: true));
        await AssertChannelErrorAsync(403, text, channel => channel.QueueBindAsync($"amq.stage.{exchange}", "amq.fanout", ""));
        await AssertChannelErrorAsync(403, text, channel => channel.QueueDeleteAsync($"amq.stage.{exchange}"));
    }

    private async Task<string> DeclareHistoryAsync(bool durable, params (string Name, object? Value)[] arguments)
    {
        var exchange = Unique("history");
        await Channel.ExchangeDeclareAsync(exchange, "x-recent-history", durable, autoDelete: true, Table(arguments));
        return exchange;
    }

    private ValueTask PublishToAsync(string exchange, string key, string text, object? noStore = null) => Channel.BasicPublishAsync(
        exchange, key, false, new BasicProperties
        {
            Persistent = true,
            ContentType = "t",
            Headers = noStore is null ? null : Table(("x-recent-history-no-store", noStore)),
        },
        Encoding.UTF8.GetBytes(text));
}
