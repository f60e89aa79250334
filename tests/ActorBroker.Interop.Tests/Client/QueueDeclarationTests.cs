using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class QueueDeclarationTests(BrokerFixture broker) : ClientTest(broker)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_queue_is_declared_counted_and_deleted(bool durable)
    {
        var queue = Unique("queue");
        var declared = await Channel.QueueDeclareAsync(queue, durable, exclusive: false, autoDelete: false);
        Assert.Equal((queue, 0u, 0u), (declared.QueueName, declared.MessageCount, declared.ConsumerCount));
        await PublishAsync(queue, "a", "b", "c");

        var again = await Channel.QueueDeclareAsync(queue, durable, exclusive: false, autoDelete: false);
        Assert.Equal(3u, again.MessageCount);
        Assert.Equal(3u, await Channel.QueueDeleteAsync(queue));
        await AssertNotFoundAsync(queue, channel => channel.QueueDeclarePassiveAsync(queue));
    }

    [Fact]
    public async Task A_queue_without_a_name_gets_one_and_the_channel_remembers_it()
    {
        var first = (await Channel.QueueDeclareAsync()).QueueName;
        var second = (await Channel.QueueDeclareAsync()).QueueName;
        Assert.StartsWith("amq.gen-", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);

        // AMQP 0-9-1 §1.7.2.3: an empty queue name means the last queue declared on the channel.
        await Channel.QueueBindAsync("", "amq.direct", first);
        await Channel.BasicPublishAsync("amq.direct", first, "for the last one"u8.ToArray());
        Assert.Equal(["for the last one"], await DrainAsync(second));
        Assert.Empty(await DrainAsync(first));
    }

    [Fact]
    public Task An_empty_name_on_a_channel_without_a_queue_is_404() => AssertChannelErrorAsync(
        404, "NOT_FOUND - no previously declared queue", channel => channel.QueueBindAsync("", "amq.direct", "key"));

    [Fact]
    public async Task Passive_declaration_counts_messages_and_consumers()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "a", "b", "c");
        await Channel.BasicGetAsync(queue, autoAck: false);
        var ready = await Channel.QueueDeclarePassiveAsync(queue);
        Assert.Equal((2u, 0u), (ready.MessageCount, ready.ConsumerCount));

        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await consumer.NextAsync(2);
        var consumed = await Channel.QueueDeclarePassiveAsync(queue);
        Assert.Equal((0u, 1u), (consumed.MessageCount, consumed.ConsumerCount));
    }

    [Fact]
    public async Task A_name_with_the_reserved_prefix_is_refused()
    {
        var queue = Unique("amq.mine");
        await AssertChannelErrorAsync(
            403,
            $"ACCESS_REFUSED - queue name '{queue}' contains reserved prefix 'amq.*'",
            channel => channel.QueueDeclareAsync(queue, false, true, false));
        await AssertNotFoundAsync(queue, channel => channel.QueueDeclarePassiveAsync(queue));
    }

    [Fact]
    public async Task A_name_may_be_255_octets_long()
    {
        var name = Unique("long").PadRight(255, 'x');
        Assert.Equal(name, (await Channel.QueueDeclareAsync(name, false, true, false)).QueueName);
    }

    [Fact]
    public async Task A_declaration_that_differs_in_a_property_is_refused_naming_it()
    {
        var queue = Unique("queue");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false);
        var refused = $"for queue '{queue}' in vhost '/': received 'true' but current is 'false'";
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - inequivalent arg 'durable' {refused}",
            channel => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false));
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - inequivalent arg 'auto_delete' {refused}",
            channel => channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true));
        await AssertLockedAsync(queue, channel => channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false));
        await Channel.QueueDeleteAsync(queue);
    }

    [Fact]
    public async Task An_argument_nobody_knows_is_kept_and_does_not_count_as_a_difference()
    {
        var queue = Unique("queue");
        await Channel.QueueDeclareAsync(queue, false, true, false, new Dictionary<string, object?> { ["x-own-note"] = "first" });
        await Channel.QueueDeclareAsync(queue, false, true, false, new Dictionary<string, object?> { ["x-own-note"] = "second" });
        Assert.Equal(0u, (await Channel.QueueDeclareAsync(queue, false, true, false)).MessageCount);
    }

    [Fact]
    public async Task An_exclusive_queue_is_locked_for_other_connections()
    {
        var queue = await DeclareQueueAsync();
        var other = await ConnectAsync();
        Func<IChannel, Task>[] uses =
        [
            channel => channel.QueueDeclareAsync(queue, false, true, false),
            channel => channel.QueueDeclareAsync(queue, false, false, false),
            channel => channel.QueueDeclarePassiveAsync(queue),
            channel => channel.BasicConsumeAsync(queue, true, new DeliveryCollector(channel)),
            channel => channel.BasicGetAsync(queue, true),
            channel => channel.QueueBindAsync(queue, "amq.direct", "key"),
            channel => channel.QueuePurgeAsync(queue),
            channel => channel.QueueDeleteAsync(queue),
        ];
        foreach (var use in uses)
        {
            var channel = await other.CreateChannelAsync();
            AssertLocked(queue, await ChannelErrorAsync(channel, () => use(channel)));
        }
    }

    [Fact]
    public async Task An_exclusive_queue_takes_messages_of_every_connection_and_ends_with_its_own()
    {
        var queue = Unique("exclusive");
        var owner = await ConnectAsync();
        var channel = await owner.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        await PublishAsync(queue, "from elsewhere");
        Assert.Equal(1u, await channel.MessageCountAsync(queue));

        await owner.CloseAsync();

        await AssertNotFoundAsync(queue, other => other.QueueDeclarePassiveAsync(queue));
    }

    [Fact]
    public async Task An_auto_delete_queue_goes_with_its_last_consumer()
    {
        var queue = Unique("auto-delete");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true);
        var first = await Channel.BasicConsumeAsync(queue, true, new DeliveryCollector(Channel));
        var second = await Channel.BasicConsumeAsync(queue, true, new DeliveryCollector(Channel));

        await Channel.BasicCancelAsync(first);
        Assert.Equal(1u, (await Channel.QueueDeclarePassiveAsync(queue)).ConsumerCount);
        await Channel.BasicCancelAsync(second);

        await AssertNotFoundAsync(queue, channel => channel.QueueDeclarePassiveAsync(queue));
    }

    [Fact]
    public async Task An_auto_delete_queue_that_never_had_a_consumer_stays()
    {
        var queue = Unique("auto-delete");
        var connection = await ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true);
        await connection.CloseAsync();

        Assert.Equal(queue, (await Channel.QueueDeclarePassiveAsync(queue)).QueueName);
        await Channel.QueueDeleteAsync(queue);
    }

    private Task AssertNotFoundAsync(string queue, Func<IChannel, Task> action) =>
        AssertChannelErrorAsync(404, $"NOT_FOUND - no queue '{queue}' in vhost '/'", action);

    private async Task AssertLockedAsync(string queue, Func<IChannel, Task> action)
    {
        var channel = await Connection.CreateChannelAsync();
        AssertLocked(queue, await ChannelErrorAsync(channel, () => action(channel)));
    }

    private static void AssertLocked(string queue, RabbitMQ.Client.Events.ShutdownEventArgs reason)
    {
        // The text goes on to explain what may be the cause, cut at 255 octets.
        Assert.Equal((ushort)405, reason.ReplyCode);
        Assert.StartsWith(
            $"RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '{queue}' in vhost '/'", reason.ReplyText, StringComparison.Ordinal);
    }
}
