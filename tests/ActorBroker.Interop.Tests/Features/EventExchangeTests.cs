using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>What a client that is bound to amq.rabbitmq.event reads of queues, exchanges and bindings.</summary>
public sealed class EventExchangeTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Fact]
    public async Task An_event_is_a_persistent_message_without_a_body_and_with_its_time()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var events = await EventCollector.StartAsync(Channel);
        var queue = await QueueAsync();
        var created = await events.NextAsync("queue.created", "name", queue);
        Assert.Equal(DeliveryModes.Persistent, created.Properties.DeliveryMode);
        Assert.InRange(created.Properties.Timestamp.UnixTime, before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.Equal(created.Properties.Timestamp.UnixTime, Assert.IsType<long>(created.Headers["timestamp_in_ms"]) / 1000);
        Assert.False(created.Properties.IsContentTypePresent());
    }

    [Fact]
    public async Task A_binding_key_chooses_and_an_unbound_queue_gets_no_more()
    {
        var events = await EventCollector.StartAsync(Channel, "queue.*");
        var all = await EventCollector.StartAsync(Channel);
        var first = await QueueAsync();
        await events.NextAsync("queue.created", "name", first);
        await Channel.QueueUnbindAsync(events.Queue, "amq.rabbitmq.event", "queue.*");
        var second = await QueueAsync();
        await all.NextAsync("queue.created", "name", second);
        Assert.All(events.Rest(), happened => Assert.StartsWith("queue.", happened.Key, StringComparison.Ordinal));
        Assert.DoesNotContain(events.Rest(), happened => happened.Text("name") == second);
        await all.NextAsync("binding.deleted", "destination_name", events.Queue);
    }

    [Fact]
    public async Task Queues_of_each_type_come_and_go()
    {
        var events = await EventCollector.StartAsync(Channel);
        var classic = Unique("classic");
        var arguments = Table(("x-max-length", 5), ("x-dead-letter-exchange", "dlx \"1\""));
        await Channel.QueueDeclareAsync(classic, durable: true, exclusive: false, autoDelete: false, arguments);
        await Channel.QueueDeclareAsync(classic, durable: true, exclusive: false, autoDelete: false, arguments);
        var created = await events.NextAsync("queue.created", "name", classic);
        Assert.Equal(
            ["{<<\"x-dead-letter-exchange\">>,longstr,<<\"dlx \\\"1\\\"\">>}", "{<<\"x-max-length\">>,signedint,5}"],
            created.Items("arguments").Select(item => item.Trim('\'')).Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "auto_delete=false", "durable=true", "exclusive=false", $"name='{classic}'", "owner_pid=''",
                "user_who_performed_action='guest'", "vhost='/'",
            ],
            created.Lines("arguments"));
        await Channel.QueueDeleteAsync(classic);
        var deleted = await events.NextAsync("queue.deleted", "name", classic);
        Assert.Equal([$"name='{classic}'", "user_who_performed_action='guest'", "vhost='/'"], deleted.Lines());
        Assert.DoesNotContain(events.Rest(), happened => happened.Key == "queue.created" && happened.Text("name") == classic);

        var quorum = await DurableQueueAsync("quorum");
        Assert.Equal(
            [
                "arguments=['{<<\"x-queue-type\">>,longstr,<<\"quorum\">>}']", "auto_delete=false", "durable=true", "exclusive=false",
                $"name='{quorum}'", "type='rabbit_quorum_queue'", "user_who_performed_action='guest'", "vhost='/'",
            ],
            (await events.NextAsync("queue.created", "name", quorum)).Lines());

        var stream = await DurableQueueAsync("stream");
        Assert.Equal(
            [
                "arguments=['{<<\"x-queue-type\">>,longstr,<<\"stream\">>}']", "auto_delete=false", "durable=true",
                $"name='{stream}'", "type='rabbit_stream_queue'", "user_who_performed_action='guest'", "vhost='/'",
            ],
            (await events.NextAsync("queue.created", "name", stream)).Lines());
    }

    [Fact]
    public async Task A_queue_that_goes_by_itself_goes_by_nobody()
    {
        var events = await EventCollector.StartAsync(Channel);
        var leased = Unique("leased");
        await Channel.QueueDeclareAsync(leased, durable: false, exclusive: false, autoDelete: false, Table(("x-expires", 50)));
        var left = Unique("left");
        await Channel.QueueDeclareAsync(left, durable: false, exclusive: false, autoDelete: true);
        await Channel.BasicCancelAsync(await Channel.BasicConsumeAsync(left, autoAck: true, new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(Channel)));
        foreach (var queue in new[] { leased, left })
        {
            var deleted = await events.NextAsync("queue.deleted", "name", queue);
            Assert.Equal("rmq-internal", deleted.Text("user_who_performed_action"));
        }
    }

    [Fact]
    public async Task Exchanges_and_their_bindings_come_and_go()
    {
        var events = await EventCollector.StartAsync(Channel);
        var (source, target, queue) = (Unique("source"), Unique("target"), await QueueAsync());
        await Channel.ExchangeDeclareAsync(source, "topic", durable: true, autoDelete: false, Table(("alternate-exchange", "amq.fanout")));
        await Channel.ExchangeDeclareAsync(target, "headers", durable: false, autoDelete: true);
        Assert.Equal(
            [
                "arguments=['{<<\"alternate-exchange\">>,longstr,<<\"amq.fanout\">>}']", "auto_delete=false", "durable=true", "internal=false",
                $"name='{source}'", "policy=''", "type='topic'", "user_who_performed_action='guest'", "vhost='/'",
            ],
            (await events.NextAsync("exchange.created", "name", source)).Lines());
        Assert.Contains("auto_delete=true", (await events.NextAsync("exchange.created", "name", target)).Lines());

        await Channel.QueueBindAsync(queue, source, "a.b", Table(("weight", 1)));
        await Channel.QueueBindAsync(queue, source, "a.b", Table(("weight", 1)));
        await Channel.ExchangeBindAsync(target, source, "c.*");
        await Channel.QueueBindAsync(queue, target, string.Empty);
        string[] toQueue =
        [
            "arguments=['{<<\"weight\">>,signedint,1}']", "destination_kind='queue'", $"destination_name='{queue}'", "routing_key='a.b'",
            "source_kind='exchange'", $"source_name='{source}'", "user_who_performed_action='guest'", "vhost='/'",
        ];
        string[] toExchange =
        [
            "arguments=[]", "destination_kind='exchange'", $"destination_name='{target}'", "routing_key='c.*'", "source_kind='exchange'",
            $"source_name='{source}'", "user_who_performed_action='guest'", "vhost='/'",
        ];
        Assert.Equal(toQueue, (await events.NextAsync("binding.created", "routing_key", "a.b")).Lines());
        Assert.Equal(toExchange, (await events.NextAsync("binding.created", "destination_name", target)).Lines());

        // The last binding of the auto-delete exchange, with which it and the bindings to it go.
        await Channel.QueueUnbindAsync(queue, target, string.Empty);
        await events.NextAsync("binding.deleted", "source_name", target);
        Assert.Equal(toExchange, (await events.NextAsync("binding.deleted", "destination_name", target)).Lines());
        Assert.Equal(
            [$"name='{target}'", "user_who_performed_action='guest'", "vhost='/'"],
            (await events.NextAsync("exchange.deleted", "name", target)).Lines());
        await Channel.ExchangeDeleteAsync(source);
        await events.NextAsync("exchange.deleted", "name", source);
        Assert.Equal(toQueue, (await events.NextAsync("binding.deleted", "source_name", source)).Lines());
        Assert.DoesNotContain(events.Rest(), happened => happened.Key == "binding.created" && happened.Text("routing_key") == "a.b");
    }

    [Fact]
    public async Task Bindings_go_with_their_queue_and_by_nobody()
    {
        var events = await EventCollector.StartAsync(Channel);
        var queue = await QueueAsync();
        await Channel.QueueBindAsync(queue, "amq.direct", "k1");
        await Channel.QueueBindAsync(queue, "amq.topic", "k2");
        await Channel.QueueDeleteAsync(queue);
        foreach (var (exchange, key) in new[] { ("amq.direct", "k1"), ("amq.topic", "k2") })
        {
            var deleted = await events.NextAsync(
                "binding.deleted", happened => happened.Text("destination_name") == queue && happened.Text("source_name") == exchange);
            Assert.Equal(
                [
                    "arguments=[]", "destination_kind='queue'", $"destination_name='{queue}'", $"routing_key='{key}'", "source_kind='exchange'",
                    $"source_name='{exchange}'", "user_who_performed_action='rmq-internal'", "vhost='/'",
                ],
                deleted.Lines());
        }

        Assert.Equal("guest", (await events.NextAsync("queue.deleted", "name", queue)).Text("user_who_performed_action"));
    }
}
