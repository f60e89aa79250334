using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A queue that lives on another node than its shard goes on when either of the two leaves.</summary>
public sealed class PlacedQueuesMoveTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    [Fact]
    public async Task Queues_go_on_at_the_node_that_stays()
    {
        var (first, second) = (await ChannelAsync(nodes.First), await ChannelAsync(nodes.Second));
        var guest = await DeclareAsync(second, await nodes.First.NewQueueNameAsync("guest"));
        var homeless = await DeclareAsync(first, await nodes.Second.NewQueueNameAsync("homeless"));
        Assert.Equal(nodes.Second.Address, await nodes.First.PlaceOfAsync(guest));
        Assert.Equal(nodes.First.Address, await nodes.First.PlaceOfAsync(homeless));
        var consumers = new Dictionary<string, Deliveries>();
        foreach (var queue in new[] { guest, homeless })
        {
            consumers[queue] = new Deliveries(first);
            await PublishAsync(first, "", queue, "before");
            await first.BasicConsumeAsync(queue, autoAck: false, consumers[queue]);
            Assert.Equal("before", Text((await consumers[queue].NextAsync()).Body));
        }

        await nodes.Second.StopAsync();

        foreach (var queue in new[] { guest, homeless })
        {
            var again = await consumers[queue].NextAsync();
            Assert.Equal(("before", true), (Text(again.Body), again.Redelivered));
            await PublishAsync(first, "", queue, "after");
            Assert.Equal("after", Text((await consumers[queue].NextAsync()).Body));
            Assert.Equal(nodes.First.Address, await nodes.First.PlaceOfAsync(queue));
        }
    }

    private static async Task<string> DeclareAsync(IChannel channel, string queue)
    {
        await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false,
            arguments: new Dictionary<string, object?> { ["x-queue-leader-locator"] = "client-local" });
        return queue;
    }
}
