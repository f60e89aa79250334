using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A node leaves: its queues go on at the one that stays, with the clients that are there.</summary>
public sealed class HandOverTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    [Fact]
    public async Task Durable_queues_go_on_at_the_other_node_and_transient_ones_end()
    {
        var channel = await ChannelAsync(nodes.First);
        var durable = await nodes.Second.NewQueueNameAsync("durable");
        var transient = await nodes.Second.NewQueueNameAsync("transient");
        await channel.QueueDeclareAsync(durable, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync(transient, durable: false, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(durable, "amq.fanout", "");
        foreach (var body in new[] { "a", "b", "c" })
            await PublishAsync(channel, "", durable, body);
        await channel.BasicQosAsync(0, 2, global: false);
        var (kept, ended) = (new Deliveries(channel), new Deliveries(channel));
        await channel.BasicConsumeAsync(durable, autoAck: false, kept);
        var endedTag = await channel.BasicConsumeAsync(transient, autoAck: false, ended);
        var (a, b) = (await kept.NextAsync(), await kept.NextAsync());
        await channel.BasicAckAsync(a.Tag, multiple: false);
        var c = await kept.NextAsync();
        Assert.Equal(("b", "c"), (Text(b.Body), Text(c.Body)));

        await nodes.Second.StopAsync();

        Assert.Equal(endedTag, await ended.Cancelled);
        var (again, last) = (await kept.NextAsync(), await kept.NextAsync());
        Assert.Equal([("b", true), ("c", true)], [(Text(again.Body), again.Redelivered), (Text(last.Body), last.Redelivered)]);

        // Late, and of no effect on what was delivered again.
        await channel.BasicAckAsync(b.Tag, multiple: false);
        await channel.BasicAckAsync(again.Tag, multiple: false);
        await channel.BasicNackAsync(last.Tag, multiple: false, requeue: true);
        Assert.Equal("c", Text((await kept.NextAsync()).Body));
        await PublishAsync(channel, "amq.fanout", "", "d");
        Assert.Equal("d", Text((await kept.NextAsync()).Body));
        Assert.Equal(0U, await channel.MessageCountAsync(durable));
    }

    [Fact]
    public async Task Declarations_and_bindings_that_meet_the_move_wait_for_it()
    {
        var third = await nodes.StartThirdAsync();
        var queues = new List<string>();
        for (var i = 0; i < 4; i++)
            queues.Add(await third.NewQueueNameAsync("moved"));
        using var stop = new CancellationTokenSource();
        var begun = new List<Task>();
        var changing = new List<Task>();
        foreach (var queue in queues)
        {
            var isBegun = new TaskCompletionSource();
            begun.Add(isBegun.Task);
            changing.Add(ChangeAsync(await ChannelAsync(nodes.First), queue, isBegun, stop.Token));
        }

        await Task.WhenAny(Task.WhenAll(begun), Task.WhenAny(changing));
        await third.StopAsync();
        await stop.CancelAsync();
        await Task.WhenAll(changing);
    }

    private static async Task ChangeAsync(IChannel channel, string queue, TaskCompletionSource begun, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var exchange = $"{queue}-exchange";
            await channel.ExchangeDeclareAsync(exchange, "topic", durable: true, cancellationToken: CancellationToken.None);
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: CancellationToken.None);
            await channel.QueueBindAsync(queue, exchange, "a.*", cancellationToken: CancellationToken.None);
            await channel.QueueUnbindAsync(queue, exchange, "a.*", cancellationToken: CancellationToken.None);
            await channel.ExchangeDeleteAsync(exchange, cancellationToken: CancellationToken.None);
            await channel.QueueDeleteAsync(queue, cancellationToken: CancellationToken.None);
            begun.TrySetResult();
        }
    }
}
