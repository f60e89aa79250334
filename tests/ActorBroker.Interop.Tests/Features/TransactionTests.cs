using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>tx.select, tx.commit, tx.rollback.</summary>
public sealed class TransactionTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task Nothing_is_published_before_the_commit_and_all_of_it_after(string type)
    {
        var first = await QueueOfTypeAsync(type);
        var second = await QueueOfTypeAsync(type);
        var channel = await TransactionalAsync();
        await channel.BasicPublishAsync("", first, "1"u8.ToArray());
        await channel.BasicPublishAsync("", second, "2"u8.ToArray());
        await channel.BasicPublishAsync("", first, "3"u8.ToArray());
        Assert.Equal((0u, 0u), (await channel.MessageCountAsync(first), await channel.MessageCountAsync(second)));
        await channel.TxCommitAsync();
        Assert.Equal(["1", "3"], await DrainAsync(first));
        Assert.Equal(["2"], await DrainAsync(second));
    }

    [Fact]
    public async Task A_rollback_forgets_publishes_and_acknowledgements()
    {
        var queue = await QueueAsync();
        await PublishAsync(queue, "there");
        var channel = await TransactionalAsync();
        var message = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.BasicAckAsync(message!.DeliveryTag, multiple: false);
        await channel.BasicPublishAsync("", queue, "never"u8.ToArray());
        await channel.TxRollbackAsync();

        // The message is unacknowledged again, and can be acknowledged in the next transaction.
        await channel.BasicRejectAsync(message.DeliveryTag, requeue: true);
        await channel.TxCommitAsync();
        Assert.Equal(["there"], await DrainAsync(queue));
    }

    [Fact]
    public async Task An_acknowledgement_counts_from_the_commit()
    {
        var queue = await QueueAsync();
        await PublishAsync(queue, "0", "1");
        var channel = await TransactionalAsync();
        var first = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.BasicAckAsync(first!.DeliveryTag, multiple: false);
        await channel.TxCommitAsync();
        var second = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.BasicAckAsync(second!.DeliveryTag, multiple: false);
        await channel.CloseAsync();
        Assert.Equal(["1"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Closing_the_channel_rolls_back()
    {
        var queue = await QueueAsync();
        var channel = await TransactionalAsync();
        await channel.BasicPublishAsync("", queue, "never"u8.ToArray());
        await channel.CloseAsync();
        Assert.Empty(await DrainAsync(queue));
    }

    [Fact]
    public async Task A_mandatory_message_without_a_route_is_returned_at_the_commit()
    {
        var channel = await TransactionalAsync();
        var returned = new TaskCompletionSource<ushort>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.BasicReturnAsync += (_, args) =>
        {
            returned.TrySetResult(args.ReplyCode);
            return Task.CompletedTask;
        };
        await channel.BasicPublishAsync("", Unique("nowhere"), mandatory: true, "x"u8.ToArray());
        await channel.TxCommitAsync();
        Assert.Equal((ushort)312, await returned.Task.WaitAsync(Limit));
    }

    [Fact]
    public async Task Ten_transactions_follow_one_another_on_a_channel()
    {
        var queue = await QueueAsync();
        var channel = await TransactionalAsync();
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                await channel.BasicPublishAsync("", queue, System.Text.Encoding.UTF8.GetBytes($"{(round * 20) + i}"));
            }

            await (round % 2 == 0 ? channel.TxCommitAsync() : channel.TxRollbackAsync());
        }

        Assert.Equal(Enumerable.Range(0, 200).Where(i => i / 20 % 2 == 0).Select(i => $"{i}"), await DrainAsync(queue));
    }

    [Fact]
    public async Task Transactions_and_confirms_exclude_each_other()
    {
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - channel is not transactional", channel => channel.TxCommitAsync());
        await AssertChannelErrorAsync(406, "PRECONDITION_FAILED - channel is not transactional", channel => channel.TxRollbackAsync());
        var confirming = await ConfirmingChannelAsync(Connection);
        var reason = await ChannelErrorAsync(confirming, () => confirming.TxSelectAsync());
        Assert.Equal("PRECONDITION_FAILED - cannot switch from confirm to tx mode", reason.ReplyText);
    }

    private async Task<IChannel> TransactionalAsync()
    {
        var channel = await Connection.CreateChannelAsync();
        await channel.TxSelectAsync();
        return channel;
    }
}
