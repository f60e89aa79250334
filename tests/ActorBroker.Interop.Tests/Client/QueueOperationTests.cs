using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class QueueOperationTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task Binding_names_what_is_missing()
    {
        var queue = await DeclareQueueAsync();
        var missing = Unique("missing");
        await AssertChannelErrorAsync(
            404,
            $"NOT_FOUND - no exchange '{missing}' in vhost '/'",
            channel => channel.QueueBindAsync(queue, missing, "key"));
        await AssertChannelErrorAsync(
            404,
            $"NOT_FOUND - no queue '{missing}' in vhost '/'",
            channel => channel.QueueBindAsync(missing, "amq.direct", "key"));
    }

    [Fact]
    public async Task Unbinding_what_is_not_bound_or_does_not_exist_succeeds()
    {
        var queue = await DeclareQueueAsync();
        await Channel.QueueUnbindAsync(queue, "amq.direct", "never bound");
        await Channel.QueueUnbindAsync(queue, Unique("missing"), "key");
        await Channel.QueueUnbindAsync(Unique("missing"), "amq.direct", "key");
        Assert.True(Channel.IsOpen);
    }

    [Fact]
    public async Task A_binding_made_twice_is_one_binding()
    {
        var exchange = Unique("direct");
        var queue = await DeclareQueueAsync();
        await Channel.ExchangeDeclareAsync(exchange, "direct");
        await Channel.QueueBindAsync(queue, exchange, "key");
        await Channel.QueueBindAsync(queue, exchange, "key");
        await Channel.BasicPublishAsync(exchange, "key", "once"u8.ToArray());
        Assert.Equal(["once"], await DrainAsync(queue));

        await Channel.QueueUnbindAsync(queue, exchange, "key");
        await Channel.BasicPublishAsync(exchange, "key", "never"u8.ToArray());
        Assert.Empty(await DrainAsync(queue));
        await Channel.ExchangeDeleteAsync(exchange, ifUnused: true);
    }

    [Fact]
    public async Task Purge_counts_the_ready_messages_and_spares_the_unacknowledged()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "held", "b", "c");
        var held = await Channel.BasicGetAsync(queue, autoAck: false);

        Assert.Equal(2u, await Channel.QueuePurgeAsync(queue));
        Assert.Equal(0u, await Channel.QueuePurgeAsync(queue));

        await Channel.BasicNackAsync(held!.DeliveryTag, multiple: false, requeue: true);
        Assert.Equal(["held"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Operations_on_a_missing_queue_are_404_but_its_deletion_succeeds()
    {
        var queue = Unique("missing");
        var text = $"NOT_FOUND - no queue '{queue}' in vhost '/'";
        await AssertChannelErrorAsync(404, text, channel => channel.QueuePurgeAsync(queue));
        await AssertChannelErrorAsync(404, text, channel => channel.BasicGetAsync(queue, true));
        await AssertChannelErrorAsync(404, text, channel => channel.BasicConsumeAsync(queue, true, new DeliveryCollector(channel)));
        Assert.Equal(0u, await Channel.QueueDeleteAsync(queue));
    }

    [Fact]
    public async Task Deletion_if_empty_is_refused_while_messages_wait()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "a");
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - queue '{queue}' in vhost '/' not empty",
            channel => channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: true));
        await DrainAsync(queue);
        Assert.Equal(0u, await Channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: true));
    }

    [Fact]
    public async Task Deletion_if_unused_is_refused_while_consumers_listen()
    {
        var queue = await DeclareQueueAsync();
        var tag = await Channel.BasicConsumeAsync(queue, true, new DeliveryCollector(Channel));
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - queue '{queue}' in vhost '/' in use",
            channel => channel.QueueDeleteAsync(queue, ifUnused: true, ifEmpty: false));
        await Channel.BasicCancelAsync(tag);
        Assert.Equal(0u, await Channel.QueueDeleteAsync(queue, ifUnused: true, ifEmpty: false));
    }

    [Fact]
    public async Task Deleting_a_queue_removes_its_bindings()
    {
        var exchange = Unique("direct");
        var queue = await DeclareQueueAsync();
        await Channel.ExchangeDeclareAsync(exchange, "direct");
        await Channel.QueueBindAsync(queue, exchange, "key");
        await Channel.QueueDeleteAsync(queue);

        // Refused with 406 if the binding were still there.
        await Channel.ExchangeDeleteAsync(exchange, ifUnused: true);
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        Assert.Empty(await DrainAsync(queue));
    }

    [Fact]
    public async Task Deleting_a_queue_cancels_its_consumers_on_every_connection()
    {
        var queue = Unique("queue");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false);
        var connection = await ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        var consumer = new DeliveryCollector(channel);
        var tag = await channel.BasicConsumeAsync(queue, false, consumer);

        await Channel.QueueDeleteAsync(queue);

        Assert.Equal(tag, await consumer.CancelledByBroker);
        Assert.True(channel.IsOpen);
        Assert.NotEmpty((await channel.QueueDeclareAsync()).QueueName);
    }
}
