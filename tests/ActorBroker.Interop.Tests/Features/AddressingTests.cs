using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>CC and BCC, user-id, direct reply-to.</summary>
public sealed class AddressingTests(BrokerFixture broker) : FeatureTest(broker)
{
    private const string ReplyTo = "amq.rabbitmq.reply-to";

    [Fact]
    public async Task CC_and_BCC_add_routing_keys_and_BCC_is_taken_away()
    {
        var to = await QueueAsync();
        var copy = await QueueAsync();
        var blind = await QueueAsync();
        await SendAsync(to, "three", properties => properties.Headers = Table(
            ("CC", new List<object?> { copy }), ("BCC", new List<object?> { blind }), ("kept", "yes")));
        foreach (var queue in new[] { to, copy, blind })
        {
            var message = await Channel.BasicGetAsync(queue, autoAck: true);
            Assert.NotNull(message);
            Assert.Equal(("three", to), (Encoding.UTF8.GetString(message.Body.Span), message.RoutingKey));
            Assert.True(message.BasicProperties.Headers!.ContainsKey("CC"));
            Assert.True(message.BasicProperties.Headers.ContainsKey("kept"));
            Assert.False(message.BasicProperties.Headers.ContainsKey("BCC"));
        }
    }

    [Fact]
    public async Task A_queue_that_several_keys_lead_to_gets_one_copy()
    {
        var exchange = await DeclareExchangeAsync("topic");
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "a.#");
        await Channel.QueueBindAsync(queue, exchange, "b");
        await SendToAsync(exchange, "a.1", "once", properties => properties.Headers = Table(("CC", new List<object?> { "b", "a.2" })));
        Assert.Equal(["once"], await DrainAsync(queue));
    }

    [Theory]
    [InlineData("CC")]
    [InlineData("BCC")]
    public async Task A_carbon_copy_header_must_be_a_list(string header)
    {
        var queue = await QueueAsync();
        await AssertChannelErrorAsync(
            406, $"PRECONDITION_FAILED - invalid message: {{unacceptable_type_in_header,\"{header}\",longstr}}",
            channel => PublishOnAsync(channel, queue, new BasicProperties { Headers = Table((header, "x")) }));
    }

    [Fact]
    public async Task The_routing_keys_of_a_dead_letter_are_those_of_the_copies_too()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead, ("x-message-ttl", 0)));
        await SendAsync(queue, "body", properties => properties.Headers = Table(("CC", new List<object?> { "other" })));
        var delivery = await deadLetters.NextAsync();
        Assert.Equal([new Death(queue, "expired", 1, "", $"{queue},other")], Death.Of(delivery.Properties));
        Assert.False(delivery.Properties.Headers!.ContainsKey("CC"), "the dead letter exchange must not follow the old keys");
    }

    [Fact]
    public async Task The_user_id_of_a_message_is_that_of_its_connection()
    {
        var queue = await QueueAsync();
        await SendAsync(queue, "mine", properties => properties.UserId = "guest");
        Assert.Equal("guest", (await Channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties.UserId);
        await AssertChannelErrorAsync(
            406, "PRECONDITION_FAILED - user_id property set to 'somebody' but authenticated user was 'guest'",
            channel => PublishOnAsync(channel, queue, new BasicProperties { UserId = "somebody" }));
    }

    [Fact]
    public async Task A_reply_goes_straight_to_the_channel_that_asked()
    {
        var requests = await QueueAsync();
        await using var client = await Connection.CreateChannelAsync();
        var replies = await DeliveryCollector.StartAsync(client, ReplyTo, autoAck: true);
        var server = await DeliveryCollector.StartAsync(Channel, requests, autoAck: true);
        for (var call = 0; call < 50; call++)
        {
            await client.BasicPublishAsync(
                "", requests, false, new BasicProperties { ReplyTo = ReplyTo, CorrelationId = $"{call}" }, Encoding.UTF8.GetBytes($"ask {call}"));
        }

        for (var call = 0; call < 50; call++)
        {
            var request = await server.NextAsync();
            Assert.StartsWith($"{ReplyTo}.", request.Properties.ReplyTo, StringComparison.Ordinal);
            await Channel.BasicPublishAsync(
                "", request.Properties.ReplyTo!, false, new BasicProperties { CorrelationId = request.Properties.CorrelationId },
                Encoding.UTF8.GetBytes($"answer {call}"));
        }

        var answers = await replies.NextAsync(50);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"answer {i}"), Texts(answers));
        Assert.Equal("49", answers[^1].Properties.CorrelationId);
        Assert.Equal("", answers[0].Exchange);
    }

    /// <summary>The name is a routing key, not a queue: a mandatory reply counts as not routed even while the channel is there.</summary>
    [Fact]
    public async Task A_mandatory_reply_to_a_channel_that_is_gone_is_returned()
    {
        var requests = await QueueAsync();
        var client = await Connection.CreateChannelAsync();
        await DeliveryCollector.StartAsync(client, ReplyTo, autoAck: true);
        await client.BasicPublishAsync("", requests, false, new BasicProperties { ReplyTo = ReplyTo }, "ask"u8.ToArray());
        var server = await DeliveryCollector.StartAsync(Channel, requests, autoAck: true);
        var request = await server.NextAsync();
        Assert.Equal(request.Properties.ReplyTo, (await Channel.QueueDeclarePassiveAsync(request.Properties.ReplyTo!)).QueueName);
        await client.CloseAsync();
        var returned = await Assert.ThrowsAnyAsync<RabbitMQ.Client.Exceptions.PublishException>(async () =>
            await Channel.BasicPublishAsync("", request.Properties.ReplyTo!, true, "answer"u8.ToArray()));
        Assert.True(returned.IsReturn);
    }

    [Fact]
    public async Task Misuse_of_the_direct_reply_queue_is_refused()
    {
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - reply consumer cannot acknowledge", channel =>
            DeliveryCollector.StartAsync(channel, ReplyTo, autoAck: false));
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - reply consumer already set", async channel =>
        {
            await DeliveryCollector.StartAsync(channel, ReplyTo, autoAck: true);
            await DeliveryCollector.StartAsync(channel, ReplyTo, autoAck: true);
        });
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - fast reply consumer does not exist", channel =>
            PublishOnAsync(channel, "nowhere", new BasicProperties { ReplyTo = ReplyTo }));
    }

    private static Task PublishOnAsync(IChannel channel, string routingKey, BasicProperties properties) =>
        channel.BasicPublishAsync("", routingKey, mandatory: false, properties, "x"u8.ToArray()).AsTask();
}
