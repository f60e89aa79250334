using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class DirectReplyTests(BrokerFixture broker) : ClientTest(broker)
{
    private const string ReplyQueue = "amq.rabbitmq.reply-to";

    [Fact]
    public async Task Requests_are_answered_in_order_without_a_queue()
    {
        const int Count = 500;
        var requests = Unique("rpc");
        var server = await (await ConnectAsync()).CreateChannelAsync();
        await server.QueueDeclareAsync(requests, durable: false, exclusive: false, autoDelete: true);
        var asked = await DeliveryCollector.StartAsync(server, requests, autoAck: true);
        var replies = await DeliveryCollector.StartAsync(Channel, ReplyQueue, autoAck: true);
        var publishes = Enumerable.Range(0, Count).Select(i => Channel.BasicPublishAsync(
            "", requests, mandatory: true, new BasicProperties { ReplyTo = ReplyQueue, CorrelationId = $"{i}" }, "ask"u8.ToArray()).AsTask());
        await Task.WhenAll(publishes);

        for (var i = 0; i < Count; i++)
        {
            var request = await asked.NextAsync();
            Assert.StartsWith(ReplyQueue + ".", request.Properties.ReplyTo, StringComparison.Ordinal);
            await server.BasicPublishAsync(
                "", request.Properties.ReplyTo!, false, new BasicProperties { CorrelationId = request.Properties.CorrelationId }, "answer"u8.ToArray());
        }

        for (var i = 0; i < Count; i++)
            Assert.Equal(($"{i}", "answer", ""), ToText(await replies.NextAsync()));

        static (string?, string, string) ToText(Delivery reply) => (reply.Properties.CorrelationId, reply.Text, reply.Exchange);
    }

    [Fact]
    public async Task Whoever_replies_can_see_whether_someone_still_waits()
    {
        var client = await ConnectAsync();
        var asking = await client.CreateChannelAsync();
        var queue = Unique("rpc");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false);
        await DeliveryCollector.StartAsync(asking, ReplyQueue, autoAck: true);
        await asking.BasicPublishAsync("", queue, false, new BasicProperties { ReplyTo = ReplyQueue }, "ask"u8.ToArray());
        var request = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        var name = (await request.NextAsync()).Properties.ReplyTo!;
        Assert.Equal(1U, (await Channel.QueueDeclarePassiveAsync(name)).ConsumerCount);
        Assert.Equal(1U, (await Channel.QueueDeclarePassiveAsync(ReplyQueue)).ConsumerCount);

        await client.CloseAsync();

        await AssertChannelErrorAsync(404, $"NOT_FOUND - no queue '{name}' in vhost '/'", channel => channel.QueueDeclarePassiveAsync(name));
        await Assert.ThrowsAsync<PublishReturnException>(
            async () => await Channel.BasicPublishAsync("", name, mandatory: true, "late"u8.ToArray()));
        await Channel.QueueDeleteAsync(queue);
    }

    [Fact]
    public async Task What_the_reply_consumer_cannot_do_is_refused()
    {
        await AssertChannelErrorAsync(
            406, "PRECONDITION_FAILED - reply consumer cannot acknowledge",
            channel => channel.BasicConsumeAsync(ReplyQueue, autoAck: false, new DeliveryCollector(channel)));
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - reply consumer already set", async channel =>
        {
            await channel.BasicConsumeAsync(ReplyQueue, autoAck: true, new DeliveryCollector(channel));
            await channel.BasicConsumeAsync(ReplyQueue, autoAck: true, new DeliveryCollector(channel));
        });
        await AssertChannelErrorAsync(
            406, "PRECONDITION_FAILED - fast reply consumer does not exist",
            async channel => await channel.BasicPublishAsync("", "q", false, new BasicProperties { ReplyTo = ReplyQueue }, "x"u8.ToArray()));
        await AssertChannelErrorAsync(
            404, $"NOT_FOUND - no queue '{ReplyQueue}.none' in vhost '/'", channel => channel.QueueDeclarePassiveAsync(ReplyQueue + ".none"));
    }
}
