using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A transaction over queues of both nodes.</summary>
public sealed class TransactionsAcrossNodesTests(TwoNodes nodes) : ClusterTest, IClassFixture<TwoNodes>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_queues_have_their_share_after_a_commit_and_none_after_a_rollback(bool fromFirst)
    {
        var here = fromFirst ? nodes.First : nodes.Second;
        var there = fromFirst ? nodes.Second : nodes.First;
        var (near, far, source) = (await here.NewQueueNameAsync("near"), await there.NewQueueNameAsync("far"), await there.NewQueueNameAsync("source"));
        var channel = await ChannelAsync(here);
        foreach (var queue in new[] { near, far, source })
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        for (var i = 0; i < 20; i++)
            await PublishAsync(channel, "", source, $"{i}");

        await using var connection = await here.ConnectAsync();
        await using var transactional = await connection.CreateChannelAsync();
        await transactional.TxSelectAsync();
        for (var i = 0; i < 20; i++)
        {
            var message = await transactional.BasicGetAsync(source, autoAck: false);
            Assert.Equal($"{i}", Text(message!.Body));
            await transactional.BasicPublishAsync("", near, true, Persistent, message.Body);
            await transactional.BasicPublishAsync("", far, true, Persistent, message.Body);
            await transactional.BasicAckAsync(message.DeliveryTag, multiple: false);
            if (i % 5 == 4)
            {
                // The message stays this channel's own.
                await transactional.TxRollbackAsync();
            }
            else
            {
                await transactional.TxCommitAsync();
                Assert.Equal(i - (i / 5) + 1, (int)await transactional.MessageCountAsync(far));
            }
        }

        await connection.CloseAsync();
        foreach (var queue in new[] { near, far })
        {
            for (var i = 0; i < 20; i += i % 5 == 3 ? 2 : 1)
                Assert.Equal($"{i}", Text((await channel.BasicGetAsync(queue, autoAck: true))!.Body));
            Assert.Null(await channel.BasicGetAsync(queue, autoAck: true));
        }

        foreach (var left in new[] { "4", "9", "14", "19" })
            Assert.Equal(left, Text((await channel.BasicGetAsync(source, autoAck: true))!.Body));
    }
}
