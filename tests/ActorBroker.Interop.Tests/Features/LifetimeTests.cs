using System.Diagnostics;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>Time to live of messages and queues: x-message-ttl, expiration, x-expires.</summary>
public sealed class LifetimeTests(BrokerFixture broker) : FeatureTest(broker)
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task A_message_leaves_when_the_time_to_live_of_its_queue_is_over(string type)
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueOfTypeAsync(type, ToDeadLetters(dead, ("x-message-ttl", 300)));
        var clock = Stopwatch.StartNew();
        await SendAsync(queue, "short");
        var delivery = await deadLetters.NextAsync();
        Assert.Equal("short", delivery.Text);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(290), Late);
        Assert.Equal([new Death(queue, "expired", 1, "", queue)], Death.Of(delivery.Properties));
        Assert.Equal(0u, await CountAsync(queue));
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task A_message_leaves_when_its_own_expiration_is_over(string type)
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueOfTypeAsync(type, ToDeadLetters(dead));
        var clock = Stopwatch.StartNew();
        await SendAsync(queue, "short", properties => properties.Expiration = "300");
        var delivery = await deadLetters.NextAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(290), Late);
        Assert.False(delivery.Properties.IsExpirationPresent(), "a dead letter must not expire again");
        Assert.Equal([new Death(queue, "expired", 1, "", queue, "300")], Death.Of(delivery.Properties));
    }

    [Theory]
    [InlineData(200, "60000")]
    [InlineData(60_000, "200")]
    public async Task The_shorter_of_the_queues_and_the_messages_time_counts(int queueMs, string messageMs)
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead, ("x-message-ttl", queueMs)));
        var clock = Stopwatch.StartNew();
        await SendAsync(queue, "short", properties => properties.Expiration = messageMs);
        Assert.Equal("short", (await deadLetters.NextAsync()).Text);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(190), Late);
    }

    /// <summary>RabbitMQ looks at the head of a queue only, and would keep the message for the hour of the one before it.</summary>
    [OwnBrokerTheory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task A_short_lived_message_behind_a_long_lived_one_leaves_on_time(string type)
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueOfTypeAsync(type, ToDeadLetters(dead));
        await SendAsync(queue, "long", properties => properties.Expiration = "3600000");
        await SendAsync(queue, "for ever");
        var clock = Stopwatch.StartNew();
        await SendAsync(queue, "short", properties => properties.Expiration = "200");
        Assert.Equal("short", (await deadLetters.NextAsync()).Text);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(190), Late);
        Assert.Equal(["long", "for ever"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Messages_expire_in_the_order_in_which_they_came()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead, ("x-message-ttl", 100)));
        var bodies = Enumerable.Range(0, 100).Select(i => $"{i}").ToArray();
        await Task.WhenAll(bodies.Select(body => SendAsync(queue, body).AsTask()));
        Assert.Equal(bodies, Texts(await deadLetters.NextAsync(100)));
    }

    [Fact]
    public async Task A_message_that_a_consumer_holds_does_not_expire_before_it_comes_back()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead, ("x-message-ttl", 200)));
        await SendAsync(queue, "held");
        await SendAsync(queue, "marker");
        var held = await Channel.BasicGetAsync(queue, autoAck: false);
        Assert.Equal("marker", (await deadLetters.NextAsync()).Text);
        Assert.Equal(0, deadLetters.Waiting);
        await Channel.BasicNackAsync(held!.DeliveryTag, multiple: false, requeue: true);
        var delivery = await deadLetters.NextAsync();
        Assert.Equal(("held", "expired"), (delivery.Text, Death.Of(delivery.Properties)[0].Reason));
    }

    [Fact]
    public async Task A_time_to_live_of_zero_delivers_to_a_waiting_consumer_or_not_at_all()
    {
        var queue = await QueueAsync(("x-message-ttl", 0));
        await SendAsync(queue, "nobody waits");
        Assert.Null(await Channel.BasicGetAsync(queue, autoAck: true));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await SendAsync(queue, "somebody waits");
        Assert.Equal("somebody waits", (await consumer.NextAsync()).Text);
    }

    [Theory]
    [InlineData("-1", "{value_negative,-1}")]
    [InlineData("soon", "no_integer")]
    [InlineData("", "no_integer")]
    [InlineData("12.5", "{leftover_string,\".5\"}")]
    [InlineData("99999999999999", "{value_too_large,99999999999999}")]
    public async Task An_expiration_that_is_no_number_of_milliseconds_closes_the_channel(string expiration, string why)
    {
        var queue = await QueueAsync();
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - invalid expiration '{expiration}': {why}", async channel =>
            await channel.BasicPublishAsync("", queue, mandatory: false, new BasicProperties { Expiration = expiration }, "x"u8.ToArray()));
    }

    [Fact]
    public async Task A_queue_that_nobody_uses_for_its_time_is_deleted()
    {
        var queue = Unique("expires");
        var clock = Stopwatch.StartNew();
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false, Table(("x-expires", 500)));
        await GoneAsync(queue);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(490), Late + Late);
    }

    [Fact]
    public async Task A_queue_with_a_consumer_is_in_use_until_the_consumer_leaves()
    {
        var queue = Unique("expires");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false, Table(("x-expires", 300)));
        var consumer = new DeliveryCollector(Channel);
        var tag = await Channel.BasicConsumeAsync(queue, autoAck: true, consumer);

        // Six lifetimes of messages in another queue: twice the time that the queue may be unused.
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var clock = await QueueAsync(ToDeadLetters(dead, ("x-message-ttl", 100)));
        for (var tick = 0; tick < 6; tick++)
        {
            await SendAsync(clock, "tick");
            await deadLetters.NextAsync();
        }

        await SendAsync(queue, "still there");
        Assert.Equal("still there", (await consumer.NextAsync()).Text);
        await Channel.BasicCancelAsync(tag);
        await GoneAsync(queue);
    }

    /// <summary>Asks for the queue until it is gone, by bindings: a declaration or basic.get would be a use that keeps it.</summary>
    private async Task GoneAsync(string queue)
    {
        using var limit = new CancellationTokenSource(Limit);
        for (; ; await Task.Delay(50, limit.Token))
        {
            await using var channel = await Connection.CreateChannelAsync();
            try
            {
                await channel.QueueBindAsync(queue, "amq.direct", "probe");
                await channel.QueueUnbindAsync(queue, "amq.direct", "probe");
            }
            catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 404)
            {
                return;
            }
        }
    }
}
