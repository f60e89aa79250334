using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class ChannelTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task A_channel_closes_and_its_number_can_be_opened_again()
    {
        var first = await Connection.CreateChannelAsync();
        await first.CloseAsync();
        Assert.Equal(ShutdownInitiator.Application, first.CloseReason!.Initiator);

        var second = await Connection.CreateChannelAsync();
        Assert.Equal(first.ChannelNumber, second.ChannelNumber);
        Assert.StartsWith("amq.gen-", (await second.QueueDeclareAsync()).QueueName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_on_one_channel_leaves_the_others_working()
    {
        var queue = await DeclareQueueAsync();
        var failing = await Connection.CreateChannelAsync();
        var missing = Unique("missing");

        var reason = await ChannelErrorAsync(failing, () => failing.QueueDeclarePassiveAsync(missing));

        Assert.Equal((ushort)404, reason.ReplyCode);
        Assert.Equal($"NOT_FOUND - no queue '{missing}' in vhost '/'", reason.ReplyText);
        Assert.Equal((50, 10), (reason.ClassId, reason.MethodId));
        await PublishAsync(queue, "still here");
        Assert.Equal(["still here"], await DrainAsync(queue));
    }

    [Fact]
    public async Task The_number_of_a_channel_closed_by_an_error_can_be_opened_again()
    {
        var failing = await Connection.CreateChannelAsync();
        await ChannelErrorAsync(failing, () => failing.QueuePurgeAsync(Unique("missing")));

        var next = await Connection.CreateChannelAsync();

        Assert.Equal(failing.ChannelNumber, next.ChannelNumber);
        Assert.NotEmpty((await next.QueueDeclareAsync()).QueueName);
    }

    [Fact]
    public async Task As_many_channels_are_served_as_were_negotiated()
    {
        var connection = await ConnectAsync(factory => factory.RequestedChannelMax = 64);
        var channels = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => connection.CreateChannelAsync()));

        Assert.Equal(64, channels.Select(channel => channel.ChannelNumber).Distinct().Count());
        Assert.All(channels, channel => Assert.True(channel.IsOpen));
        await Assert.ThrowsAsync<ChannelAllocationException>(() => connection.CreateChannelAsync());
    }

    [Fact]
    public async Task A_consumer_ends_with_its_channel_and_its_unacknowledged_messages_return()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "a", "b");
        var channel = await Connection.CreateChannelAsync();
        var consumer = await DeliveryCollector.StartAsync(channel, queue);
        await consumer.NextAsync(2);

        await channel.CloseAsync();

        var state = await Channel.QueueDeclarePassiveAsync(queue);
        Assert.Equal((2u, 0u), (state.MessageCount, state.ConsumerCount));
        Assert.Equal(["a", "b"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Closing_a_channel_keeps_the_exclusive_queues_of_its_connection()
    {
        var queue = Unique("exclusive");
        var channel = await Connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        await channel.CloseAsync();

        Assert.Equal(0u, (await Channel.QueueDeclarePassiveAsync(queue)).MessageCount);
    }
}
