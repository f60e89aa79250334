using System.Text;
using ActorBroker.Contracts.Audit;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>Queues of the other node: their messages by position, and who has changed them.</summary>
public sealed class ContentsTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    private static readonly Origin Someone = new("guest", "a test", DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Messages_of_another_nodes_queue_are_seen_removed_and_moved_to_this_node()
    {
        var channel = await ChannelAsync(nodes.First);
        var queue = await nodes.Second.NewQueueNameAsync("far");
        var near = await nodes.First.NewQueueNameAsync("near");
        await DeclareAsync(channel, queue);
        await DeclareAsync(channel, near);
        for (var i = 0; i < 6; i++)
        {
            await channel.BasicPublishAsync(string.Empty, queue, mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes($"message {i}"));
        }

        var key = new QueueKey("/", queue);
        var page = await BrowseAsync(key, MessageCriteria.None with { Text = "e 3" });
        var found = Assert.Single(page.Messages);
        Assert.Equal((3L, MessageStanding.Ready, "message 3"), (found.Position, found.Standing, Encoding.UTF8.GetString(found.Body.Span)));

        var removed = await nodes.First.AskAsync<MessagesHandled>(new RemoveMessages(key, 1, [new PositionRange(0, 2)], false, Someone));
        Assert.Equal((null, 2L, 0L), (removed.Refusal, removed.Done, removed.Left));
        var moved = await nodes.First.AskAsync<MessagesHandled>(
            new TransferMessages(key, 2, "t", [new PositionRange(4, 2)], Destination.Queue(near), null, false, Someone));
        Assert.Equal((null, 2L, 0L), (moved.Refusal, moved.Done, moved.Left));
        Assert.Equal([2L, 3L], (await BrowseAsync(key, MessageCriteria.None)).Messages.Select(static message => message.Position));
        Assert.Equal(2U, await channel.MessageCountAsync(near));
    }

    [Fact]
    public async Task Changes_on_every_node_are_in_one_trail()
    {
        var names = new[] { await nodes.First.NewQueueNameAsync("here"), await nodes.Second.NewQueueNameAsync("there") };
        var channel = await ChannelAsync(nodes.Second);
        foreach (var name in names)
        {
            await DeclareAsync(channel, name);
            await channel.QueueDeleteAsync(name);
        }

        foreach (var name in names)
        {
            var criteria = MessageCriteria.None with { Headers = ArgumentTable.Of((AuditTrail.NameHeader, ArgumentValue.FromString(name))) };
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            string[] found = [];
            while (found.Length < 2 && !limit.IsCancellationRequested)
            {
                await timer.WaitForNextTickAsync(CancellationToken.None);
                var page = await nodes.First.AskAsync<QueueBrowsed>(new BrowseQueue(AuditTrail.Queue, 1, HistoryRange.All, criteria, PageLimits.Default, Someone));
                found = [.. page.Messages.Select(static message => message.RoutingKey)];
            }

            Assert.Equal(["queue.created", "queue.deleted"], found);
        }
    }

    private Task<QueueBrowsed> BrowseAsync(QueueKey key, MessageCriteria criteria) => nodes.First.AskAsync<QueueBrowsed>(
        new BrowseQueue(key, 1, HistoryRange.All, criteria, PageLimits.Default, Someone) { Scope = BrowseScope.Queue });

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
}
