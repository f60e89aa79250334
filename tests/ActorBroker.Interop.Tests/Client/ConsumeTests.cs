using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class ConsumeTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task Prefetch_limits_each_consumer_for_itself()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        await Channel.BasicQosAsync(0, prefetchCount: 2, global: false);
        var first = await DeliveryCollector.StartAsync(Channel, queue);
        var second = await DeliveryCollector.StartAsync(Channel, queue);
        var held = await first.NextAsync(2);
        await second.NextAsync(2);
        Assert.Equal(6u, await Channel.MessageCountAsync(queue));

        await Channel.BasicAckAsync(held[0].Tag, multiple: false);

        await first.NextAsync();
        Assert.Equal(5u, await Channel.MessageCountAsync(queue));
        Assert.Equal((0, 0), (first.Waiting, second.Waiting));
    }

    [Fact]
    public async Task Global_prefetch_limits_the_channel_as_a_whole()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, prefetchCount: 3, global: true);
        var consumer = new DeliveryCollector(channel);
        await channel.BasicConsumeAsync(queue, false, consumer);
        await channel.BasicConsumeAsync(queue, false, consumer);
        var held = await consumer.NextAsync(3);
        Assert.Equal(7u, await Channel.MessageCountAsync(queue));

        await channel.BasicAckAsync(held[1].Tag, multiple: true);

        await consumer.NextAsync(2);
        Assert.Equal(5u, await Channel.MessageCountAsync(queue));
        Assert.Equal(0, consumer.Waiting);
    }

    [Fact]
    public async Task Consumers_take_turns()
    {
        var queue = await DeclareQueueAsync();
        var other = await Connection.CreateChannelAsync();
        var first = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        var second = await DeliveryCollector.StartAsync(other, queue, autoAck: true);

        await PublishAsync(queue, [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);

        var halves = new[] { await first.NextAsync(5), await second.NextAsync(5) };
        Assert.All(halves, half => Assert.Equal(half.Select(one => one.Text).Order(StringComparer.Ordinal), half.Select(one => one.Text)));
        Assert.Equal(10, halves.SelectMany(half => half).Select(one => one.Text).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Messages_of_one_channel_arrive_in_order_under_load()
    {
        const int Publishers = 4;
        const int Count = 3_000;
        var queue = await DeclareQueueAsync();
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);

        var connections = new List<IConnection>();
        for (var i = 0; i < Publishers; i++)
        {
            connections.Add(await ConnectAsync());
        }

        var publishing = Task.WhenAll(connections.Select(async (connection, number) =>
        {
            await using var publisher = await ConfirmedPublisher.OpenAsync(connection);
            for (var i = 0; i < Count; i++)
            {
                var body = new byte[8];
                BitConverter.TryWriteBytes(body, number);
                BitConverter.TryWriteBytes(body.AsSpan(4), i);
                await publisher.PublishAsync("", queue, body, persistent: false);
            }

            await publisher.AllConfirmedAsync();
        }));
        var next = new int[Publishers];
        for (var i = 0; i < Publishers * Count; i++)
        {
            var body = (await consumer.NextAsync()).Body;
            Assert.Equal(next[BitConverter.ToInt32(body)]++, BitConverter.ToInt32(body, 4));
        }

        await publishing;
    }

    [Fact]
    public async Task Delivery_tags_count_up_on_each_channel()
    {
        var (one, two) = (await DeclareQueueAsync(), await DeclareQueueAsync());
        var channel = await Connection.CreateChannelAsync();
        var consumer = new DeliveryCollector(channel);
        await channel.BasicConsumeAsync(one, false, consumer);
        await channel.BasicConsumeAsync(two, false, consumer);
        await PublishAsync(one, "a");
        await PublishAsync(two, "b");
        await PublishAsync(one, "c");
        Assert.Equal([1ul, 2, 3], (await consumer.NextAsync(3)).Select(delivery => delivery.Tag));
    }

    [Fact]
    public async Task A_consumer_gets_a_tag_of_the_server_or_keeps_its_own()
    {
        var queue = await DeclareQueueAsync();
        var generated = await Channel.BasicConsumeAsync(queue, true, new DeliveryCollector(Channel));
        Assert.StartsWith("amq.ctag-", generated, StringComparison.Ordinal);
        Assert.Equal("mine", await Channel.BasicConsumeAsync(queue, true, "mine", new DeliveryCollector(Channel)));
    }

    [Fact]
    public async Task A_cancelled_consumer_gets_no_more_and_keeps_what_it_holds()
    {
        var queue = await DeclareQueueAsync();
        var consumer = new DeliveryCollector(Channel);
        var tag = await Channel.BasicConsumeAsync(queue, false, consumer);
        await PublishAsync(queue, "held");
        var held = await consumer.NextAsync();

        await Channel.BasicCancelAsync(tag);
        await PublishAsync(queue, "later");

        var state = await Channel.QueueDeclarePassiveAsync(queue);
        Assert.Equal((1u, 0u), (state.MessageCount, state.ConsumerCount));
        await Channel.BasicAckAsync(held.Tag, multiple: false);
        Assert.Equal(["later"], await DrainAsync(queue));
        Assert.Equal(0, consumer.Waiting);
    }

    [Fact]
    public async Task An_exclusive_consumer_keeps_others_out_and_comes_only_first()
    {
        var queue = Unique("queue");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true);
        var refused = $"ACCESS_REFUSED - queue '{queue}' in vhost '/' in exclusive use";
        var tag = await ConsumeAsync(Channel, exclusive: true);
        await AssertChannelErrorAsync(403, refused, channel => ConsumeAsync(channel, exclusive: false));
        await AssertChannelErrorAsync(403, refused, channel => ConsumeAsync(channel, exclusive: true));

        await Channel.BasicCancelAsync(tag);

        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true);
        await ConsumeAsync(Channel, exclusive: false);
        await AssertChannelErrorAsync(403, refused, channel => ConsumeAsync(channel, exclusive: true));

        Task<string> ConsumeAsync(IChannel channel, bool exclusive) =>
            channel.BasicConsumeAsync(queue, false, "", false, exclusive, null, new DeliveryCollector(channel));
    }

    [Fact]
    public async Task A_consumer_tag_in_use_closes_the_connection_with_530()
    {
        var queue = await DeclareQueueAsync();
        await Channel.BasicConsumeAsync(queue, true, "twice", new DeliveryCollector(Channel));
        var reason = await ConnectionErrorAsync(
            Connection, () => Channel.BasicConsumeAsync(queue, true, "twice", new DeliveryCollector(Channel)));
        Assert.Equal((530, "NOT_ALLOWED - attempt to reuse consumer tag 'twice'"), (reason.ReplyCode, reason.ReplyText));
        Assert.Equal((60, 20), (reason.ClassId, reason.MethodId));
    }

    [Fact]
    public async Task The_same_consumer_tag_on_two_channels_is_two_consumers()
    {
        var queue = await DeclareQueueAsync();
        var other = await Connection.CreateChannelAsync();
        await Channel.BasicConsumeAsync(queue, true, "same", new DeliveryCollector(Channel));
        await other.BasicConsumeAsync(queue, true, "same", new DeliveryCollector(other));
        Assert.Equal(2u, await Channel.ConsumerCountAsync(queue));
    }

    [Fact]
    public async Task A_prefetch_size_is_not_implemented()
    {
        var reason = await ConnectionErrorAsync(Connection, () => Channel.BasicQosAsync(10, 0, false));
        Assert.Equal((540, "NOT_IMPLEMENTED - prefetch_size!=0 (10)"), (reason.ReplyCode, reason.ReplyText));
    }
}
