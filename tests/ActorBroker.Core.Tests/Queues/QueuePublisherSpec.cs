using ActorBroker.Core.Queues;
using Xunit;
using static ActorBroker.Core.Tests.Messages.TestBatches;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What publishers are told: single cases. QueueDeciderModelSpec has the rule.</summary>
public sealed class QueuePublisherSpec
{
    private static readonly QueueMemoryLimits NoRoom = new(1000, 0, 1000, 1000, 1);

    [Fact]
    public void A_held_back_publisher_goes_on_as_soon_as_an_auto_ack_consumer_frees_the_memory()
    {
        var queue = new TestQueue(NoRoom);
        queue.Decider.Publish(1, 1, Transient("a"));
        Assert.Equal((1, 0L, 1L), Assert.Single(queue.Told));

        queue.Start(2, 1, TestQueue.Settings(noAck: true));

        Assert.Equal((1, 1L, 1L), queue.Told[^1]);
    }

    [Fact]
    public void Other_publishers_go_on_too_when_one_publish_frees_the_memory()
    {
        var queue = new TestQueue(NoRoom with { PinnedBytesMax = 15 });
        var consumer = queue.Start(2, 1, TestQueue.Settings(noAck: true, window: 1));
        queue.Decider.Publish(1, 1, Transient("a", "b"));
        queue.Decider.Publish(2, 1, Transient("c"));
        Assert.DoesNotContain(queue.Told, static told => told.Accepted > 0);

        queue.Decider.GrantCredit(consumer, 1000);

        Assert.Contains((1, 1L, 1L), queue.Told);
        Assert.Contains((2, 1L, 1L), queue.Told);
    }

    [Fact]
    public void A_closed_connection_is_told_nothing()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.Decider.ConnectionClosed(1);
        queue.Told.Clear();

        queue.CommitAll();

        Assert.Empty(queue.Told);
        Assert.Equal("a", queue.Crash().Drain());
    }

    [Fact]
    public void A_failed_write_fails_every_unconfirmed_batch_and_none_is_confirmed()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.CommitAll();
        queue.Decider.Publish(1, 2, Persistent("b"));
        queue.Decider.Publish(1, 3, Persistent("c"));
        queue.Decider.Publish(2, 1, Transient("d"));

        queue.Decider.WriteFailed();

        Assert.Equal([(1, 2L, 3L)], queue.Failed);
        Assert.Equal(1, queue.Told.Where(static told => told.Connection == 1).Max(static told => told.Confirmed));
        Assert.Equal(1, queue.Told.Where(static told => told.Connection == 2).Max(static told => told.Confirmed));
    }
}
