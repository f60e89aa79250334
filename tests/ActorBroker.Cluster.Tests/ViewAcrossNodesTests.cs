using ActorBroker.Contracts.Management;
using Akka.Cluster;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>Whichever node is asked, it tells of all.</summary>
public sealed class ViewAcrossNodesTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_queue_of_one_node_is_seen_from_both(bool fromFirst)
    {
        var (asked, other) = fromFirst ? (nodes.First, nodes.Second) : (nodes.Second, nodes.First);
        var channel = await ChannelAsync(other);
        var queue = await other.NewQueueNameAsync("seen");
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        for (var i = 0; i < 3; i++)
            await PublishAsync(channel, "", queue, "seen");
        foreach (var view in new[] { asked.View, other.View })
        {
            var info = await UntilAsync(() => view.QueueAsync("/", queue, null, default), info => info?.Ready == 3);
            Assert.Equal((other.View.Node, QueueCondition.Running), (info!.Node, info.Condition));
            Assert.Equal(3, info.MessageStats.Single(figure => figure.Name == "publish").Value);
            Assert.Contains(await view.ListQueuesAsync("/", default), listed => listed.Name == queue && listed.Ready == 3);
            Assert.Contains(await view.ListBindingsAsync("/", default), binding => binding.Source == "" && binding.RoutingKey == queue);
        }
    }

    [Fact]
    public async Task Connections_and_channels_of_both_nodes_are_listed_and_can_be_closed_from_either()
    {
        await ChannelAsync(nodes.First);
        await ChannelAsync(nodes.Second);
        var closed = new TaskCompletionSource<ShutdownEventArgs>();
        ConnectionOf(1).ConnectionShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason);
            return Task.CompletedTask;
        };
        var connections = await UntilAsync(() => nodes.First.View.ListConnectionsAsync("/", default), listed => listed.Count == 2);
        Assert.Equal(2, (await nodes.Second.View.ListChannelsAsync("/", default)).Count);
        Assert.Equal(2, (await nodes.Second.View.OverviewAsync(null, null, default)).Connections);
        var elsewhere = connections.Single(connection => connection.Node == nodes.Second.View.Node);
        Assert.True(await nodes.First.View.CloseConnectionAsync(elsewhere.Name, "enough", default));
        Assert.Equal("CONNECTION_FORCED - enough", (await closed.Task.WaitAsync(Limit)).ReplyText);
    }

    [Fact]
    public async Task What_clients_of_several_nodes_do_with_a_queue_is_told_together()
    {
        var (first, second) = (await ChannelAsync(nodes.First), await ChannelAsync(nodes.Second));
        var queue = await nodes.First.NewQueueNameAsync("paired");
        await first.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var channel in new[] { first, second, second })
            await PublishAsync(channel, "", queue, "paired");
        await first.BasicGetAsync(queue, autoAck: true);
        await second.BasicGetAsync(queue, autoAck: true);
        foreach (var view in new[] { nodes.First.View, nodes.Second.View })
        {
            var pairs = await UntilAsync(() => view.ListPairsAsync(NodeQuestion.PairsOfQueue, "/", queue, null, default), listed => listed!.Count == 3);
            var way = pairs!.Single(pair => pair.Channel is null);
            Assert.Equal(("", 3), (way.Exchange, way.MessageStats.Single(figure => figure.Name == "publish").Value));
            Assert.Equal(
                new[] { nodes.First.View.Node, nodes.Second.View.Node }.Order(),
                pairs!.Where(pair => pair.Channel is not null && pair.MessageStats.Any(figure => figure is { Name: "get_no_ack", Value: 1 }))
                    .Select(pair => pair.Channel!.Node).Order());
        }
    }

    [Fact]
    public async Task Both_nodes_are_listed()
    {
        var listed = await nodes.Second.View.ListNodesAsync(default);
        Assert.All(listed, node => Assert.True(node.IsRunning));
        Assert.Equal(
            new[] { nodes.First.Address.HostPort(), nodes.Second.Address.HostPort() }.Order(), listed.Select(node => node.Name).Order());
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isRight)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var answer = await ask();
            if (isRight(answer) || limit.IsCancellationRequested)
            {
                Assert.True(isRight(answer), $"still {answer}");
                return answer;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
