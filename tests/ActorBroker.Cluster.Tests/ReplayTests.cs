using System.Text;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>
/// Clients fill and consume queues that keep what was consumed; actors of the other node browse and replay it.
/// </summary>
public sealed class ReplayTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    private const int Many = 100_000;
    private const int Chunk = 5_000;

    private static readonly Origin Someone = new("guest", "a test", DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData("x-retention", "1GB")]
    [InlineData("x-queue-type", "stream")]
    public async Task A_hundred_thousand_messages_are_replayed_in_order_while_consumers_go_on(string argument, string value)
    {
        var channel = await ChannelAsync(nodes.First);
        var queue = await nodes.Second.NewQueueNameAsync("kept");
        var again = await nodes.Second.NewQueueNameAsync("again");
        await DeclareAsync(channel, queue, (argument, value));
        await DeclareAsync(channel, again);
        await PublishAsync(channel, queue, 0, Many);
        var worker = await CountedDeliveries.StartAsync(await ChannelAsync(nodes.Second), queue, prefetch: 500, offset: argument == "x-retention" ? null : "first");
        await worker.AwaitAsync(Many);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var copies = await CountedDeliveries.StartAsync(await ChannelAsync(nodes.First), again, prefetch: 500);
        var replayed = await ReplayAsync(Replay(queue, Destination.Queue(again)), async () =>
        {
            // New work meanwhile.
            await PublishAsync(channel, queue, Many, 100);
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 48 << 20);
        });
        Assert.Equal((ReplayState.Finished, null), (replayed.State, replayed.Refusal));
        Assert.Equal(new ReplayProgress(Many, Many, Many, 0, 0, Many, Many), replayed.Progress);
        await copies.AwaitAsync(Many);
        Assert.Equal(Enumerable.Range(0, Many), copies.Positions);
        await worker.AwaitAsync(Many + 100);
        Assert.Equal(Many + 100, worker.Count);
        Assert.Equal(0U, await channel.MessageCountAsync(again));
    }

    [Fact]
    public async Task What_was_consumed_is_browsed_and_replayed_into_its_own_queue_filtered()
    {
        var channel = await ChannelAsync(nodes.First);
        var queue = await nodes.Second.NewQueueNameAsync("orders");
        var exchange = $"exchange-of-{queue}";
        await DeclareAsync(channel, queue, ("x-retention", "7D"));
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);
        await channel.QueueBindAsync(queue, exchange, "#");
        for (var i = 0; i < 20; i++)
        {
            var properties = new BasicProperties
            {
                Persistent = true, Type = "order", MessageId = $"m{i}", Headers = new Dictionary<string, object?> { ["customer"] = i % 5 },
            };
            await channel.BasicPublishAsync(exchange, i % 2 == 0 ? "eu.new" : "us.new", mandatory: true, properties, Encoding.UTF8.GetBytes($"order {i}"));
            await channel.BasicGetAsync(queue, autoAck: true);
        }

        Assert.Equal(0U, await channel.MessageCountAsync(queue));
        var key = new QueueKey("/", queue);
        var eu = MessageCriteria.None with { RoutingKey = "eu.*", Headers = ArgumentTable.Of(("customer", ArgumentValue.FromInt32(2))) };
        var page = await nodes.First.AskAsync<QueueBrowsed>(new BrowseQueue(key, 1, HistoryRange.All, eu, PageLimits.Default, Someone));
        Assert.Equal(["order 2", "order 12"], page.Messages.Select(message => Text(message.Body)));
        var found = page.Messages[1];
        Assert.Equal((12L, exchange, "eu.new", true), (found.Position, found.Exchange, found.RoutingKey, page.IsEnd));
        Assert.True(found.Properties.TryGetValue("message_id", out var id) && id.AsString() == "m12");
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(found.WrittenAt), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));

        var replayed = await ReplayAsync(Replay(queue, Destination.Queue(queue)) with { Criteria = eu });
        Assert.Equal(new ReplayProgress(20, 2, 2, 0, 0, 20, 20), replayed.Progress);
        foreach (var position in new[] { 2L, 12L })
        {
            var copy = await channel.BasicGetAsync(queue, autoAck: true);
            Assert.Equal(($"order {position}", exchange, "eu.new"), (Text(copy!.Body), copy.Exchange, copy.RoutingKey));
            Assert.Equal(("order", $"m{position}"), (copy.BasicProperties.Type, copy.BasicProperties.MessageId));
            var headers = copy.BasicProperties.Headers!;
            Assert.Equal((2, position, queue), (headers["customer"], headers["x-replayed-position"], Encoding.UTF8.GetString((byte[])headers["x-replayed-from-queue"]!)));
        }

        Assert.Equal(0U, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task A_replay_that_was_stopped_by_a_full_queue_goes_on_where_it_stopped()
    {
        var channel = await ChannelAsync(nodes.First);
        var queue = await nodes.Second.NewQueueNameAsync("short");
        var full = await nodes.First.NewQueueNameAsync("full");
        await DeclareAsync(channel, queue, ("x-queue-type", "stream"));
        await channel.QueueDeclareAsync(full, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-max-length"] = 10, ["x-overflow"] = "reject-publish",
        });
        await PublishAsync(channel, queue, 0, 30);
        var ended = await ReplayAsync(Replay(queue, Destination.Queue(full)));
        Assert.Equal((ReplayState.Failed, 10, 10), (ended.State, ended.Progress.Replayed, ended.Progress.Next));
        await channel.QueuePurgeAsync(full);
        ended = await ReplayAsync(Replay(queue, Destination.Queue(full)) with { Range = HistoryRange.FromPosition(10) with { UntilPosition = 20 } });
        Assert.Equal((ReplayState.Finished, 10, 20), (ended.State, ended.Progress.Replayed, ended.Progress.Next));

        await channel.QueueDeleteAsync(queue);
        ended = await nodes.First.AskAsync<ReplayReported>(Replay(queue, Destination.Queue(full)));
        Assert.Equal(RefusalReason.NotFound, ended.Refusal?.Reason);
    }

    private static ReplayMessages Replay(string queue, Destination destination) =>
        new(new QueueKey("/", queue), $"{Guid.NewGuid():N}", HistoryRange.All, MessageCriteria.None, destination, null, Someone);

    // As an actor far away would: it asks how far it is until it has ended.
    private async Task<ReplayReported> ReplayAsync(ReplayMessages replay, Func<Task>? meanwhile = null)
    {
        var report = await nodes.First.AskAsync<ReplayReported>(replay);
        for (var i = 0; report.State == ReplayState.Running; i++)
        {
            if (i == 0 && meanwhile is not null)
                await meanwhile();
            await Task.Delay(20);
            report = await nodes.First.AskAsync<ReplayReported>(new DescribeReplay(replay.Queue, replay.ReplayId));
        }

        return report;
    }

    private static async Task DeclareAsync(IChannel channel, string queue, params (string Name, object Value)[] arguments) => await channel.QueueDeclareAsync(
        queue, durable: true, exclusive: false, autoDelete: false, arguments.ToDictionary(static argument => argument.Name, static argument => (object?)argument.Value));

    private static async Task PublishAsync(IChannel channel, string queue, int first, int count)
    {
        for (var start = first; start < first + count; start += Chunk)
        {
            var confirms = Enumerable.Range(start, Math.Min(Chunk, first + count - start)).Select(i =>
            {
                var body = new byte[1000];
                BitConverter.TryWriteBytes(body, i);
                return channel.BasicPublishAsync("", queue, mandatory: true, Persistent, body).AsTask();
            });
            await Task.WhenAll(confirms);
        }
    }
}
