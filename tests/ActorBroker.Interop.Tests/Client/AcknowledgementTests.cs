using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class AcknowledgementTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task Get_tells_how_many_messages_are_left()
    {
        var queue = await DeclareQueueAsync();
        Assert.Null(await Channel.BasicGetAsync(queue, autoAck: true));
        await PublishAsync(queue, "a", "b", "c");

        var message = await Channel.BasicGetAsync(queue, autoAck: true);

        Assert.Equal((2u, false, "", queue), (message!.MessageCount, message.Redelivered, message.Exchange, message.RoutingKey));
        Assert.Equal(1u, (await Channel.BasicGetAsync(queue, autoAck: false))!.MessageCount);
    }

    [Fact]
    public async Task Ack_multiple_settles_everything_up_to_its_tag()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "a", "b", "c", "d");
        var channel = await Connection.CreateChannelAsync();
        var tags = await GetAsync(channel, queue, 4);
        Assert.Equal([1ul, 2, 3, 4], tags);

        await channel.BasicAckAsync(tags[2], multiple: true);
        await channel.CloseAsync();

        Assert.Equal(["d"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Ack_multiple_of_tag_zero_settles_everything()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "a", "b", "c");
        var channel = await Connection.CreateChannelAsync();
        await GetAsync(channel, queue, 3);

        await channel.BasicAckAsync(0, multiple: true);
        await channel.BasicAckAsync(0, multiple: true);
        await channel.CloseAsync();

        Assert.Empty(await DrainAsync(queue));
    }

    [Fact]
    public async Task Nack_multiple_with_requeue_puts_messages_back_into_their_places()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "1", "2", "3", "4", "5", "6");
        var tags = await GetAsync(Channel, queue, 5);
        await Channel.BasicAckAsync(tags[1], multiple: false);

        await Channel.BasicNackAsync(tags[3], multiple: true, requeue: true);

        var expected = new (string Text, bool Redelivered)[] { ("1", true), ("3", true), ("4", true), ("6", false) };
        foreach (var message in expected)
        {
            var got = await Channel.BasicGetAsync(queue, autoAck: true);
            Assert.Equal(message, (System.Text.Encoding.UTF8.GetString(got!.Body.Span), got.Redelivered));
        }

        await Channel.BasicNackAsync(tags[4], multiple: false, requeue: true);
        Assert.Equal(["5"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Nack_multiple_without_requeue_drops_the_messages()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "1", "2", "3");
        var tags = await GetAsync(Channel, queue, 2);
        await Channel.BasicNackAsync(tags[1], multiple: true, requeue: false);
        Assert.Equal(["3"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Reject_requeues_to_the_front_or_drops()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "1", "2", "3");
        var tags = await GetAsync(Channel, queue, 2);

        await Channel.BasicRejectAsync(tags[1], requeue: false);
        await Channel.BasicRejectAsync(tags[0], requeue: true);

        Assert.Equal(["1", "3"], await DrainAsync(queue));
    }

    [Fact]
    public async Task A_requeued_message_is_redelivered_to_the_consumer_ahead_of_later_ones()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "1", "2", "3");
        await Channel.BasicQosAsync(0, prefetchCount: 1, global: false);
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        var first = await consumer.NextAsync();
        Assert.Equal(("1", false), (first.Text, first.Redelivered));

        await Channel.BasicNackAsync(first.Tag, multiple: false, requeue: true);

        var again = await consumer.NextAsync();
        Assert.Equal(("1", true), (again.Text, again.Redelivered));
        await Channel.BasicAckAsync(again.Tag, multiple: false);
        var next = await consumer.NextAsync();
        Assert.Equal(("2", false), (next.Text, next.Redelivered));
    }

    [Fact]
    public async Task What_a_lost_connection_had_not_acknowledged_is_redelivered_in_order()
    {
        var queue = Unique("queue");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false);
        await PublishAsync(queue, "1", "2", "3", "4", "5");
        await using (var lost = await Wire.RawConnection.OpenAsync(Broker.Endpoint))
        {
            await lost.OpenChannelAsync(1);
            await lost.SendMethodAsync(1, 60, 20, new Wire.Payload().U16(0).ShortString(queue).ShortString("lost").Octet(0).Table());
            await lost.ExpectMethodAsync(1, 60, 21);
            for (var i = 0; i < 5; i++)
            {
                await lost.ExpectMethodAsync(1, 60, 60);
                await lost.ReadFrameAsync();
                await lost.ReadFrameAsync();
            }

            await lost.SendMethodAsync(1, 60, 80, new Wire.Payload().U64(2).Octet(0));

            // An answer on the same channel proves that the acknowledgement was taken in before the socket breaks.
            await lost.SendMethodAsync(1, 60, 10, new Wire.Payload().U32(0).U16(10).Octet(0));
            await lost.ExpectMethodAsync(1, 60, 11);
        }

        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        var deliveries = await consumer.NextAsync(4);
        Assert.Equal(["1", "3", "4", "5"], deliveries.Select(delivery => delivery.Text));
        Assert.All(deliveries, delivery => Assert.True(delivery.Redelivered));
        await Channel.QueueDeleteAsync(queue);
    }

    [Fact]
    public async Task An_unknown_delivery_tag_is_406()
    {
        await AssertUnknownAsync(9, async channel => await channel.BasicAckAsync(9, multiple: false));
        await AssertUnknownAsync(9, async channel => await channel.BasicAckAsync(9, multiple: true));
        await AssertUnknownAsync(9, async channel => await channel.BasicNackAsync(9, multiple: false, requeue: true));
        await AssertUnknownAsync(9, async channel => await channel.BasicRejectAsync(9, requeue: true));
        await AssertUnknownAsync(0, async channel => await channel.BasicAckAsync(0, multiple: false));
    }

    [Fact]
    public async Task Acknowledging_twice_is_406()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "a", "b");
        await AssertUnknownAsync(1, async channel =>
        {
            await channel.BasicGetAsync(queue, autoAck: false);
            await channel.BasicAckAsync(1, multiple: false);
            await channel.BasicAckAsync(1, multiple: false);
        });
        await AssertUnknownAsync(1, async channel =>
        {
            await channel.BasicGetAsync(queue, autoAck: true);
            await channel.BasicAckAsync(1, multiple: false);
        });
    }

    [Fact]
    public async Task Acknowledging_beyond_the_last_tag_settles_nothing()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "a", "b");
        await AssertUnknownAsync(3, async channel =>
        {
            await GetAsync(channel, queue, 2);
            await channel.BasicAckAsync(3, multiple: true);
        });
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        Assert.Equal(["a", "b"], (await consumer.NextAsync(2)).Select(delivery => delivery.Text));
    }

    private Task AssertUnknownAsync(ulong tag, Func<IChannel, Task> action) =>
        AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - unknown delivery tag {tag}", action);

    private static async Task<ulong[]> GetAsync(IChannel channel, string queue, int count)
    {
        var tags = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            tags[i] = (await channel.BasicGetAsync(queue, autoAck: false))!.DeliveryTag;
        }

        return tags;
    }
}
