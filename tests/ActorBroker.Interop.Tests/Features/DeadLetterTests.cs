using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>Where dead letters go, and what their headers tell.</summary>
public sealed class DeadLetterTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task A_rejected_message_goes_to_the_dead_letter_exchange_with_its_own_routing_key(string type)
    {
        var exchange = await DeclareExchangeAsync("topic");
        var dead = await QueueAsync();
        await Channel.QueueBindAsync(dead, exchange, "#");
        var deadLetters = await DeliveryCollector.StartAsync(Channel, dead, autoAck: true);
        var source = await DeclareExchangeAsync("topic");
        var queue = await QueueOfTypeAsync(type, ("x-dead-letter-exchange", exchange));
        await Channel.QueueBindAsync(queue, source, "a.*");
        await SendToAsync(source, "a.b", "body", properties =>
        {
            properties.MessageId = "m1";
            properties.Priority = 3;
            properties.Headers = Table(("kept", "yes"));
        });
        await RejectAsync(queue);
        var delivery = await deadLetters.NextAsync();
        Assert.Equal((exchange, "a.b", "body", false), (delivery.Exchange, delivery.RoutingKey, delivery.Text, delivery.Redelivered));
        Assert.Equal(("m1", (byte)3, "yes"), (delivery.Properties.MessageId, delivery.Properties.Priority, Death.Text(delivery.Properties, "kept")));
        Assert.Equal([new Death(queue, "rejected", 1, source, "a.b")], Death.Of(delivery.Properties));
        Assert.Equal(
            ("rejected", queue, source),
            (Death.Text(delivery.Properties, "x-first-death-reason"), Death.Text(delivery.Properties, "x-first-death-queue"),
                Death.Text(delivery.Properties, "x-first-death-exchange")));
        if (Broker.IsOwn)
        {
            // Since RabbitMQ 4.0 (3.13 for those who asked) the last death is told as well.
            Assert.Equal(
                ("rejected", queue, source),
                (Death.Text(delivery.Properties, "x-last-death-reason"), Death.Text(delivery.Properties, "x-last-death-queue"),
                    Death.Text(delivery.Properties, "x-last-death-exchange")));
        }
    }

    [Fact]
    public async Task The_queue_may_give_its_dead_letters_another_routing_key()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead));
        await SendAsync(queue, "body");
        await RejectAsync(queue);
        var delivery = await deadLetters.NextAsync();
        Assert.Equal(("", dead), (delivery.Exchange, delivery.RoutingKey));
        Assert.Equal([new Death(queue, "rejected", 1, "", queue)], Death.Of(delivery.Properties));
    }

    [Fact]
    public async Task Each_further_death_in_the_same_queue_and_for_the_same_reason_is_counted_and_moves_to_the_front()
    {
        var work = Unique("work");
        var retry = await QueueAsync(ToDeadLetters(work, ("x-message-ttl", 50)));
        await Channel.QueueDeclareAsync(work, durable: false, exclusive: true, autoDelete: false, Table(ToDeadLetters(retry)));
        var consumer = await DeliveryCollector.StartAsync(Channel, work);
        await SendAsync(work, "job");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var again = await consumer.NextAsync();
            if (attempt > 0)
            {
                Assert.Equal(
                    [new Death(retry, "expired", attempt, "", retry), new Death(work, "rejected", attempt, "", work)],
                    Death.Of(again.Properties));
                Assert.Equal(("rejected", work), (Death.Text(again.Properties, "x-first-death-reason"), Death.Text(again.Properties, "x-first-death-queue")));
            }

            await Channel.BasicRejectAsync(again.Tag, requeue: false);
        }
    }

    [Fact]
    public async Task A_message_that_would_go_round_without_a_rejection_is_dropped()
    {
        var queue = Unique("cycle");
        await Channel.QueueDeclareAsync(
            queue, durable: false, exclusive: true, autoDelete: false, Table(ToDeadLetters(queue, ("x-max-length", 1))));
        await PublishAsync(queue, "first", "second");

        // A rejection in between lets it go round again: were the first message still there, it would come now.
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var marker = await QueueAsync(ToDeadLetters(dead, ("x-message-ttl", 100)));
        await SendAsync(marker, "some time later");
        await deadLetters.NextAsync();
        Assert.Equal(["second"], await DrainAsync(queue));
    }

    [Fact]
    public async Task A_message_rejected_into_its_own_queue_comes_again()
    {
        var queue = Unique("self");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false, Table(ToDeadLetters(queue)));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        await SendAsync(queue, "again");
        await Channel.BasicRejectAsync((await consumer.NextAsync()).Tag, requeue: false);
        var second = await consumer.NextAsync();
        Assert.Equal(("again", false, 1L), (second.Text, second.Redelivered, Death.Of(second.Properties)[0].Count));
    }

    [Fact]
    public async Task Dead_letters_for_an_exchange_that_does_not_exist_are_dropped()
    {
        var queue = await QueueAsync(("x-dead-letter-exchange", Unique("no exchange")));
        await PublishAsync(queue, "lost", "kept");
        await RejectAsync(queue);
        Assert.Equal(["kept"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Requeueing_purging_and_deleting_make_no_dead_letters()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead));
        await PublishAsync(queue, "0", "1");
        var held = await Channel.BasicGetAsync(queue, autoAck: false);
        await Channel.BasicRejectAsync(held!.DeliveryTag, requeue: true);
        Assert.Equal(2u, await Channel.QueuePurgeAsync(queue));
        await SendAsync(queue, "2");
        await Channel.QueueDeleteAsync(queue);
        await SendAsync(dead, "marker");
        Assert.Equal("marker", (await deadLetters.NextAsync()).Text);
    }

    [Fact]
    public async Task Dead_letters_reach_every_queue_that_the_exchange_routes_to_in_order()
    {
        var exchange = await DeclareExchangeAsync("fanout");
        var first = await QueueAsync();
        var second = await QueueAsync();
        await Channel.QueueBindAsync(first, exchange, "");
        await Channel.QueueBindAsync(second, exchange, "");
        var queue = await QueueAsync(("x-dead-letter-exchange", exchange));
        var bodies = Enumerable.Range(0, 200).Select(i => $"{i}").ToArray();
        await Task.WhenAll(bodies.Select(body => SendAsync(queue, body).AsTask()));
        var one = await DeliveryCollector.StartAsync(Channel, first, autoAck: true);
        var other = await DeliveryCollector.StartAsync(Channel, second, autoAck: true);
        var consumer = await DeliveryCollector.StartAsync(Channel, queue);
        var last = (await consumer.NextAsync(bodies.Length))[^1];
        await Channel.BasicNackAsync(last.Tag, multiple: true, requeue: false);
        Assert.Equal(bodies, Texts(await one.NextAsync(bodies.Length)));
        Assert.Equal(bodies, Texts(await other.NextAsync(bodies.Length)));
    }

    [Fact]
    public async Task At_least_once_dead_letters_of_a_quorum_queue_arrive_when_their_queue_comes_to_be()
    {
        var exchange = Unique("dlx");
        await Channel.ExchangeDeclareAsync(exchange, "direct", durable: true, autoDelete: false);
        try
        {
            var queue = await DurableQueueAsync(
                "quorum",
                ("x-dead-letter-exchange", exchange),
                ("x-dead-letter-routing-key", "dead"),
                ("x-dead-letter-strategy", "at-least-once"),
                ("x-overflow", "reject-publish"));
            await SendAsync(queue, "patient");
            await RejectAsync(queue);

            // Nothing is bound: at-most-once would have dropped it. RabbitMQ tries again after its application variable
            // dead_letter_worker_publisher_confirm_timeout, three minutes unless it is set.
            var dead = await QueueAsync();
            var deadLetters = await DeliveryCollector.StartAsync(Channel, dead, autoAck: true);
            await Channel.QueueBindAsync(dead, exchange, "dead");
            var delivery = await deadLetters.NextAsync();
            Assert.Equal(("patient", "rejected"), (delivery.Text, Death.Of(delivery.Properties)[0].Reason));
        }
        finally
        {
            await Channel.ExchangeDeleteAsync(exchange);
        }
    }

    [Fact]
    public async Task Bodies_and_headers_of_dead_letters_are_what_was_published()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead));
        var body = new string('x', 300_000);
        await SendAsync(queue, body, properties =>
        {
            properties.ContentType = "text/plain";
            properties.CorrelationId = "c";
            properties.Headers = Table(("list", new List<object?> { 1, "two", true }), ("empty", null), ("number", 1L << 40));
        });
        await RejectAsync(queue);
        var delivery = await deadLetters.NextAsync();
        Assert.Equal(body, delivery.Text);
        Assert.Equal(("text/plain", "c"), (delivery.Properties.ContentType, delivery.Properties.CorrelationId));
        var headers = delivery.Properties.Headers!;
        var list = Assert.IsType<List<object>>(headers["list"], exactMatch: false);
        Assert.Equal((1, "two", true), ((int)list[0], Encoding.UTF8.GetString((byte[])list[1]), (bool)list[2]));
        Assert.Null(headers["empty"]);
        Assert.Equal(1L << 40, headers["number"]);
    }

    /// <summary>Gets the next message of the queue and rejects it for good.</summary>
    private async Task RejectAsync(string queue)
    {
        var message = await Channel.BasicGetAsync(queue, autoAck: false);
        Assert.NotNull(message);
        await Channel.BasicRejectAsync(message.DeliveryTag, requeue: false);
    }
}
