using System.Diagnostics;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>
/// The exchange types that RabbitMQ has as plug-ins. A RabbitMQ under test needs rabbitmq_consistent_hash_exchange,
/// rabbitmq_recent_history_exchange, rabbitmq_random_exchange and rabbitmq_sharding enabled.
/// </summary>
public sealed class ExchangeTypeTests(BrokerFixture broker) : FeatureTest(broker)
{
    public static TheoryData<string, string, object, string> Invalid => new()
    {
        { "x-consistent-hash", "hash-property", "nope", "Unsupported property: nope" },
    };

    [Theory]
    [InlineData(null, null)]
    [InlineData("hash-header", "customer")]
    [InlineData("hash-property", "message_id")]
    [InlineData("hash-property", "correlation_id")]
    [InlineData("hash-property", "timestamp")]
    public async Task A_consistent_hash_sends_equal_values_to_one_queue_and_shares_out_by_weight(string? argument, string? of)
    {
        var exchange = await DeclareExchangeAsync("x-consistent-hash", argument is null ? null : Table((argument, of)));
        var light = await QueueAsync();
        var heavy = await QueueAsync();
        await Channel.QueueBindAsync(light, exchange, "1");
        await Channel.QueueBindAsync(heavy, exchange, "3");
        var values = Enumerable.Range(1, 300).Select(i => $"{i * 7919}").ToArray();
        foreach (var value in values.Concat(values))
        {
            await SendToAsync(exchange, argument is null ? value : "same for all", value, properties =>
            {
                properties.MessageId = value;
                properties.CorrelationId = value;
                properties.Timestamp = new AmqpTimestamp(long.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
                properties.Headers = Table(("customer", value));
            });
        }

        var inLight = await DrainAsync(light);
        var inHeavy = await DrainAsync(heavy);
        Assert.Equal(600, inLight.Length + inHeavy.Length);
        Assert.Empty(inLight.Intersect(inHeavy));
        Assert.InRange(inLight.Length, 60, 280);
    }

    [Theory]
    [InlineData("x", "The binding key must be an integer: <<\"x\">>")]
    [InlineData("0", "The binding key must be greater than 0")]
    [InlineData("-1", "The binding key must be greater than 0")]
    public async Task The_binding_key_of_a_consistent_hash_is_a_weight(string key, string text)
    {
        var exchange = await DeclareExchangeAsync("x-consistent-hash");
        var queue = await QueueAsync();
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - {text}", channel => channel.QueueBindAsync(queue, exchange, key));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task A_wrong_argument_of_an_exchange_is_refused(string type, string argument, object value, string text) =>
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - {text}", channel =>
            channel.ExchangeDeclareAsync(Unique("invalid"), type, false, true, Table((argument, value))));

    [Fact]
    public async Task A_consistent_hash_has_one_thing_to_hash() =>
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - hash-header and hash-property are mutually exclusive", channel =>
            channel.ExchangeDeclareAsync(
                Unique("invalid"), "x-consistent-hash", false, true, Table(("hash-header", "h"), ("hash-property", "message_id"))));

    [Theory]
    [InlineData("x-random")]
    [InlineData("x-modulus-hash")]
    public async Task One_of_the_bound_queues_gets_each_message(string type)
    {
        var exchange = await DeclareExchangeAsync(type);
        string[] queues = [await QueueAsync(), await QueueAsync(), await QueueAsync()];
        foreach (var queue in queues)
        {
            await Channel.QueueBindAsync(queue, exchange, "");
        }

        for (var i = 0; i < 200; i++)
        {
            await SendToAsync(exchange, $"key-{i}", $"{i}");
        }

        var shares = new List<string[]>();
        foreach (var queue in queues)
        {
            shares.Add(await DrainAsync(queue));
        }

        Assert.Equal(Enumerable.Range(0, 200), shares.SelectMany(share => share).Select(int.Parse).Order());
        Assert.All(shares, share => Assert.InRange(share.Length, 20, 140));
    }

    /// <summary>The plug-in of RabbitMQ that this follows is not part of its distribution.</summary>
    [OwnBrokerFact]
    public async Task A_delayed_exchange_routes_each_message_when_its_time_has_come()
    {
        var exchange = await DeclareExchangeAsync("x-delayed-message", Table(("x-delayed-type", "topic")));
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "a.*");
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        var clock = Stopwatch.StartNew();
        foreach (var (body, delay) in new (string, object?)[] { ("second", 600), ("first", 200L), ("at once", -1), ("no header", null), ("never", int.MaxValue) })
        {
            await SendToAsync(exchange, "a.b", body, properties =>
            {
                if (delay is not null)
                {
                    properties.Headers = Table(("x-delay", delay));
                }
            });
        }

        Assert.Equal(["at once", "no header"], Texts(await consumer.NextAsync(2)));
        var first = await consumer.NextAsync();
        Assert.Equal(("first", exchange, "a.b"), (first.Text, first.Exchange, first.RoutingKey));
        Assert.InRange(clock.ElapsedMilliseconds, 190, 1700);
        Assert.Equal("second", (await consumer.NextAsync()).Text);
        Assert.InRange(clock.ElapsedMilliseconds, 590, 2100);
        Assert.Equal(-200L, Convert.ToInt64(first.Properties.Headers!["x-delay"], System.Globalization.CultureInfo.InvariantCulture));
    }

    [OwnBrokerFact]
    public async Task A_deduplicating_exchange_passes_each_value_once()
    {
        var exchange = await DeclareExchangeAsync("x-message-deduplication", Table(("x-cache-size", 100)));
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "");
        foreach (var id in new[] { "a", "b", "a", "c", "b" })
        {
            await SendToAsync(exchange, "", id, properties => properties.Headers = Table(("x-deduplication-header", id)));
        }

        await SendToAsync(exchange, "", "none");
        await SendToAsync(exchange, "", "none");
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        Assert.Equal(["a", "b", "c", "none", "none"], Texts(await consumer.NextAsync(5)));
    }

    [OwnBrokerFact]
    public async Task A_deduplicating_queue_takes_a_value_again_once_it_is_gone()
    {
        var queue = await QueueAsync(("x-message-deduplication", true));
        await SendWithIdAsync(queue, "a", "first");
        await SendWithIdAsync(queue, "a", "second");
        await SendWithIdAsync(queue, "b", "third");
        Assert.Equal(["first", "third"], await DrainAsync(queue));
        await SendWithIdAsync(queue, "a", "fourth");
        Assert.Equal(["fourth"], await DrainAsync(queue));
    }

    private ValueTask SendWithIdAsync(string queue, string id, string body) =>
        SendAsync(queue, body, properties => properties.Headers = Table(("x-deduplication-header", id)));
}
