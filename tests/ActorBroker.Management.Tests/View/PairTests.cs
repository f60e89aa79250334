using ActorBroker.Contracts.Management;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Management.Tests.View;

/// <summary>What passes is counted for each pair of channel, exchange and queue too.</summary>
public sealed class PairTests : ManagementViewSpec
{
    [Fact]
    public async Task Publishes_are_told_by_channel_by_exchange_and_by_queue()
    {
        await DeclareAsync("first");
        await DeclareAsync("second");
        await Channel.QueueBindAsync("first", "amq.fanout", "");
        await Channel.QueueBindAsync("second", "amq.fanout", "");
        for (var i = 0; i < 3; i++)
        {
            await PublishAsync("amq.fanout", "");
            await PublishAsync("", "first");
        }

        await PublishAsync("amq.direct", "nowhere");
        await Assert.ThrowsAnyAsync<Exception>(() => PublishAsync("amq.direct", "nowhere", mandatory: true));

        var name = Assert.Single(await View.ListChannelsAsync("/", default)).Name;
        Assert.Equal(
            [("", "publish 3, confirm 3"), ("amq.direct", "publish 2, confirm 2, return_unroutable 1, drop_unroutable 1"), ("amq.fanout", "publish 3, confirm 3")],
            (await PairsAsync(NodeQuestion.PairsOfChannel, name)).Select(static pair => (pair.Exchange!, Text(pair))).Order());
        var fanout = await PairsAsync(NodeQuestion.PairsOfExchange, "amq.fanout");
        Assert.Equal([("first", "publish 3"), ("second", "publish 3")], fanout.Where(static pair => pair.Channel is null).Select(static pair => (pair.Queue!, Text(pair))).Order());
        Assert.Equal([(name, "publish 3, confirm 3")], fanout.Where(static pair => pair.Channel is not null).Select(static pair => (pair.Channel!.Name, Text(pair))));
        Assert.Equal(
            [("", "publish 3"), ("amq.fanout", "publish 3")],
            (await PairsAsync(NodeQuestion.PairsOfQueue, "first")).Select(static pair => (pair.Exchange!, Text(pair))).Order());
    }

    [Fact]
    public async Task Deliveries_are_told_by_channel_and_queue()
    {
        await DeclareAsync("worked");
        await DeclareAsync("idle");
        for (var i = 0; i < 5; i++)
        {
            await PublishAsync("", "worked");
        }

        await using var other = await Connection.CreateChannelAsync();
        await other.BasicGetAsync("worked", autoAck: true);
        Assert.Null(await other.BasicGetAsync("idle", autoAck: true));
        var got = await Channel.BasicGetAsync("worked", autoAck: false);
        await Channel.BasicNackAsync(got!.DeliveryTag, multiple: false, requeue: true);
        var consumed = new CountdownEvent(4);
        var consumer = new AsyncEventingBasicConsumer(Channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            await Channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            consumed.Signal();
        };
        await Channel.BasicConsumeAsync("worked", autoAck: false, consumer);
        Assert.True(consumed.Wait(TimeSpan.FromSeconds(30)));

        var deliveries = await UntilAsync(
            () => PairsAsync(NodeQuestion.PairsOfQueue, "worked", static pair => pair.Channel is not null),
            pairs => pairs.Any(static pair => ValueOf(pair.MessageStats, "ack") == 4));
        Assert.Equal(
            [(1, "get 1, deliver 4, redeliver 1, ack 4, deliver_get 5"), (2, "get_no_ack 1, deliver_get 1")],
            deliveries.Select(static pair => (pair.Channel!.Number, Text(pair))).Order());
        var second = deliveries.Single(static pair => pair.Channel!.Number == 2).Channel!.Name;
        Assert.Equal(
            [("idle", "get_empty 1"), ("worked", "get_no_ack 1, deliver_get 1")],
            (await PairsAsync(NodeQuestion.PairsOfChannel, second)).Select(static pair => (pair.Queue!, Text(pair))).Order());
    }

    [Fact]
    public async Task A_transaction_counts_what_it_publishes_and_what_nobody_takes()
    {
        await DeclareAsync("whole");
        await using var channel = await Connection.CreateChannelAsync();
        await channel.TxSelectAsync();
        await channel.BasicPublishAsync("", "whole", mandatory: false, new BasicProperties(), new byte[1]);
        await channel.BasicPublishAsync("", "none", mandatory: false, new BasicProperties(), new byte[1]);
        await channel.BasicPublishAsync("", "none", mandatory: true, new BasicProperties(), new byte[1]);
        await channel.TxCommitAsync();
        var pairs = await PairsAsync(NodeQuestion.PairsOfExchange, "");
        Assert.Equal(
            ["publish 3, return_unroutable 1, drop_unroutable 1", "publish 1"], pairs.OrderBy(static pair => pair.Channel is null).Select(Text));
    }

    [Fact]
    public async Task Ways_outlive_their_channels_and_nothing_outlives_its_queue()
    {
        await DeclareAsync("kept");
        await DeclareAsync("deleted");
        await using (var channel = await Connection.CreateChannelAsync())
        {
            await channel.BasicPublishAsync("", "kept", mandatory: true, new BasicProperties(), new byte[1]);
            await channel.BasicPublishAsync("", "deleted", mandatory: true, new BasicProperties(), new byte[1]);
            await channel.CloseAsync();
        }

        await PublishAsync("", "kept");
        Assert.Equal(
            [("deleted", "publish 1"), ("kept", "publish 2")],
            (await PairsAsync(NodeQuestion.PairsOfExchange, "", static pair => pair.Channel is null)).Select(static pair => (pair.Queue!, Text(pair))).Order());

        await Channel.QueueDeleteAsync("deleted");

        await UntilAsync(
            () => PairsAsync(NodeQuestion.PairsOfExchange, "", static pair => pair.Channel is null), static pairs => pairs is [{ Queue: "kept" }]);
    }

    [Fact]
    public async Task A_rate_is_told_when_it_has_been_looked_at_twice()
    {
        await DeclareAsync("busy");
        var range = new SampleRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5));
        await UntilAsync(
            async () =>
            {
                await PublishAsync("", "busy");
                await Channel.BasicGetAsync("busy", autoAck: true);
                return await View.ListPairsAsync(NodeQuestion.PairsOfQueue, "/", "busy", range, default);
            },
            static pairs => pairs.Count == 2 && pairs.All(static pair => pair.MessageStats.Any(static figure => figure.Rate > 0 && figure.Samples.Count > 0)));
        Assert.Contains(
            await View.ListPairsAsync(NodeQuestion.PairsOfExchange, "/", "", range, default),
            static pair => pair.Channel is not null && pair.MessageStats.Any(static figure => figure.Name == "confirm" && figure.Rate > 0));
    }

    private async Task<List<PairInfo>> PairsAsync(NodeQuestion of, string name, Func<PairInfo, bool>? isWanted = null) =>
        [.. (await View.ListPairsAsync(of, "/", name, samples: null, default)).Where(isWanted ?? (static _ => true))];

    private static string Text(PairInfo pair) =>
        string.Join(", ", pair.MessageStats.Where(static figure => figure.Value != 0).Select(static figure => $"{figure.Name} {figure.Value}"));
}
