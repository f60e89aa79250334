using System.Diagnostics;
using System.Security.Cryptography;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>Bodies of the largest size that clients may publish go between nodes, and nothing else suffers.</summary>
public sealed class LargeBodiesTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    private const int Large = 16 << 20;

    // Parts of 64 KiB with their envelope; Akka's own messages are shorter in a small cluster.
    private const int FrameBytesMax = (64 * 1024) + 1024;

    [Fact]
    public async Task Large_bodies_go_both_ways_at_once_in_short_frames_while_small_ones_pass_between_them()
    {
        var (first, second) = (await QueueOfAsync(nodes.Second, "large-there"), await QueueOfAsync(nodes.First, "large-here"));
        var small = await QueueOfAsync(nodes.Second, "small");
        var toThere = RoundAsync(nodes.First, first);
        var toHere = RoundAsync(nodes.Second, second);
        var large = Task.WhenAll(toThere, toHere);

        var channel = await ChannelAsync(nodes.First);
        var deliveries = new Deliveries(channel);
        await channel.BasicConsumeAsync(small, autoAck: true, deliveries);
        var (count, slowest) = (0, TimeSpan.Zero);
        while (!large.IsCompleted)
        {
            var since = Stopwatch.GetTimestamp();
            await PublishAsync(channel, "", small, $"{count}");
            Assert.Equal($"{count++}", Text((await deliveries.NextAsync()).Body));
            slowest = Stopwatch.GetElapsedTime(since) is var taken && taken > slowest ? taken : slowest;
            Assert.True(nodes.First.ReachesAll && nodes.Second.ReachesAll, "A node is taken for unreachable.");
        }

        await large;
        Assert.True(count >= 10, $"{count} small messages went while large ones did, the slowest in {slowest.TotalMilliseconds} ms.");
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.InRange(nodes.First.Frames.Largest, 0, FrameBytesMax);
        Assert.InRange(nodes.Second.Frames.Largest, 0, FrameBytesMax);
        Assert.True(nodes.First.Frames.Bytes > 3 * Large, "Nothing went between the nodes.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_channel_does_behind_a_large_publish_finds_it_in_the_queue(bool fromFirst)
    {
        var (edge, store) = fromFirst ? (nodes.First, nodes.Second) : (nodes.Second, nodes.First);
        var queue = await QueueOfAsync(store, "behind");
        var connection = await edge.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var body = RandomNumberGenerator.GetBytes(3 << 20);
        for (var round = 0; round < 3; round++)
        {
            await channel.BasicPublishAsync("", queue, mandatory: true, Persistent, body);
            Assert.Equal(1U, (await channel.QueueDeclarePassiveAsync(queue)).MessageCount);
            await channel.BasicPublishAsync("", queue, mandatory: true, Persistent, body);
            Assert.Equal(2U, await channel.QueuePurgeAsync(queue));
            await channel.BasicPublishAsync("", queue, mandatory: true, Persistent, body);
            Assert.True((await channel.BasicGetAsync(queue, autoAck: true))!.Body.Span.SequenceEqual(body));
        }

        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_transaction_of_more_than_a_frame_is_committed_on_another_node()
    {
        var queues = new[] { await QueueOfAsync(nodes.Second, "tx-there"), await QueueOfAsync(nodes.First, "tx-here") };
        await using var connection = await nodes.First.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.TxSelectAsync();
        var body = RandomNumberGenerator.GetBytes(40_000);
        for (var i = 0; i < 50; i++)
        {
            foreach (var queue in queues)
                await channel.BasicPublishAsync("", queue, mandatory: true, Persistent, body);
        }

        await channel.TxCommitAsync();
        foreach (var queue in queues)
            Assert.Equal(50U, await channel.MessageCountAsync(queue));
    }

    private static async Task<string> QueueOfAsync(ClusterNode node, string prefix)
    {
        var queue = await node.NewQueueNameAsync(prefix);
        await using var connection = await node.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        return queue;
    }

    // What goes to a queue of the other node comes back from it to a consumer.
    private async Task RoundAsync(ClusterNode edge, string queue)
    {
        var (publisher, consumer) = (await ChannelAsync(edge), await ChannelAsync(edge));
        var deliveries = new Deliveries(consumer);
        await consumer.BasicQosAsync(0, 2, global: false);
        await consumer.BasicConsumeAsync(queue, autoAck: false, deliveries);
        for (var round = 0; round < 3; round++)
        {
            var body = RandomNumberGenerator.GetBytes(Large);
            await PublishAsync(publisher, "", queue, body);
            var delivery = await deliveries.NextAsync();
            Assert.True(delivery.Body.AsSpan().SequenceEqual(body));
            await consumer.BasicAckAsync(delivery.Tag, multiple: false);
        }
    }
}
