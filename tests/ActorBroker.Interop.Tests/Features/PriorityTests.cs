using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>Which message goes first, and to which consumer.</summary>
public sealed class PriorityTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Fact]
    public async Task Messages_of_a_higher_priority_go_first_and_equal_ones_in_order()
    {
        var queue = await QueueAsync(("x-max-priority", 5));
        (string Body, byte? Priority)[] messages = [("none", null), ("1a", 1), ("5a", 5), ("9 counts as 5", 9), ("1b", 1), ("0", 0), ("5b", 5)];
        foreach (var (body, priority) in messages)
        {
            await SendAsync(queue, body, properties =>
            {
                if (priority is { } value)
                {
                    properties.Priority = value;
                }
            });
        }

        Assert.Equal(["5a", "9 counts as 5", "5b", "1a", "1b", "none", "0"], await DrainAsync(queue));
    }

    [Fact]
    public async Task A_message_that_comes_back_takes_its_place_in_its_priority_again()
    {
        var queue = await QueueAsync(("x-max-priority", 5));
        foreach (var (body, priority) in new[] { ("low", (byte)1), ("high 1", (byte)4), ("high 2", (byte)4) })
        {
            await SendAsync(queue, body, properties => properties.Priority = priority);
        }

        var first = await Channel.BasicGetAsync(queue, autoAck: false);
        await Channel.BasicNackAsync(first!.DeliveryTag, multiple: false, requeue: true);
        Assert.Equal(["high 1", "high 2", "low"], await DrainAsync(queue));
    }

    [Fact]
    public async Task All_255_priorities_are_told_apart()
    {
        var queue = await QueueAsync(("x-max-priority", 255));
        for (var priority = 0; priority <= 255; priority += 5)
        {
            var value = (byte)priority;
            await SendAsync(queue, $"{value}", properties => properties.Priority = value);
        }

        Assert.Equal(Enumerable.Range(0, 52).Select(i => $"{255 - (i * 5)}"), await DrainAsync(queue));
    }

    [Fact]
    public async Task Without_priorities_a_queue_keeps_the_order_of_arrival()
    {
        var queue = await QueueAsync();
        await SendAsync(queue, "first", properties => properties.Priority = 0);
        await SendAsync(queue, "second", properties => properties.Priority = 9);
        Assert.Equal(["first", "second"], await DrainAsync(queue));
    }

    /// <summary>RabbitMQ 3.10 has no priorities on quorum queues; 4.x has two levels, 4.3 thirty-two.</summary>
    [OwnBrokerFact]
    public async Task A_quorum_queue_has_thirty_two_priorities_and_four_stands_for_none()
    {
        var queue = await DurableQueueAsync("quorum");
        foreach (var (body, priority) in new (string, byte?)[] { ("3", 3), ("none", null), ("5", 5), ("31", 31), ("40 counts as 31", 40), ("4", 4) })
        {
            await SendAsync(queue, body, properties =>
            {
                if (priority is { } value)
                {
                    properties.Priority = value;
                }
            });
        }

        Assert.Equal(["31", "40 counts as 31", "5", "none", "4", "3"], await DrainAsync(queue));
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task A_consumer_of_a_lower_priority_gets_what_the_higher_has_no_room_for(string type)
    {
        var queue = await QueueOfTypeAsync(type);
        await using var highChannel = await Connection.CreateChannelAsync();
        await highChannel.BasicQosAsync(0, prefetchCount: 2, global: false);
        var low = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        var high = await DeliveryCollector.StartAsync(highChannel, queue, arguments: Table(("x-priority", 10)));
        await PublishAsync(queue, "0", "1", "2", "3");
        var held = await high.NextAsync(2);
        Assert.Equal(["0", "1"], Texts(held));
        Assert.Equal(["2", "3"], Texts(await low.NextAsync(2)));
        await highChannel.BasicAckAsync(held[1].Tag, multiple: true);

        // Acknowledgements and publishes go by different channels: an answer on the first shows that it has been served.
        await highChannel.QueueDeclarePassiveAsync(queue);
        if (type == "classic")
        {
            await PublishAsync(queue, "4");
            Assert.Equal("4", (await high.NextAsync()).Text);
        }
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task With_a_single_active_consumer_the_others_wait_their_turn(string type)
    {
        var queue = await QueueOfTypeAsync(type, ("x-single-active-consumer", true));
        await using var firstChannel = await Connection.CreateChannelAsync();
        await using var secondChannel = await Connection.CreateChannelAsync();
        await using var thirdChannel = await Connection.CreateChannelAsync();
        await firstChannel.BasicQosAsync(0, prefetchCount: 1, global: false);
        var first = await DeliveryCollector.StartAsync(firstChannel, queue);
        var second = await DeliveryCollector.StartAsync(secondChannel, queue);
        var third = await DeliveryCollector.StartAsync(thirdChannel, queue);
        await PublishAsync(queue, "0", "1", "2");

        // The first is full with one message: the second must not help out.
        Assert.Equal("0", (await first.NextAsync()).Text);
        Assert.Equal(0, second.Waiting + third.Waiting);

        // Its channel closes with the message in hand: the next in line takes over from there, in order.
        await firstChannel.CloseAsync();
        var taken = await second.NextAsync(3);
        Assert.Equal(["0", "1", "2"], Texts(taken));
        Assert.True(taken[0].Redelivered);
        Assert.False(taken[1].Redelivered);
        await secondChannel.BasicAckAsync(taken[2].Tag, multiple: true);

        // One that leaves by cancelling makes room for the last.
        await secondChannel.BasicCancelAsync(taken[0].ConsumerTag);
        await PublishAsync(queue, "3");
        Assert.Equal("3", (await third.NextAsync()).Text);
    }

    [Fact]
    public async Task A_single_active_consumer_that_is_cancelled_keeps_what_it_holds()
    {
        var queue = await QueueAsync(("x-single-active-consumer", true));
        await using var otherChannel = await Connection.CreateChannelAsync();
        var first = await DeliveryCollector.StartAsync(Channel, queue);
        var second = await DeliveryCollector.StartAsync(otherChannel, queue);
        await PublishAsync(queue, "0");
        var held = await first.NextAsync();
        await Channel.BasicCancelAsync(held.ConsumerTag);
        await PublishAsync(queue, "1");
        Assert.Equal("1", (await second.NextAsync()).Text);
        await Channel.BasicAckAsync(held.Tag, multiple: false);
        Assert.Equal(0, second.Waiting);
    }

    [Fact]
    public async Task An_exclusive_consumer_stands_alone()
    {
        var queue = await QueueAsync();
        var alone = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true, exclusive: true);
        await AssertChannelErrorAsync(403, $"ACCESS_REFUSED - queue '{queue}' in vhost '/' in exclusive use", channel =>
            DeliveryCollector.StartAsync(channel, queue));
        await PublishAsync(queue, "for one");
        Assert.Equal("for one", (await alone.NextAsync()).Text);
    }

    [Fact]
    public async Task A_queue_that_has_a_consumer_gives_no_exclusive_use()
    {
        var queue = await QueueAsync();
        await DeliveryCollector.StartAsync(Channel, queue);
        await AssertChannelErrorAsync(403, $"ACCESS_REFUSED - queue '{queue}' in vhost '/' in exclusive use", channel =>
            DeliveryCollector.StartAsync(channel, queue, exclusive: true));
    }
}
