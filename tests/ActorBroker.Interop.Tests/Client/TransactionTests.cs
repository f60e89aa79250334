using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class TransactionTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task What_is_published_and_acknowledged_takes_effect_with_the_commit()
    {
        var channel = await TransactionalAsync();
        var (from, to) = (await DeclareQueueAsync(), await DeclareQueueAsync());
        await PublishAsync(from, "1", "2", "3");
        for (var i = 0; i < 2; i++)
            await channel.BasicGetAsync(from, autoAck: false);
        await channel.BasicAckAsync(2, multiple: true);
        await SendAsync(channel, to, "a");
        await SendAsync(channel, from, "b");
        Assert.Equal(0U, await Channel.MessageCountAsync(to));

        await channel.TxCommitAsync();

        Assert.Equal(["a"], await DrainAsync(to));
        await channel.CloseAsync();
        Assert.Equal(["3", "b"], await DrainAsync(from));
    }

    [Fact]
    public async Task A_rollback_drops_publishes_and_leaves_deliveries_unacknowledged()
    {
        var channel = await TransactionalAsync();
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "1");
        var got = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.BasicAckAsync(got!.DeliveryTag, multiple: false);
        await SendAsync(channel, queue, "2");

        await channel.TxRollbackAsync();
        await channel.BasicNackAsync(got.DeliveryTag, multiple: false, requeue: true);
        await channel.TxCommitAsync();

        Assert.Equal(["1"], await DrainAsync(queue));
    }

    [Fact]
    public async Task A_channel_that_closes_without_a_commit_did_nothing()
    {
        var channel = await TransactionalAsync();
        var queue = await DeclareQueueAsync();
        await PublishAsync(queue, "1");
        var got = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.BasicAckAsync(got!.DeliveryTag, multiple: false);
        await SendAsync(channel, queue, "2");

        await channel.CloseAsync();

        Assert.Equal(["1"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Confirms_and_transactions_exclude_each_other()
    {
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - channel is not transactional", channel => channel.TxCommitAsync());
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - channel is not transactional", channel => channel.TxRollbackAsync());
        var confirming = await ConfirmingChannelAsync(Connection);
        var reason = await ChannelErrorAsync(confirming, () => confirming.TxSelectAsync());
        Assert.Equal((406, "PRECONDITION_FAILED - cannot switch from confirm to tx mode"), (reason.ReplyCode, reason.ReplyText));
    }

    [Fact]
    public async Task What_no_queue_takes_comes_back_at_the_commit()
    {
        var channel = await TransactionalAsync();
        var returned = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.BasicReturnAsync += (_, message) =>
        {
            returned.TrySetResult(Encoding.UTF8.GetString(message.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicPublishAsync("", Unique("nowhere"), mandatory: true, "back"u8.ToArray());
        Assert.False(returned.Task.IsCompleted);

        await channel.TxCommitAsync();

        Assert.Equal("back", await returned.Task.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_large_transaction_arrives_whole_in_every_queue()
    {
        const int Count = 2000;
        var channel = await TransactionalAsync();
        var exchange = await DeclareExchangeAsync(ExchangeType.Fanout);
        var queues = new[] { await DeclareQueueAsync(), await DeclareQueueAsync() };
        foreach (var queue in queues)
            await Channel.QueueBindAsync(queue, exchange, "");
        for (var i = 0; i < Count; i++)
            await channel.BasicPublishAsync(exchange, "", false, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes($"{i}"));

        await channel.TxCommitAsync();

        foreach (var queue in queues)
            Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"{i}"), await DrainAsync(queue));
    }

    private async Task<IChannel> TransactionalAsync()
    {
        var channel = await Connection.CreateChannelAsync();
        await channel.TxSelectAsync();
        return channel;
    }

    private static async Task SendAsync(IChannel channel, string queue, string body) =>
        await channel.BasicPublishAsync("", queue, Encoding.UTF8.GetBytes(body));
}
