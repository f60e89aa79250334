using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Tests.Messages;
using Akka.Actor;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>The journal's unique sequence numbers let one incarnation of a queue write, whatever the nodes believe.</summary>
public sealed class FencingTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_stale_incarnation_confirms_nothing_and_ends_and_the_other_one_goes_on()
    {
        var channel = await ChannelAsync(nodes.First);
        var queue = await nodes.First.NewQueueNameAsync("fenced");
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await PublishAsync(channel, "", queue, "a");
        var (stale, inbox) = await nodes.Second.StartStaleIncarnationAsync(queue);
        await PublishAsync(channel, "", queue, "b");

        stale.Tell(new PublishBatch(1, TestBatches.Persistent("never")), inbox.Receiver);

        Assert.Equal(new PublishProgress(1, 0), await inbox.ReceiveAsync(Limit));
        Assert.Equal(new PublishFailed(1, 1), await inbox.ReceiveAsync(Limit));
        Assert.Equal(stale, Assert.IsType<Terminated>(await inbox.ReceiveAsync(Limit)).ActorRef);
        await PublishAsync(channel, "", queue, "c");
        foreach (var body in new[] { "a", "b", "c" })
            Assert.Equal(body, Text((await channel.BasicGetAsync(queue, autoAck: true))!.Body));
        Assert.Null(await channel.BasicGetAsync(queue, autoAck: true));
    }
}
