using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>
/// Connections between nodes end and take along what is on its way, while both nodes stay: nobody notices but by waiting a
/// little, whether anything comes behind what was lost or not.
/// </summary>
public sealed class BrokenLinkTests : ClusterTest, IClassFixture<TwoNodes>
{
    private const int Count = 1200;
    private const int Breaks = 4;

    private readonly TwoNodes _nodes;

    public BrokenLinkTests(TwoNodes nodes) => _nodes = nodes;

    private ClusterNode Near => _nodes.First;

    private ClusterNode Far => _nodes.Second;

    [Theory]
    [InlineData("classic")]
    [InlineData("stream")]
    public async Task What_is_published_and_consumed_while_links_break_is_confirmed_and_there_once_in_order(string type)
    {
        var (publisher, consumer) = (await ChannelAsync(Near), await ChannelAsync(Near));
        var queue = await NewQueueAsync(publisher, type);
        await consumer.BasicQosAsync(0, 20, global: false);
        var received = new NumberedDeliveries(consumer);
        await consumer.BasicConsumeAsync(queue, autoAck: false, received);

        var publishing = PublishAsync(publisher, queue);
        for (var i = 1; i <= Breaks; i++)
        {
            await received.AwaitAsync(i * Count / (Breaks + 1));
            LoseAll();
            BreakLinks();
        }

        await publishing;
        await received.AwaitAsync(Count);
        Assert.Equal(Enumerable.Range(0, Count), received.Numbers);
        Assert.Empty(received.UnmarkedRepetitions);
        Assert.True(publisher.IsOpen && consumer.IsOpen);
    }

    [Fact]
    public async Task A_lost_publish_behind_which_nothing_comes_is_sent_again()
    {
        var channel = await ChannelAsync(Near);
        var queue = await NewQueueAsync(channel);
        await PublishAsync(channel, "", queue, "a");
        LoseAll();
        var publish = PublishAsync(channel, "", queue, "b");
        await LostAsync();
        BreakLinks();
        await publish;
        Assert.Equal(2U, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task A_lost_delivery_behind_which_nothing_comes_is_made_again()
    {
        var (near, far) = (await ChannelAsync(Near), await ChannelAsync(Far));
        var queue = await NewQueueAsync(near);
        var received = new Deliveries(near);
        await near.BasicConsumeAsync(queue, autoAck: false, received);
        LoseAll();
        await PublishAsync(far, "", queue, "a");
        await LostAsync();
        BreakLinks();
        Assert.Equal("a", Text((await received.NextAsync()).Body));
    }

    [Fact]
    public async Task A_lost_acknowledgement_has_its_message_come_again_marked()
    {
        var channel = await ChannelAsync(Near);
        var queue = await NewQueueAsync(channel);
        await PublishAsync(channel, "", queue, "a");
        var received = new Deliveries(channel);
        await channel.BasicConsumeAsync(queue, autoAck: false, received);
        var first = await received.NextAsync();
        LoseAll();
        await channel.BasicAckAsync(first.Tag, multiple: false);
        await LostAsync();
        BreakLinks();
        var again = await received.NextAsync();
        Assert.Equal(("a", true), (Text(again.Body), again.Redelivered));
        await channel.BasicAckAsync(again.Tag, multiple: false);
    }

    [Fact]
    public async Task A_lost_declaration_is_made_all_the_same_and_a_queue_of_which_a_consumer_has_gone_unheard_is_deleted()
    {
        var channel = await ChannelAsync(Near);
        var queue = await Far.NewQueueNameAsync("auto");
        LoseAll();
        var declare = channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: true);
        await LostAsync();
        BreakLinks();
        await declare;
        var tag = await channel.BasicConsumeAsync(queue, autoAck: true, new Deliveries(channel));
        LoseAll();
        var cancel = channel.BasicCancelAsync(tag);
        await LostAsync();
        BreakLinks();
        await cancel;
        await UntilAsync(async () => !await ExistsAsync(queue));
    }

    private async Task<string> NewQueueAsync(IChannel channel, string type = "classic")
    {
        var queue = await Far.NewQueueNameAsync("queue");
        await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = type });
        return queue;
    }

    private async Task<bool> ExistsAsync(string queue)
    {
        var channel = await ChannelAsync(Near);
        try
        {
            await channel.QueueDeclarePassiveAsync(queue);
            return true;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return false;
        }
    }

    // From here on nothing gets from node to node.
    private void LoseAll() => Near.Frames.Drops = Far.Frames.Drops = static _ => true;

    // What a node writes, it writes in order: with what comes next, heartbeats if nothing else, all before it is lost.
    private async Task LostAsync()
    {
        var (near, far) = (Near.Frames.Lost, Far.Frames.Lost);
        await UntilAsync(() => Task.FromResult(Near.Frames.Lost >= near + 2 && Far.Frames.Lost >= far + 2));
    }

    private void BreakLinks()
    {
        Near.Frames.BreakConnections();
        Far.Frames.BreakConnections();
        Near.Frames.Drops = Far.Frames.Drops = null;
    }

    private static async Task PublishAsync(IChannel channel, string queue)
    {
        var confirms = new Queue<Task>();
        for (var i = 0; i < Count; i++)
        {
            confirms.Enqueue(channel.BasicPublishAsync("", queue, mandatory: true, Persistent, BitConverter.GetBytes(i)).AsTask());
            if (confirms.Count > 100)
                await confirms.Dequeue();
        }

        await Task.WhenAll(confirms);
    }
}
