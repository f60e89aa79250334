using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Core.Tests.Queues.Lanes;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Lifetime;

/// <summary>What the journal knows of messages, and of which: a position that no event holds is given out again.</summary>
public sealed class QueueNotesSpec
{
    private static readonly QueueSettings Remembering = new() { Deduplication = new Deduplication("id", 10, null) };
    private static readonly QueueSettings Tied = new() { Deduplication = new Deduplication("id", null, null) };

    [Fact]
    public void How_often_a_transient_message_came_back_is_not_said_of_another_after_a_restart()
    {
        var queue = new TestQueue(settings: new QueueSettings { DeliveryLimit = 5 });
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        queue.Decider.Publish(1, 1, Batch("lost", "1", persistent: false));
        queue.Settle(consumer, SettleOutcome.Failed, 0);
        queue.CommitAll();
        queue = queue.Crash();
        queue.Decider.Publish(1, 1, Batch("new", "2"));
        queue.CommitAll();
        queue = queue.Crash();

        Assert.Equal("new", queue.Drain());
        Assert.Equal((0, 0), (queue.Delivered[0].Segment.DeliveryCount, queue.Delivered[0].Segment.AcquiredCount));
    }

    [Fact]
    public void A_transient_message_that_a_restart_lost_may_come_again()
    {
        var queue = new TestQueue(settings: Remembering);
        queue.Decider.Publish(1, 1, Batch("lost", "1", persistent: false));
        queue.CommitAll();
        queue = queue.Crash();
        queue.Decider.Publish(1, 1, Batch("again", "1", persistent: false));

        Assert.Equal("again", queue.Drain());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_persistent_message_that_was_consumed_before_it_was_written_is_remembered(bool fromSnapshot)
    {
        var queue = new TestQueue(settings: Remembering);
        queue.Start(1, 1, TestQueue.Settings(noAck: true));
        queue.Decider.Publish(1, 1, Batch("consumed", "1"));
        queue.CommitAll();
        if (fromSnapshot)
        {
            queue.StoreIndex();
        }

        queue = queue.Crash();
        queue.Decider.Publish(1, 1, Batch("again", "1"));

        Assert.Equal(0, queue.Decider.ReadyCount);
    }

    [Fact]
    public void A_snapshot_does_not_remember_a_message_that_is_not_written()
    {
        var queue = new TestQueue(settings: Remembering);
        queue.Decider.Publish(1, 1, Batch("lost", "1"));
        queue.StoreIndex();
        queue = queue.Crash();
        queue.Decider.Publish(1, 1, Batch("again", "1"));

        Assert.Equal("again", queue.Drain());
    }

    [Fact]
    public void An_identity_that_went_with_its_message_is_not_that_of_the_next_one_at_its_position()
    {
        var queue = new TestQueue(settings: Tied);
        queue.Start(1, 1, TestQueue.Settings(noAck: true));
        queue.Decider.Publish(1, 1, Batch("consumed", "1"));
        queue.CommitAll();
        queue = queue.Crash();
        queue.Decider.Publish(1, 1, Batch("next", "2"));
        queue.CommitAll();
        queue = queue.Crash();
        queue.Decider.Publish(1, 1, Batch("new", "1"));

        Assert.Equal("next new", queue.Drain());
    }

    private static MessageBatch Batch(string body, string id, bool persistent = true) =>
        TestBatches.Of(new TestMessage(Encoding.UTF8.GetBytes(body), persistent, Properties: TextFormat.Properties(("id", id))));
}
