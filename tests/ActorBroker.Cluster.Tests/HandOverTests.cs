using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A node leaves: its queues go on at the one that stays, with the clients that are there.</summary>
public sealed class HandOverTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    [Fact]
    public async Task Durable_queues_go_on_at_the_other_node_and_transient_ones_end()
    {
        var channel = await ChannelAsync(nodes.First);
        var durable = await nodes.Second.NewQueueNameAsync("durable");
        var transient = await nodes.Second.NewQueueNameAsync("transient");
        await channel.QueueDeclareAsync(durable, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync(transient, durable: false, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(durable, "amq.fanout", "");
        foreach (var body in new[] { "a", "b", "c" })
            await PublishAsync(channel, "", durable, body);
        await channel.BasicQosAsync(0, 2, global: false);
        var (kept, ended) = (new Deliveries(channel), new Deliveries(channel));
        await channel.BasicConsumeAsync(durable, autoAck: false, kept);
        var endedTag = await channel.BasicConsumeAsync(transient, autoAck: false, ended);
        var (a, b) = (await kept.NextAsync(), await kept.NextAsync());
        await channel.BasicAckAsync(a.Tag, multiple: false);
        var c = await kept.NextAsync();
        Assert.Equal(("b", "c"), (Text(b.Body), Text(c.Body)));

        await nodes.Second.StopAsync();

        Assert.Equal(endedTag, await ended.Cancelled);
        var (again, last) = (await kept.NextAsync(), await kept.NextAsync());
        Assert.Equal([("b", true), ("c", true)], [(Text(again.Body), again.Redelivered), (Text(last.Body), last.Redelivered)]);

        // Late, and of no effect on what was delivered again.
        await channel.BasicAckAsync(b.Tag, multiple: false);
        await channel.BasicAckAsync(again.Tag, multiple: false);
        await channel.BasicNackAsync(last.Tag, multiple: false, requeue: true);
        Assert.Equal("c", Text((await kept.NextAsync()).Body));
        await PublishAsync(channel, "amq.fanout", "", "d");
        Assert.Equal("d", Text((await kept.NextAsync()).Body));
        Assert.Equal(0U, await channel.MessageCountAsync(durable));
    }
}
