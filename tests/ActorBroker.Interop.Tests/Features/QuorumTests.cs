using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>What quorum queues do with messages that come back.</summary>
public sealed class QuorumTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Fact]
    public async Task Returns_are_counted_in_the_message()
    {
        var queue = await DurableQueueAsync("quorum");
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await SendAsync(queue, "job");
        for (var returned = 0L; returned < 4; returned++)
        {
            var delivery = await consumer.NextAsync();
            Assert.Equal(returned > 0, delivery.Redelivered);
            Assert.Equal(returned == 0 ? null : returned, DeliveryCount(delivery.Properties));
            await Channel.BasicRejectAsync(delivery.Tag, requeue: true);
        }
    }

    [Fact]
    public async Task Past_its_delivery_limit_a_message_is_dead_lettered()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await DurableQueueAsync("quorum", ToDeadLetters(dead, ("x-delivery-limit", 2)));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await SendAsync(queue, "poison");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var delivery = await consumer.NextAsync();
            await Channel.BasicRejectAsync(delivery.Tag, requeue: true);
        }

        var gone = await deadLetters.NextAsync();
        Assert.Equal([new Death(queue, "delivery_limit", 1, "", queue)], Death.Of(gone.Properties));
        Assert.Equal(0u, await CountAsync(queue));
    }

    [Fact]
    public async Task Past_its_delivery_limit_a_message_without_a_dead_letter_exchange_is_dropped()
    {
        var queue = await DurableQueueAsync("quorum", ("x-delivery-limit", 0));
        await PublishAsync(queue, "poison", "next");
        var first = await Channel.BasicGetAsync(queue, autoAck: false);
        await Channel.BasicRejectAsync(first!.DeliveryTag, requeue: true);
        Assert.Equal(["next"], await DrainAsync(queue));
    }

    [Fact]
    public async Task A_lost_channel_counts_as_a_failed_delivery()
    {
        var queue = await DurableQueueAsync("quorum", ("x-delivery-limit", 5));
        await SendAsync(queue, "job");
        await using (var doomed = await Connection.CreateChannelAsync())
        {
            Assert.Equal("job", (await (await DeliveryCollector.StartAsync(doomed, queue)).NextAsync()).Text);
            await doomed.CloseAsync();
        }

        var again = await (await DeliveryCollector.StartAsync(Channel, queue)).NextAsync();
        Assert.Equal((true, 1L), (again.Redelivered, DeliveryCount(again.Properties)));
    }

    /// <summary>As in RabbitMQ 4.3: what a consumer gives back with basic.nack was no failure; 3.10 counts it like a rejection.</summary>
    [OwnBrokerFact]
    public async Task Giving_back_with_nack_counts_as_acquired_not_as_failed()
    {
        var queue = await DurableQueueAsync("quorum", ("x-delivery-limit", 1));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await SendAsync(queue, "job");
        for (var acquired = 0L; acquired < 5; acquired++)
        {
            var delivery = await consumer.NextAsync();
            Assert.Equal(acquired == 0 ? null : acquired, Count(delivery.Properties, "x-acquired-count"));
            await Channel.BasicNackAsync(delivery.Tag, multiple: false, requeue: true);
        }
    }

    /// <summary>The limit of RabbitMQ 4; 3.10 has none unless it is asked for.</summary>
    [OwnBrokerFact]
    public async Task Twenty_failed_deliveries_are_the_limit_when_none_is_given()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await DurableQueueAsync("quorum", ToDeadLetters(dead));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await SendAsync(queue, "poison");
        for (var attempt = 0; attempt <= 20; attempt++)
        {
            await Channel.BasicRejectAsync((await consumer.NextAsync()).Tag, requeue: true);
        }

        Assert.Equal("delivery_limit", Death.Of((await deadLetters.NextAsync()).Properties)[0].Reason);
    }

    [Fact]
    public async Task A_classic_queue_counts_no_deliveries()
    {
        var queue = await QueueAsync();
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await SendAsync(queue, "job");
        await Channel.BasicRejectAsync((await consumer.NextAsync()).Tag, requeue: true);
        var again = await consumer.NextAsync();
        Assert.True(again.Redelivered);
        Assert.Null(DeliveryCount(again.Properties));
    }

    /// <summary>Exponential retry of RabbitMQ 4.3's kind: only there, and here.</summary>
    [OwnBrokerFact]
    public async Task A_failed_message_waits_before_it_is_tried_again()
    {
        var queue = await DurableQueueAsync(
            "quorum", ("x-delayed-retry-type", "failed"), ("x-delayed-retry-min", 300), ("x-delayed-retry-max", 10_000));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await SendAsync(queue, "job");
        foreach (var wait in new[] { 300, 600 })
        {
            await Channel.BasicRejectAsync((await consumer.NextAsync()).Tag, requeue: true);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            while (consumer.Waiting == 0 && clock.Elapsed < Limit)
            {
                await Channel.QueueDeclarePassiveAsync(queue);
            }

            Assert.InRange(clock.ElapsedMilliseconds, wait - 20, wait + 1500);
        }
    }

    private static long? DeliveryCount(IReadOnlyBasicProperties properties) => Count(properties, "x-delivery-count");

    private static long? Count(IReadOnlyBasicProperties properties, string header) =>
        properties.Headers?.TryGetValue(header, out var value) == true ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) : null;
}
