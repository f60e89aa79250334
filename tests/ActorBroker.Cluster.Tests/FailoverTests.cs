using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>
/// A node is killed: clients of the one that is left publish and consume on with its queues, without a nack, a loss or
/// anything twice that is not marked.
/// </summary>
public sealed class FailoverTests : ClusterTest, IAsyncLifetime
{
    private const int Count = 2000;
    private const int KilledAfter = 500;

    private readonly TwoNodes _nodes = new();
    private ClusterNode? _killed;

    async Task IAsyncLifetime.InitializeAsync() => await _nodes.InitializeAsync();

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _nodes.DisposeAsync(_killed);
    }

    [Theory]
    [InlineData(false, "classic")]
    [InlineData(true, "classic")]
    [InlineData(false, "stream")]
    public async Task What_is_published_while_the_queues_node_is_killed_is_confirmed_and_there_once_in_order(bool killsFirst, string type)
    {
        var (doomed, left) = killsFirst ? (_nodes.First, _nodes.Second) : (_nodes.Second, _nodes.First);
        var (publisher, consumer) = (await ChannelAsync(left), await ChannelAsync(left));
        var queue = await doomed.NewQueueNameAsync("queue");
        await DeclareAsync(publisher, queue, type);
        await consumer.BasicQosAsync(0, 20, global: false);
        var received = new NumberedDeliveries(consumer);
        await consumer.BasicConsumeAsync(queue, autoAck: false, received);

        var publishing = PublishAsync(publisher, queue, Count);
        await received.AwaitAsync(KilledAfter);
        await KillAsync(doomed, left);

        await publishing;
        await received.AwaitAsync(Count);
        Assert.Equal(Enumerable.Range(0, Count), received.Numbers);
        Assert.Empty(received.UnmarkedRepetitions);
        Assert.True(publisher.IsOpen && consumer.IsOpen);
    }

    [Fact]
    public async Task A_consumer_that_asks_for_it_is_cancelled_and_what_others_hold_comes_back_marked()
    {
        var (doomed, left) = (_nodes.Second, _nodes.First);
        var channel = await ChannelAsync(left);
        var (queue, other) = (await doomed.NewQueueNameAsync("queue"), await doomed.NewQueueNameAsync("other"));
        await DeclareAsync(channel, queue);
        await DeclareAsync(channel, other);
        await PublishAsync(channel, "", queue, "a");
        var (held, cancelled) = (new Deliveries(channel), new Deliveries(channel));
        await channel.BasicConsumeAsync(queue, autoAck: false, held);
        var tag = await channel.BasicConsumeAsync(
            other, autoAck: false, "", noLocal: false, exclusive: false, new Dictionary<string, object?> { ["x-cancel-on-ha-failover"] = true }, cancelled);
        Assert.False((await held.NextAsync()).Redelivered);

        await KillAsync(doomed, left);

        var again = await held.NextAsync();
        Assert.Equal(("a", true), (Text(again.Body), again.Redelivered));
        Assert.Equal(tag, await cancelled.Cancelled);
        await channel.BasicAckAsync(again.Tag, multiple: false);
    }

    [Fact]
    public async Task What_clients_ask_while_the_node_is_lost_is_answered_by_the_one_that_is_left()
    {
        var (doomed, left) = (_nodes.Second, _nodes.First);
        var queue = await doomed.NewQueueNameAsync("queue");
        var declared = await doomed.NewQueueNameAsync("declared");
        var deleted = await doomed.NewQueueNameAsync("deleted");
        var consumed = await doomed.NewQueueNameAsync("consumed");
        var channels = new List<IChannel>();
        for (var i = 0; i < 5; i++)
            channels.Add(await ChannelAsync(left));
        await DeclareAsync(channels[0], queue);
        await DeclareAsync(channels[0], deleted);
        await DeclareAsync(channels[0], consumed);
        await PublishAsync(channels[0], "", queue, "a");

        await doomed.KillAsync();
        _killed = doomed;
        var get = channels[0].BasicGetAsync(queue, autoAck: true);
        var declare = DeclareAsync(channels[1], declared);
        var delete = channels[2].QueueDeleteAsync(deleted);
        var bind = channels[3].QueueBindAsync(queue, "amq.fanout", "");
        var consumer = new Deliveries(channels[4]);
        var consume = channels[4].BasicConsumeAsync(consumed, autoAck: true, consumer);
        left.Down(doomed.Address);

        Assert.Equal("a", Text((await get)!.Body));
        await declare;
        await delete;
        await bind;
        await consume;
        await PublishAsync(channels[1], "", declared, "d");
        await PublishAsync(channels[1], "", consumed, "b");
        Assert.Equal("b", Text((await consumer.NextAsync()).Body));
        await PublishAsync(channels[0], "amq.fanout", "", "c");
        Assert.Equal(1U, await channels[0].MessageCountAsync(queue));
    }

    [Fact]
    public async Task Transactions_over_both_nodes_have_all_or_nothing_when_one_is_killed()
    {
        var (doomed, left) = (_nodes.Second, _nodes.First);
        var (near, far) = (await left.NewQueueNameAsync("near"), await doomed.NewQueueNameAsync("far"));
        var channel = await ChannelAsync(left);
        await DeclareAsync(channel, near);
        await DeclareAsync(channel, far);
        var committed = new List<int>();
        var some = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var committing = CommitAsync(left, [near, far], 150, number =>
        {
            committed.Add(number);
            if (committed.Count == 40)
                some.SetResult();
        });
        await Task.WhenAny(some.Task, committing);
        await KillAsync(doomed, left);
        await committing;

        var (inNear, inFar) = (await TakeAllAsync(channel, near), await TakeAllAsync(channel, far));
        Assert.Equal(inNear, inFar);
        Assert.Equal(inNear.Distinct(), inNear);
        Assert.Empty(committed.Except(inNear));
        Assert.Contains(149, committed);
    }

    [Fact]
    public async Task A_single_active_consumer_goes_on_alone_and_in_order()
    {
        var (doomed, left) = (_nodes.Second, _nodes.First);
        var (publisher, first, second) = (await ChannelAsync(left), await ChannelAsync(left), await ChannelAsync(left));
        var queue = await doomed.NewQueueNameAsync("single");
        await publisher.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-single-active-consumer"] = true });
        var (one, other) = (new NumberedDeliveries(first), new NumberedDeliveries(second));
        await first.BasicConsumeAsync(queue, autoAck: false, one);
        await second.BasicConsumeAsync(queue, autoAck: false, other);

        var publishing = PublishAsync(publisher, queue, Count);
        await one.AwaitAsync(KilledAfter);
        Assert.Empty(other.Numbers);
        await KillAsync(doomed, left);
        await publishing;

        // Whichever is the active one now has all the rest.
        await UntilAsync(() => Task.FromResult(one.Numbers.Concat(other.Numbers).Distinct().Count() == Count));
        Assert.Equal(one.Numbers.Order(), one.Numbers);
        Assert.Equal(other.Numbers.Order(), other.Numbers);
        Assert.Empty(one.UnmarkedRepetitions.Concat(other.UnmarkedRepetitions));
    }

    // The outcome of a commit that fails is not known; whoever commits goes on with the next.
    private static async Task CommitAsync(ClusterNode node, string[] queues, int count, Action<int> onCommitted)
    {
        for (var i = 0; i < count;)
        {
            await using var connection = await node.ConnectAsync();
            await using var channel = await connection.CreateChannelAsync();
            try
            {
                await channel.TxSelectAsync();
                for (; i < count; i++)
                {
                    foreach (var queue in queues)
                        await channel.BasicPublishAsync("", queue, true, Persistent, BitConverter.GetBytes(i));
                    await channel.TxCommitAsync();
                    onCommitted(i);
                }
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                i++;
            }
        }
    }

    private static async Task<List<int>> TakeAllAsync(IChannel channel, string queue)
    {
        var all = new List<int>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
            all.Add(BitConverter.ToInt32(message.Body.Span));
        return all;
    }

    private async Task KillAsync(ClusterNode doomed, ClusterNode left)
    {
        _killed = doomed;
        await doomed.KillAsync();
        left.Down(doomed.Address);
    }

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue, string type = "classic") => channel.QueueDeclareAsync(
        queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = type });

    // Numbered, and as many at a time as the client lets through; any nack is an exception.
    private static async Task PublishAsync(IChannel channel, string queue, int count)
    {
        var confirms = new Queue<Task>();
        for (var i = 0; i < count; i++)
        {
            confirms.Enqueue(channel.BasicPublishAsync("", queue, mandatory: true, Persistent, BitConverter.GetBytes(i)).AsTask());
            if (confirms.Count > 100)
                await confirms.Dequeue();
        }

        await Task.WhenAll(confirms);
    }
}
