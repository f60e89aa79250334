using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A node for clients only, beside two that keep queues: whatever a client does there happens elsewhere.</summary>
public sealed class RolesTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    private static readonly string[] EdgeOnly = ["actorbroker.cluster.roles=[edge]", "akka.cluster.roles=[edge]"];

    [Fact]
    public async Task Clients_work_at_a_node_that_keeps_nothing()
    {
        var edge = await nodes.StartThirdAsync(EdgeOnly);
        var channel = await ChannelAsync(edge);
        await channel.ExchangeDeclareAsync("orders", "topic", durable: true, autoDelete: false);
        var queues = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var queue = (await channel.QueueDeclareAsync($"orders-{i}", durable: true, exclusive: false, autoDelete: false)).QueueName;
            await channel.QueueBindAsync(queue, "orders", "new");
            queues.Add(queue);
        }

        var exclusive = (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true)).QueueName;
        await channel.QueueBindAsync(exclusive, "orders", "new");
        await PublishAsync(channel, "orders", "new", "one");

        var other = await ChannelAsync(nodes.Second);
        foreach (var queue in queues)
            Assert.Equal("one", Text((await other.BasicGetAsync(queue, autoAck: true))!.Body));
        Assert.Equal("one", Text((await channel.BasicGetAsync(exclusive, autoAck: true))!.Body));
        Assert.Equal(0, await edge.ShardCountAsync());
        foreach (var queue in queues.Append(exclusive))
            Assert.NotEqual(edge.Address, await edge.PlaceOfAsync(queue));
        await edge.StopAsync();
    }
}
