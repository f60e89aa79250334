using System.Security.Cryptography;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A client of one node uses queues that live on the other.</summary>
public sealed class AcrossNodesTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_queue_on_the_other_node_is_used_like_any_other(bool fromFirst)
    {
        var channel = await ChannelAsync(Edge(fromFirst));
        var queue = await OnOther(fromFirst);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var body in new[] { "a", "b", "c", "d", "e" })
            await PublishAsync(channel, "", queue, body);
        Assert.Equal(5U, await channel.MessageCountAsync(queue));

        var got = await channel.BasicGetAsync(queue, autoAck: false);
        Assert.Equal(("a", 4U), (Text(got!.Body), got.MessageCount));
        await channel.BasicAckAsync(got.DeliveryTag, multiple: false);

        await channel.BasicQosAsync(0, 2, global: false);
        var consumer = new Deliveries(channel);
        var tag = await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        var (b, c) = (await consumer.NextAsync(), await consumer.NextAsync());
        Assert.Equal(("b", "c"), (Text(b.Body), Text(c.Body)));
        await channel.BasicAckAsync(b.Tag, multiple: false);
        var d = await consumer.NextAsync();
        Assert.Equal("d", Text(d.Body));
        await channel.BasicCancelAsync(tag);
        await channel.BasicNackAsync(d.Tag, multiple: true, requeue: true);

        Assert.Equal(3U, await channel.QueuePurgeAsync(queue));
        await PublishAsync(channel, "", queue, "f");
        Assert.Equal(1U, await channel.QueueDeleteAsync(queue));
        await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync(queue));
    }

    [Fact]
    public async Task A_reply_finds_the_requester_on_the_other_node()
    {
        var (asking, answering) = (await ChannelAsync(Edge(true)), await ChannelAsync(Edge(false)));
        var queue = await OnOther(true);
        await asking.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        var replies = new Deliveries(asking);
        await asking.BasicConsumeAsync("amq.rabbitmq.reply-to", autoAck: true, replies);
        await asking.BasicPublishAsync(
            "", queue, true, new BasicProperties { ReplyTo = "amq.rabbitmq.reply-to" }, Encoding.UTF8.GetBytes("ask"));
        var request = await answering.BasicGetAsync(queue, autoAck: true);
        var name = request!.BasicProperties.ReplyTo!;
        Assert.Equal(1U, (await answering.QueueDeclarePassiveAsync(name)).ConsumerCount);
        for (var i = 0; i < 50; i++)
            await PublishAsync(answering, "", name, $"{i}");
        for (var i = 0; i < 50; i++)
            Assert.Equal($"{i}", Text((await replies.NextAsync()).Body));
        await asking.BasicCancelAsync(replies.ConsumerTags[0]);
        await Assert.ThrowsAsync<OperationInterruptedException>(() => answering.QueueDeclarePassiveAsync(name));
        await asking.QueueDeleteAsync(queue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_binding_is_in_force_on_both_nodes_when_bind_ok_comes_and_gone_with_unbind_ok(bool fromFirst)
    {
        var (here, there) = (await ChannelAsync(Edge(fromFirst)), await ChannelAsync(Edge(!fromFirst)));
        var queue = await OnOther(fromFirst);
        await here.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        for (var round = 0; round < 5; round++)
        {
            var (fanout, topic) = ($"fanout-{Guid.NewGuid():N}", $"topic-{Guid.NewGuid():N}");
            await here.ExchangeDeclareAsync(fanout, ExchangeType.Fanout, durable: true);
            await there.ExchangeDeclareAsync(topic, ExchangeType.Topic, durable: true);
            await here.QueueBindAsync(queue, fanout, "");
            await PublishAsync(there, fanout, "", "over fanout");
            await there.QueueBindAsync(queue, topic, "a.*.#");
            await PublishAsync(here, topic, "a.b.c", "over topic");
            await Assert.ThrowsAsync<PublishReturnException>(() => PublishAsync(here, topic, "b.a", "nowhere"));
            await here.QueueUnbindAsync(queue, topic, "a.*.#");
            await Assert.ThrowsAsync<PublishReturnException>(() => PublishAsync(there, topic, "a.b.c", "nowhere"));
            await there.ExchangeDeleteAsync(fanout);
            await here.ExchangeDeleteAsync(topic);
        }

        Assert.Equal(10U, await there.QueueDeleteAsync(queue));
    }

    [Fact]
    public async Task A_name_is_known_on_both_nodes_when_it_is_declared_and_on_none_when_it_is_deleted()
    {
        var (here, there) = (await ChannelAsync(nodes.First), await ChannelAsync(nodes.Second));
        for (var round = 0; round < 10; round++)
        {
            var queue = $"name-{Guid.NewGuid():N}";
            await here.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
            await PublishAsync(there, "", queue, "known");
            await here.QueueDeleteAsync(queue);
            await Assert.ThrowsAsync<PublishReturnException>(() => PublishAsync(there, "", queue, "unknown"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_happens_on_either_node_is_told_once_to_who_is_bound_to_the_events(bool fromFirst)
    {
        var (watching, acting) = (await ChannelAsync(nodes.First), await ChannelAsync(Edge(fromFirst)));
        var events = (await watching.QueueDeclareAsync()).QueueName;
        await watching.QueueBindAsync(events, "amq.rabbitmq.event", "queue.*");
        await watching.QueueBindAsync(events, "amq.rabbitmq.event", "channel.created");
        string[] queues = [await nodes.First.NewQueueNameAsync("told"), await nodes.Second.NewQueueNameAsync("told")];
        var last = $"last-{Guid.NewGuid():N}";
        foreach (var queue in queues)
            await acting.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        var channel = await ConnectionOf(1).CreateChannelAsync();
        foreach (var queue in queues)
            await channel.QueueDeleteAsync(queue);
        await watching.QueueDeclareAsync(last);
        var told = new List<(string Key, string Name, IReadOnlyBasicProperties Properties)>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (told.Count < 6)
        {
            if (await watching.BasicGetAsync(events, autoAck: true, limit.Token) is not { } got)
                continue;
            var name = Header(got.BasicProperties, "name");
            if (name == last || queues.Contains(name) || got.RoutingKey == "channel.created")
                told.Add((got.RoutingKey, name, new BasicProperties(got.BasicProperties)));
        }

        Assert.Equal(
            ["channel.created", "queue.created", "queue.created", "queue.created", "queue.deleted", "queue.deleted"],
            told.Select(one => one.Key).Order(StringComparer.Ordinal));

        // Both nodes name the connection alike.
        var owners = told.Where(one => one.Key == "queue.created" && one.Name != last).Select(one => Header(one.Properties, "owner_pid"));
        var connection = Header(told.Single(one => one.Key == "channel.created").Properties, "connection");
        Assert.Equal([connection, connection], owners);
    }

    private static string Header(IReadOnlyBasicProperties properties, string name) => Text((byte[])properties.Headers![name]!);

    [Fact]
    public async Task An_exclusive_queue_is_locked_for_the_other_node_and_goes_with_its_connection()
    {
        var owner = await ChannelAsync(nodes.First);
        var queue = await nodes.Second.NewQueueNameAsync("exclusive");
        await owner.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        await PublishAsync(owner, "", queue, "mine");
        var stranger = await ChannelAsync(nodes.Second);
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => stranger.BasicGetAsync(queue, autoAck: true));
        Assert.Equal(405, refused.ShutdownReason!.ReplyCode);
        await ConnectionOf(0).CloseAsync();
        await AwaitCodeAsync(404, async () => await (await ChannelAsync(nodes.Second)).QueueDeclarePassiveAsync(queue));
    }

    [Theory]
    [InlineData(true, 1 << 20)]
    [InlineData(false, 1 << 20)]
    [InlineData(true, 16 << 20)]
    public async Task A_large_body_passes_between_nodes_whole(bool fromFirst, int size)
    {
        var channel = await ChannelAsync(Edge(fromFirst));
        var queue = await OnOther(fromFirst);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        var body = RandomNumberGenerator.GetBytes(size);
        var digest = SHA256.HashData(body);
        await PublishAsync(channel, "", queue, body);
        await PublishAsync(channel, "", queue, body);
        var got = await channel.BasicGetAsync(queue, autoAck: false);
        Assert.Equal(digest, SHA256.HashData(got!.Body.Span));
        await channel.BasicNackAsync(got.DeliveryTag, multiple: false, requeue: true);
        var consumer = new Deliveries(channel);
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        Assert.Equal(digest, SHA256.HashData((await consumer.NextAsync()).Body));
        Assert.Equal(digest, SHA256.HashData((await consumer.NextAsync()).Body));
        await channel.QueueDeleteAsync(queue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backlog_comes_over_in_order_however_large(bool fromFirst)
    {
        const int count = 3000;
        var publisher = await ChannelAsync(Edge(fromFirst));
        var queue = await OnOther(fromFirst);
        await publisher.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        var padding = new string('x', 2000);
        var confirms = new List<Task>();
        for (var i = 0; i < count; i++)
            confirms.Add(PublishAsync(publisher, "", queue, $"{i} {padding}"));
        await Task.WhenAll(confirms);
        var receiver = await ChannelAsync(Edge(fromFirst));
        var consumer = new Deliveries(receiver);
        await receiver.BasicConsumeAsync(queue, autoAck: false, consumer);
        for (var i = 0; i < count; i++)
        {
            var (tag, _, body) = await consumer.NextAsync();
            Assert.StartsWith($"{i} ", Text(body), StringComparison.Ordinal);
            if (i % 100 == 99)
                await receiver.BasicAckAsync(tag, multiple: true);
        }

        Assert.Equal(0U, await receiver.QueueDeleteAsync(queue));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_consumer_is_told_that_its_queue_was_deleted_through_the_other_node(bool fromFirst)
    {
        var channel = await ChannelAsync(Edge(fromFirst));
        var queue = await OnOther(fromFirst);
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false);
        var consumer = new Deliveries(channel);
        var tag = await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        await (await ChannelAsync(Edge(!fromFirst))).QueueDeleteAsync(queue);
        Assert.Equal(tag, await consumer.Cancelled);
    }

    [Fact]
    public async Task What_a_lost_connection_held_goes_to_the_consumer_of_the_other_node()
    {
        var holder = await ChannelAsync(nodes.First);
        var queue = await nodes.Second.NewQueueNameAsync("held");
        await holder.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await PublishAsync(holder, "", queue, "a");
        var first = new Deliveries(holder);
        await holder.BasicConsumeAsync(queue, autoAck: false, first);
        Assert.False((await first.NextAsync()).Redelivered);
        var channel = await ChannelAsync(nodes.Second);
        var second = new Deliveries(channel);
        await channel.BasicConsumeAsync(queue, autoAck: false, second);
        await ConnectionOf(0).AbortAsync();
        var again = await second.NextAsync();
        Assert.Equal(("a", true), (Encoding.UTF8.GetString(again.Body), again.Redelivered));
        await channel.QueueDeleteAsync(queue);
    }

    private ClusterNode Edge(bool first) => first ? nodes.First : nodes.Second;

    private Task<string> OnOther(bool fromFirst) => Edge(!fromFirst).NewQueueNameAsync("queue");

    private static async Task AwaitCodeAsync(int replyCode, Func<Task> request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var refused = await Assert.ThrowsAsync<OperationInterruptedException>(request);
            if (refused.ShutdownReason!.ReplyCode == replyCode)
                return;
            await Task.Delay(20, limit.Token);
        }
    }
}
