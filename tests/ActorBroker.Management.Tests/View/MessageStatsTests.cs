using ActorBroker.Contracts.Management;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Management.Tests.View;

/// <summary>What passes is counted once at each place that it passes.</summary>
public sealed class MessageStatsTests : ManagementViewSpec
{
    [Fact]
    public async Task Publishes_are_counted_at_channel_exchange_queue_and_virtual_host()
    {
        await DeclareAsync("first");
        await DeclareAsync("second");
        await Channel.QueueBindAsync("first", "amq.fanout", "");
        await Channel.QueueBindAsync("second", "amq.fanout", "");
        for (var i = 0; i < 5; i++)
        {
            await PublishAsync("amq.fanout", "");
        }

        var queue = await UntilAsync(() => View.QueueAsync("/", "first", null, default), queue => queue!.MessageStats.Count > 0 && ValueOf(queue.MessageStats, "disk_writes") == 5);
        Assert.Equal(5, ValueOf(queue!.MessageStats, "publish"));
        var channel = Assert.Single(await View.ListChannelsAsync("/", default));
        Assert.Equal((5, 5), (ValueOf(channel.MessageStats, "publish"), ValueOf(channel.MessageStats, "confirm")));
        Assert.Equal(0, channel.Unconfirmed);
        var exchange = await View.ExchangeAsync("/", "amq.fanout", null, default);
        Assert.Equal((5, 10), (ValueOf(exchange!.MessageStats, "publish_in"), ValueOf(exchange.MessageStats, "publish_out")));
        Assert.Empty((await View.ExchangeAsync("/", "amq.topic", null, default))!.MessageStats);
        var host = Assert.Single(await View.ListVirtualHostsAsync(default));
        Assert.Equal((5, 10), (ValueOf(host.MessageStats, "publish"), ValueOf(host.Lengths, "messages")));
    }

    [Fact]
    public async Task Deliveries_and_acknowledgements_are_counted_by_how_they_came_about()
    {
        await DeclareAsync("worked");
        for (var i = 0; i < 6; i++)
        {
            await PublishAsync("", "worked");
        }

        var got = await Channel.BasicGetAsync("worked", autoAck: false);
        await Channel.BasicNackAsync(got!.DeliveryTag, multiple: false, requeue: true);
        got = await Channel.BasicGetAsync("worked", autoAck: false);
        await Channel.BasicAckAsync(got!.DeliveryTag, multiple: false);
        await Channel.BasicGetAsync("worked", autoAck: true);
        var consumed = new CountdownEvent(4);
        var consumer = new AsyncEventingBasicConsumer(Channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            await Channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            consumed.Signal();
        };
        await Channel.BasicConsumeAsync("worked", autoAck: false, consumer);
        Assert.True(consumed.Wait(TimeSpan.FromSeconds(30)));
        Assert.Null(await Channel.BasicGetAsync("worked", autoAck: true));
        var queue = await UntilAsync(
            () => View.QueueAsync("/", "worked", null, default), queue => queue!.MessageStats.Count > 0 && ValueOf(queue.MessageStats, "ack") == 5);
        var channel = Assert.Single(await View.ListChannelsAsync("/", default));
        foreach (var stats in new[] { queue!.MessageStats, channel.MessageStats })
        {
            Assert.Equal(
                [("get", 2), ("get_no_ack", 1), ("get_empty", 1), ("deliver", 4), ("deliver_no_ack", 0), ("deliver_get", 7), ("redeliver", 1), ("ack", 5)],
                new[] { "get", "get_no_ack", "get_empty", "deliver", "deliver_no_ack", "deliver_get", "redeliver", "ack" }
                    .Select(name => (name, (int)ValueOf(stats, name))));
        }
    }

    [Fact]
    public async Task What_no_queue_takes_is_counted_as_returned_or_dropped()
    {
        await PublishAsync("amq.direct", "nowhere");
        await Assert.ThrowsAnyAsync<Exception>(() => PublishAsync("amq.direct", "nowhere", mandatory: true));
        var channel = Assert.Single(await View.ListChannelsAsync("/", default));
        Assert.Equal(
            (2, 1, 1),
            (ValueOf(channel.MessageStats, "publish"), ValueOf(channel.MessageStats, "return_unroutable"), ValueOf(channel.MessageStats, "drop_unroutable")));
    }

    [Fact]
    public async Task What_ended_channels_have_done_stays_in_the_overview()
    {
        await DeclareAsync("remembered");
        await PublishAsync("", "remembered");
        await Channel.CloseAsync();
        var overview = await View.OverviewAsync(null, null, default);
        Assert.Equal(1, ValueOf(overview.MessageStats, "publish"));
        Assert.Equal((1, 1), (ValueOf(overview.Churn, "channel_created"), ValueOf(overview.Churn, "channel_closed")));
        await Connection.CloseAsync();
        await UntilAsync(() => View.ListConnectionsAsync(null, default), connections => connections.Count == 0);
        Assert.Equal(1, ValueOf((await View.ExchangeAsync("/", "", null, default))!.MessageStats, "publish_in"));
        Assert.Equal(1, ValueOf((await View.OverviewAsync(null, null, default)).MessageStats, "publish"));
    }

    [Fact]
    public async Task A_stream_counts_what_its_readers_are_given()
    {
        await Channel.QueueDeclareAsync(
            "stream", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "stream" });
        for (var i = 0; i < 3; i++)
        {
            await PublishAsync("", "stream");
        }

        await Channel.BasicQosAsync(0, 10, global: false);
        await Channel.BasicConsumeAsync(
            "stream", autoAck: false, "reader", noLocal: false, exclusive: false, new Dictionary<string, object?> { ["x-stream-offset"] = "first" },
            new AsyncEventingBasicConsumer(Channel));
        var queue = await UntilAsync(
            () => View.QueueAsync("/", "stream", null, default), queue => queue!.MessageStats.Count > 0 && ValueOf(queue.MessageStats, "deliver") == 3);
        Assert.Equal((3, 3), (ValueOf(queue!.MessageStats, "publish"), ValueOf(queue.Lengths, "messages_ready")));
    }

    [Fact]
    public async Task A_rate_is_told_when_it_has_been_looked_at_twice()
    {
        await DeclareAsync("busy");
        var queue = await UntilAsync(
            async () =>
            {
                await PublishAsync("", "busy");
                return await View.QueueAsync("/", "busy", new SampleRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5)), default);
            },
            queue => queue!.MessageStats.Count > 0 && queue.MessageStats[0].Rate > 0);
        Assert.NotEmpty(queue!.MessageStats[0].Samples);
        Assert.True((await View.OverviewAsync(null, null, default)).MessageStats.Single(figure => figure.Name == "publish").Rate > 0);
    }
}
