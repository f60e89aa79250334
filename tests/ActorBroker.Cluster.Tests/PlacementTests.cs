using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>New queues go to the node that their declaration, or a policy, asks for, wherever their shard is.</summary>
public sealed class PlacementTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    [Fact]
    public async Task A_client_local_queue_lives_on_the_node_of_its_client()
    {
        foreach (var node in new[] { nodes.First, nodes.Second })
        {
            var channel = await ChannelAsync(node);
            foreach (var shard in new[] { nodes.First, nodes.Second })
            {
                var queue = await shard.NewQueueNameAsync("local");
                await DeclareAsync(channel, queue, "client-local");

                Assert.Equal(node.Address, await nodes.First.PlaceOfAsync(queue));
                Assert.Equal(node.Address, await nodes.Second.PlaceOfAsync(queue));
            }
        }
    }

    [Fact]
    public async Task An_exclusive_queue_lives_on_the_node_of_its_connection_and_ends_with_it()
    {
        var channel = await ChannelAsync(nodes.Second);
        var queue = await nodes.First.NewQueueNameAsync("exclusive");
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        Assert.Equal(nodes.Second.Address, await nodes.First.PlaceOfAsync(queue));
        var other = await ChannelAsync(nodes.First);
        await channel.QueueBindAsync(queue, "amq.direct", queue);
        await PublishAsync(other, "amq.direct", queue, "through its binding");
        Assert.Equal("through its binding", Text((await channel.BasicGetAsync(queue, autoAck: true))!.Body));

        await ConnectionOf(0).CloseAsync();

        // Declared by somebody else, it lives with that one.
        await other.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        Assert.Equal(nodes.First.Address, await nodes.Second.PlaceOfAsync(queue));
    }

    [Fact]
    public async Task A_balanced_queue_goes_where_there_are_fewest()
    {
        var channel = await ChannelAsync(nodes.First);
        for (var i = 0; i < 6; i++)
            await DeclareAsync(channel, await nodes.First.NewQueueNameAsync("crowd"), "client-local");
        var places = new List<Akka.Actor.Address>();
        for (var i = 0; i < 4; i++)
        {
            var queue = await nodes.First.NewQueueNameAsync("balanced");
            await DeclareAsync(channel, queue, "balanced");
            places.Add(await nodes.First.PlaceOfAsync(queue));
        }

        Assert.All(places, place => Assert.Equal(nodes.Second.Address, place));
    }

    [Fact]
    public async Task A_queue_that_says_nothing_lives_where_its_name_leads()
    {
        var channel = await ChannelAsync(nodes.First);
        foreach (var node in new[] { nodes.First, nodes.Second })
        {
            var queue = await node.NewQueueNameAsync("by-name");
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
            Assert.Equal(node.Address, await nodes.First.PlaceOfAsync(queue));
        }
    }

    [Fact]
    public async Task What_comes_by_name_reaches_a_queue_on_another_node_than_its_shard()
    {
        var channel = await ChannelAsync(nodes.Second);
        var queue = await nodes.First.NewQueueNameAsync("named");
        await DeclareAsync(channel, queue, "client-local");
        await DeclareAsync(channel, queue, "client-local");
        var other = await ChannelAsync(nodes.First);
        foreach (var body in new[] { "a", "b", "c" })
            await PublishAsync(other, "", queue, body);
        Assert.Equal(3U, (await other.QueueDeclarePassiveAsync(queue)).MessageCount);
        Assert.Equal("a", Text((await other.BasicGetAsync(queue, autoAck: true))!.Body));
        Assert.Equal(2U, await other.QueuePurgeAsync(queue));
        await PublishAsync(channel, "", queue, "d");
        Assert.Equal(1U, await other.QueueDeleteAsync(queue));

        // Deleted and declared again, it goes where it is declared then.
        await DeclareAsync(other, queue, "client-local");
        Assert.Equal(nodes.First.Address, await nodes.Second.PlaceOfAsync(queue));
    }

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue, string locator) => channel.QueueDeclareAsync(
        queue, durable: true, exclusive: false, autoDelete: false,
        arguments: new Dictionary<string, object?> { ["x-queue-leader-locator"] = locator });
}
