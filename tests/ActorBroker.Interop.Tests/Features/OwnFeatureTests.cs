using System.Diagnostics;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>What queues of this broker do and those of RabbitMQ 3.10 do not.</summary>
public sealed class OwnFeatureTests(BrokerFixture broker) : FeatureTest(broker)
{
    [OwnBrokerTheory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task The_messages_of_a_group_go_in_order_to_one_consumer_and_to_another_when_it_has_gone(string type)
    {
        string[] groups = ["a", "b", "c", "d"];
        var queue = await QueueOfTypeAsync(type, ("x-message-group-header", "group"));
        for (var i = 0; i < 40; i++)
        {
            var group = groups[i % groups.Length];
            await SendAsync(queue, $"{group}{i / groups.Length}", properties => properties.Headers = Table(("group", group)));
        }

        var first = await LimitedConsumerAsync(queue, prefetch: 2);
        var second = await LimitedConsumerAsync(queue, prefetch: 2);

        // Both have their first groups: a and b, c and d by the order of the messages.
        var ofFirst = Texts(await first.NextAsync(2));
        var ofSecond = Texts(await second.NextAsync(2));
        Assert.Equal(["a0", "b0"], ofFirst);
        Assert.Equal(["c0", "d0"], ofSecond);
        await first.Channel.BasicAckAsync(2, multiple: true);
        Assert.Equal(["a1", "b1"], Texts(await first.NextAsync(2)));

        // Its groups are free, with what it had not settled first.
        await first.Channel.CloseAsync();
        List<string> rest = [.. ofSecond];
        ulong acknowledged = 2;
        await second.Channel.BasicAckAsync(acknowledged, multiple: true);
        while (rest.Count < 38)
        {
            var delivery = await second.NextAsync();
            rest.Add(delivery.Text);
            await second.Channel.BasicAckAsync(delivery.Tag, multiple: false);
        }

        foreach (var (group, from) in new[] { ("a", 1), ("b", 1), ("c", 0), ("d", 0) })
        {
            Assert.Equal(
                Enumerable.Range(from, 10 - from).Select(i => $"{group}{i}"),
                rest.Where(text => text.StartsWith(group, StringComparison.Ordinal)));
        }
    }

    [OwnBrokerTheory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task A_flood_of_one_value_does_not_starve_another(string type)
    {
        var queue = await QueueOfTypeAsync(type, ("x-fair-header", "tenant"));
        var body = new string('x', 1000);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ =>
            SendAsync(queue, body, properties => properties.Headers = Table(("tenant", "loud"))).AsTask()));
        for (var i = 0; i < 5; i++)
        {
            await SendAsync(queue, body, properties => properties.Headers = Table(("tenant", "quiet")));
        }

        var consumer = await LimitedConsumerAsync(queue, prefetch: 1);
        var quiet = 0;
        var taken = 0;
        while (quiet < 5)
        {
            var delivery = await consumer.NextAsync();
            taken++;
            quiet += Death.Text(delivery.Properties, "tenant") == "quiet" ? 1 : 0;
            await consumer.Channel.BasicAckAsync(delivery.Tag, multiple: false);
        }

        // Turn and turn about, in turns of about a message.
        Assert.InRange(taken, 5, 30);
    }

    [OwnBrokerFact]
    public async Task A_retry_waits_longer_by_its_factor_and_never_longer_than_its_limit()
    {
        var queue = await DurableQueueAsync(
            "quorum",
            ("x-delayed-retry-type", "all"), ("x-delayed-retry-min", 100), ("x-delayed-retry-max", 500), ("x-delayed-retry-backoff", 4));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await SendAsync(queue, "job");
        var delivery = await consumer.NextAsync();
        foreach (var wait in new[] { 100, 400, 500 })
        {
            var clock = Stopwatch.StartNew();
            await Channel.BasicRejectAsync(delivery.Tag, requeue: true);
            delivery = await consumer.NextAsync();
            Assert.True(clock.ElapsedMilliseconds >= wait - 20, $"it came {clock.ElapsedMilliseconds} ms after a wait of {wait} ms was due");
        }
    }

    [OwnBrokerTheory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task A_limit_that_a_queue_is_redeclared_with_holds_for_what_is_there_already(string type)
    {
        var queue = await DurableQueueAsync(type, ("x-max-length", 10));
        await PublishAsync(queue, "0", "1", "2", "3", "4", "5");
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue '{queue}' in vhost '/': received '2' but current is '10'",
            channel => RedeclareAsync(channel, queue, type, ("x-max-length", 2)));
        await RedeclareAsync(Channel, queue, type, ("x-max-length", 2), ("x-allow-redefine", true));
        Assert.Equal(["4", "5"], await DrainAsync(queue));
        await PublishAsync(queue, "6", "7", "8");
        Assert.Equal(["7", "8"], await DrainAsync(queue));
        await RedeclareAsync(Channel, queue, type, ("x-max-length", 2));
    }

    [OwnBrokerFact]
    public async Task A_classic_queue_has_the_channel_closed_on_which_a_message_is_held_too_long()
    {
        var queue = await DurableQueueAsync("classic", ("x-consumer-timeout", 300));
        var channel = await Connection.CreateChannelAsync();
        var reason = await ChannelErrorAsync(channel, async () =>
        {
            await DeliveryCollector.StartAsync(channel, queue);
            await SendAsync(queue, "held");
        });
        Assert.Equal((ushort)406, reason.ReplyCode);
        Assert.StartsWith(
            "PRECONDITION_FAILED - delivery acknowledgement on channel 2 timed out. Timeout value used: 300 ms.", reason.ReplyText, StringComparison.Ordinal);
        Assert.True((await NextAsync(queue)).Redelivered);
    }

    [OwnBrokerFact]
    public async Task A_quorum_queue_cancels_the_consumer_that_holds_a_message_too_long()
    {
        var queue = await DurableQueueAsync("quorum");
        var channel = await Connection.CreateChannelAsync();
        var consumer = await DeliveryCollector.StartAsync(channel, queue, arguments: Table(("x-consumer-timeout", 300)));
        await SendAsync(queue, "held");
        var delivery = await consumer.NextAsync();
        Assert.Equal(delivery.ConsumerTag, await consumer.CancelledByBroker);
        Assert.True((await NextAsync(queue)).Redelivered);
        Assert.True(channel.IsOpen);
    }

    private static Task<QueueDeclareOk> RedeclareAsync(IChannel channel, string queue, string type, params (string Name, object? Value)[] arguments) =>
        channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, Table([.. arguments, ("x-queue-type", type)]));

    private async Task<DeliveryCollector> LimitedConsumerAsync(string queue, ushort prefetch)
    {
        var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, prefetch, global: false);
        return await DeliveryCollector.StartAsync(channel, queue);
    }

    private async Task<Delivery> NextAsync(string queue) =>
        await (await DeliveryCollector.StartAsync(Channel, queue, autoAck: true)).NextAsync();
}
