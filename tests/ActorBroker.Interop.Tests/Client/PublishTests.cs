using System.Collections.Concurrent;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class PublishTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task An_unroutable_mandatory_message_is_returned_with_its_content_before_its_confirm()
    {
        var channel = await Connection.CreateChannelAsync(new CreateChannelOptions(true, false));
        var happened = new ConcurrentQueue<string>();
        var confirmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var returned = new TaskCompletionSource<(BasicReturnEventArgs Reason, byte[] Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.BasicReturnAsync += (_, e) =>
        {
            happened.Enqueue("return");
            returned.TrySetResult((e, e.Body.ToArray()));
            return Task.CompletedTask;
        };
        channel.BasicAcksAsync += (_, _) =>
        {
            happened.Enqueue("ack");
            confirmed.TrySetResult();
            return Task.CompletedTask;
        };
        var key = Unique("nobody");

        await channel.BasicPublishAsync("amq.direct", key, true, new BasicProperties { MessageId = "id" }, "back"u8.ToArray());

        await confirmed.Task.WaitAsync(Limit);
        Assert.Equal(["return", "ack"], happened);
        var (reason, body) = await returned.Task;
        Assert.Equal((312, "NO_ROUTE", "amq.direct", key), (reason.ReplyCode, reason.ReplyText, reason.Exchange, reason.RoutingKey));
        Assert.Equal("id", reason.BasicProperties.MessageId);
        Assert.Equal("back"u8.ToArray(), body);
    }

    [Fact]
    public async Task An_unroutable_message_that_is_not_mandatory_is_dropped_and_confirmed() =>
        await Channel.BasicPublishAsync("amq.direct", Unique("nobody"), "dropped"u8.ToArray());

    [Fact]
    public async Task A_mandatory_message_that_is_routed_is_not_returned()
    {
        var queue = await DeclareQueueAsync();
        await Channel.BasicPublishAsync("", queue, mandatory: true, "x"u8.ToArray());
        Assert.Equal(["x"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Publishing_to_an_exchange_that_does_not_exist_closes_the_channel()
    {
        var exchange = Unique("missing");
        var channel = await Connection.CreateChannelAsync();
        var reason = await ChannelErrorAsync(channel, async () => await channel.BasicPublishAsync(exchange, "key", "x"u8.ToArray()));
        Assert.Equal((404, $"NOT_FOUND - no exchange '{exchange}' in vhost '/'"), (reason.ReplyCode, reason.ReplyText));
        Assert.Equal((60, 40), (reason.ClassId, reason.MethodId));
    }

    [Fact]
    public async Task Publishing_to_a_missing_exchange_confirms_nothing()
    {
        var channel = await ConfirmingChannelAsync(Connection);
        await Assert.ThrowsAnyAsync<Exception>(
            async () => await channel.BasicPublishAsync(Unique("missing"), "key", "x"u8.ToArray()));
        await Assert.ThrowsAsync<AlreadyClosedException>(() => channel.QueueDeclareAsync());
    }

    [Fact]
    public async Task Confirms_cover_every_message_once_single_or_multiple()
    {
        const int Count = 2_000;
        var queue = await DeclareQueueAsync();
        await using var publisher = await ConfirmedPublisher.OpenAsync(Connection);
        for (var i = 0; i < Count; i++)
        {
            await publisher.PublishAsync("", queue, BitConverter.GetBytes(i), persistent: false);
        }

        await publisher.AllConfirmedAsync();

        Assert.Equal(Enumerable.Range(1, Count).Select(tag => (ulong)tag), publisher.Confirmed.Order());
        Assert.Equal((uint)Count, await Channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task A_user_id_other_than_the_users_own_is_refused()
    {
        var queue = await DeclareQueueAsync();
        await Channel.BasicPublishAsync("", queue, false, new BasicProperties { UserId = "guest" }, "mine"u8.ToArray());
        Assert.Equal(["mine"], await DrainAsync(queue));
        await AssertChannelErrorAsync(
            406,
            "PRECONDITION_FAILED - user_id property set to 'other' but authenticated user was 'guest'",
            async channel => await channel.BasicPublishAsync("", queue, false, new BasicProperties { UserId = "other" }, "x"u8.ToArray()));
    }

    /// <summary>The limit of RabbitMQ 4; an older one needs <c>max_message_size = 16777216</c> in its configuration.</summary>
    [Fact]
    public async Task A_body_larger_than_16_MiB_is_refused()
    {
        var queue = await DeclareQueueAsync();
        var channel = await Connection.CreateChannelAsync();
        var reason = await ChannelErrorAsync(
            channel, async () => await channel.BasicPublishAsync("", queue, new byte[(16 * 1024 * 1024) + 1]));
        Assert.Equal(
            (406, "PRECONDITION_FAILED - message size 16777217 is larger than configured max size 16777216"),
            (reason.ReplyCode, reason.ReplyText));
        Assert.Equal(0u, await Channel.MessageCountAsync(queue));
    }
}
