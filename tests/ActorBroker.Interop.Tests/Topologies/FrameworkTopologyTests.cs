using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Features;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Topologies;

/// <summary>What EasyNetQ, Rebus, Wolverine and Laravel's queue declare and publish, call by call.</summary>
public sealed class FrameworkTopologyTests(BrokerFixture broker) : TopologyTest(broker)
{
    [Fact]
    public async Task EasyNetQ_subscribes_schedules_and_calls()
    {
        var type = Unique("Messages.TextMessage, Messages");
        var queue = $"{type}_subscription";
        await DeclareExchangeAsync(type, "topic", ("alternate-exchange", "amq.fanout"));
        await DeclareQueueAsync(queue, ("x-queue-mode", "lazy"), ("x-max-priority", 10), ("x-queue-master-locator", "min-masters"));
        await Channel.QueueBindAsync(queue, type, "#");
        var subscriber = await DeliveryCollector.StartAsync(
            Channel, queue, arguments: Table(("x-priority", 0), ("x-cancel-on-ha-failover", false)));
        await Channel.BasicPublishAsync(type, "", mandatory: true, new BasicProperties { Type = type, DeliveryMode = DeliveryModes.Persistent }, "event"u8.ToArray());
        var delivery = await subscriber.NextAsync();
        Assert.Equal(("event", type), (delivery.Text, delivery.Properties.Type));

        // A handler that failed: the message goes to the error queue by the framework, and is acknowledged.
        var errors = Unique("EasyNetQ_Default_Error_Queue");
        var errorExchange = Unique("ErrorExchange");
        await DeclareQueueAsync(errors);
        await DeclareExchangeAsync(errorExchange, "direct");
        await Channel.QueueBindAsync(errors, errorExchange, delivery.RoutingKey);
        await SendToAsync(errorExchange, delivery.RoutingKey, "{\"Exception\":\"...\"}");
        await Channel.BasicAckAsync(delivery.Tag, multiple: false);
        Assert.Single(await DrainAsync(errors));

        // A scheduled message: a queue for each delay, whose dead letters are the event.
        var delayed = $"{type}_00_00_00_2";
        await DeclareExchangeAsync(delayed, "topic");
        await DeclareQueueAsync(delayed, ("x-message-ttl", 200), ("x-dead-letter-exchange", type), ("x-dead-letter-routing-key", "#"));
        await Channel.QueueBindAsync(delayed, delayed, "#");
        await Channel.BasicPublishAsync(delayed, "#", mandatory: true, new BasicProperties { Type = type }, "later"u8.ToArray());
        var later = await subscriber.NextAsync();
        Assert.Equal(("later", "#"), (later.Text, later.RoutingKey));

        // A call: a response queue of its own, deleted with its connection.
        var responses = $"easynetq.response.{Guid.NewGuid()}";
        await Channel.QueueDeclareAsync(responses, durable: false, exclusive: true, autoDelete: true);
        var rpc = Unique("easy_net_q_rpc");
        await DeclareExchangeAsync(rpc, "direct");
        await Channel.QueueBindAsync(responses, rpc, responses);
        var caller = await DeliveryCollector.StartAsync(Channel, responses, autoAck: true);
        await SendToAsync(rpc, responses, "answer", properties => properties.CorrelationId = "1");
        Assert.Equal("answer", (await caller.NextAsync()).Text);
    }

    [Fact]
    public async Task Rebus_sends_publishes_and_moves_to_its_error_queue()
    {
        var direct = Unique("RebusDirect");
        var topics = Unique("RebusTopics");
        var input = Unique("orders");
        var error = Unique("error");
        await DeclareExchangeAsync(direct, "direct");
        await DeclareExchangeAsync(topics, "topic");
        await DeclareQueueAsync(input, ("x-queue-type", "quorum"));
        await DeclareQueueAsync(error, ("x-queue-type", "quorum"));
        await Channel.QueueBindAsync(input, direct, input);
        await Channel.QueueBindAsync(error, direct, error);
        var topic = "Messages.OrderPlaced, Messages";
        await Channel.QueueBindAsync(input, topics, topic);
        Assert.Equal(input, (await Channel.QueueDeclarePassiveAsync(input)).QueueName);
        await Channel.BasicQosAsync(0, prefetchCount: 50, global: false);
        var consumer = await DeliveryCollector.StartAsync(Channel, input);
        await SendToAsync(topics, topic, "event", properties => properties.Headers = Table(("rbs2-msg-id", "1")));
        await SendToAsync(direct, input, "command", properties =>
        {
            properties.Headers = Table(("rbs2-msg-id", "2"), ("rbs2-time-to-be-received", "00:01:00"));
            properties.Expiration = "60000";
        });
        Assert.Equal(["event", "command"], Texts(await consumer.NextAsync(2)));

        // A failed message comes again; its delivery count is read before it is moved.
        await Channel.BasicRejectAsync(1, requeue: true);
        var again = await consumer.NextAsync();
        Assert.Equal(1L, Convert.ToInt64(again.Properties.Headers!["x-delivery-count"], System.Globalization.CultureInfo.InvariantCulture));
        await SendToAsync(direct, error, again.Text, properties => properties.Headers = Table(("rbs2-error-details", "boom")));
        await Channel.BasicAckAsync(again.Tag, multiple: false);
        Assert.Equal(["event"], await DrainAsync(error));
        await Channel.QueueUnbindAsync(input, topics, topic);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("quorum")]
    public async Task Wolverine_dead_letters_natively_and_answers_by_control_queues(string? type)
    {
        (string, object?)[] typed = type is null ? [] : [("x-queue-type", type)];
        var dead = Unique("wolverine-dead-letter-queue");
        await DeclareExchangeAsync(dead, "fanout");
        await DeclareQueueAsync(dead, typed);
        await Channel.QueueBindAsync(dead, dead, dead);
        var queue = Unique("incoming");
        await DeclareExchangeAsync(queue, "fanout");
        await DeclareQueueAsync(queue, [.. typed, ("x-dead-letter-exchange", dead)]);
        await Channel.QueueBindAsync(queue, queue, $"{queue}_{queue}");
        var system = Unique("wolverine.response");
        await Channel.QueueDeclareAsync(system, durable: false, exclusive: false, autoDelete: true, Table(("x-expires", 1_800_000)));
        var control = Unique("wolverine.control");
        await Channel.QueueDeclareAsync(
            control, durable: false, exclusive: false, autoDelete: true,
            Table(("x-expires", 180_000), ("x-message-ttl", 10_000), ("x-queue-type", "classic")));
        await SendToAsync(queue, "", "bad", properties => properties.Headers = Table(("reply-uri", $"rabbitmq://queue/{system}")));
        var message = await Channel.BasicGetAsync(queue, autoAck: false);
        await Channel.BasicNackAsync(message!.DeliveryTag, multiple: false, requeue: false);
        var letter = await (await DeliveryCollector.StartAsync(Channel, dead, autoAck: true)).NextAsync();
        Assert.Equal([new Death(queue, "rejected", 1, queue, "")], Death.Of(letter.Properties));
        foreach (var own in new[] { system, control })
        {
            var listener = await DeliveryCollector.StartAsync(Channel, own, autoAck: true);
            await SendAsync(own, "answer");
            Assert.Equal("answer", (await listener.NextAsync()).Text);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Laravel_polls_delays_by_a_queue_for_each_delay_and_releases(bool quorum)
    {
        (string, object?)[] arguments = quorum ? [("x-queue-type", "quorum")] : [("x-max-priority", 5)];
        var queue = Unique("default");
        await DeclareQueueAsync(queue, arguments);
        await SendAsync(queue, "low", properties => SetJob(properties, attempts: 0, priority: 1));
        await SendAsync(queue, "high", properties => SetJob(properties, attempts: 0, priority: 5));
        var first = await Channel.BasicGetAsync(queue, autoAck: false);
        Assert.Equal(quorum && !Broker.IsOwn ? "low" : "high", Encoding.UTF8.GetString(first!.Body.Span));

        // The job failed: it is published into the queue of its delay, and acknowledged.
        var delayed = $"{queue}.delay.300";
        await DeclareQueueAsync(
            delayed, ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", queue), ("x-message-ttl", 300), ("x-expires", 60_000));
        await SendAsync(delayed, "high", properties => SetJob(properties, attempts: 1, priority: 5));
        await Channel.BasicAckAsync(first.DeliveryTag, multiple: false);
        Assert.Single(await DrainAsync(queue));
        var worker = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        var retried = await worker.NextAsync();
        Assert.Equal("high", retried.Text);
        var laravel = Assert.IsType<Dictionary<string, object?>>(retried.Properties.Headers!["laravel"], exactMatch: false);
        Assert.Equal(1, laravel["attempts"]);
        Assert.Equal([new Death(delayed, "expired", 1, "", delayed)], Death.Of(retried.Properties));
    }

    private static void SetJob(BasicProperties properties, int attempts, byte priority)
    {
        properties.ContentType = "application/json";
        properties.DeliveryMode = DeliveryModes.Persistent;
        properties.Priority = priority;
        properties.Headers = Table(("laravel", Table(("attempts", attempts))));
    }
}
