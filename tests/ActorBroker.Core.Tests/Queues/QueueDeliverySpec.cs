using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Xunit;
using static ActorBroker.Core.Tests.Messages.TestBatches;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>Who gets what when: single cases. QueueDeciderModelSpec has the rule.</summary>
public sealed class QueueDeliverySpec
{
    private const int RecordBytes = 13;

    [Fact]
    public void A_window_is_charged_only_for_what_was_delivered()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a", "b", "c", "d", "e", "f"));
        var first = queue.Start(1, 1, TestQueue.Settings(prefetch: 2));
        queue.Decider.CloseConsumer(first);
        var second = queue.Start(1, 2, TestQueue.Settings(window: RecordBytes * 6));

        Assert.Equal("a* b* c d e f", queue.TextOf(second));
    }

    [Fact]
    public void Equal_consumers_get_equal_shares_whatever_batches_the_messages_came_in()
    {
        var queue = new TestQueue();
        for (var i = 1; i <= 200; i += 2)
        {
            queue.Decider.Publish(1, i, Persistent("x"));
            queue.Decider.Publish(1, i + 1, Persistent([.. Enumerable.Repeat("y", 30)]));
        }

        var keys = new[] { new ConsumerKey(1, 1), new ConsumerKey(1, 2) };
        foreach (var key in keys)
        {
            Assert.Null(queue.Decider.StartConsumer(key, TestQueue.Settings(), "queue 'q'"));
        }

        queue.Decider.Dispatch();

        var shares = keys.Select(key => queue.TextOf(key).Split(' ').Length).ToArray();
        Assert.Equal(3100, shares.Sum());
        Assert.InRange(Math.Abs(shares[0] - shares[1]), 0, 64);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Few_messages_go_to_consumers_in_exact_turns(int batchSize)
    {
        var queue = new TestQueue();
        var bodies = new[] { "a", "b", "c", "d", "e", "f" };
        foreach (var (i, chunk) in bodies.Chunk(batchSize).Index())
        {
            queue.Decider.Publish(1, i + 1, Persistent(chunk));
        }

        var keys = new[] { new ConsumerKey(1, 1), new ConsumerKey(2, 1), new ConsumerKey(3, 1) };
        foreach (var key in keys)
        {
            Assert.Null(queue.Decider.StartConsumer(key, TestQueue.Settings(), "queue 'q'"));
        }

        queue.Decider.Dispatch();

        Assert.Equal(["a d", "b e", "c f"], keys.Select(queue.TextOf));
    }

    [Fact]
    public void A_consumer_keeps_its_turn_while_messages_are_read_back()
    {
        var queue = new TestQueue(new QueueMemoryLimits(1, 1000, 0, 1000, 1));
        PublishEach(queue, "a", "b", "c", "d");

        var keys = new[] { new ConsumerKey(1, 1), new ConsumerKey(2, 1) };
        foreach (var key in keys)
        {
            Assert.Null(queue.Decider.StartConsumer(key, TestQueue.Settings(), "queue 'q'"));
        }

        queue.Decider.Dispatch();
        queue.Decider.Dispatch();
        while (queue.Loads.Count > 0)
        {
            queue.Decider.Dispatch();
            queue.AnswerLoad(0);
        }

        Assert.Equal(["a c", "b d"], keys.Select(queue.TextOf));
    }

    [Fact]
    public void What_is_read_back_of_a_segment_that_is_gone_is_not_taken_for_a_younger_one()
    {
        var queue = new TestQueue(new QueueMemoryLimits(1, 1000, 0, 1000, 1));
        PublishEach(queue, "a", "b");
        var getter = new ConsumerKey(1, 1);
        queue.Decider.Take(getter, 1, noAck: false);
        queue.Decider.Take(getter, 2, noAck: false);
        Assert.Single(queue.Loads);
        queue.Purge();
        queue.Settle(getter, SettleOutcome.Accepted, 0);
        queue.Decider.Publish(2, 1, Persistent("c"));
        queue.Decider.Publish(2, 2, Persistent("d"));
        queue.CommitAll();
        var holder = queue.Start(2, 1, TestQueue.Settings(prefetch: 1));
        queue.Decider.Publish(2, 3, Persistent("e"));
        queue.CommitAll();
        queue.Decider.CloseConsumer(holder);

        Assert.Equal("c* d e", queue.Drain());
    }

    [Fact]
    public void A_message_that_was_delivered_once_stays_marked_when_a_later_delivery_is_released()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a"));
        var first = queue.Start(1, 1);
        queue.Decider.CloseConsumer(first);
        var second = queue.Start(1, 2, TestQueue.Settings(prefetch: 1));
        queue.Decider.StopConsumer(second);
        queue.Settle(second, SettleOutcome.Released, 0);

        Assert.Equal("a*", queue.Drain());
    }

    [Fact]
    public void A_message_that_was_only_released_is_not_marked()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a", "b"));
        var first = queue.Start(1, 1);
        queue.Decider.StopConsumer(first);
        queue.Settle(first, SettleOutcome.Released, 1);
        queue.Settle(first, SettleOutcome.Requeued, 0);

        Assert.Equal("a* b", queue.Drain());
    }

    [Fact]
    public void A_get_that_waits_for_a_read_is_answered_when_a_purge_takes_its_message()
    {
        var queue = new TestQueue(new QueueMemoryLimits(1, 1000, 0, 1000, 1));
        PublishEach(queue, "a", "b");
        var getter = new ConsumerKey(1, 9);
        queue.Decider.Take(getter, 1, noAck: false);
        queue.Decider.Take(getter, 2, noAck: false);
        Assert.Single(queue.Gets);

        queue.Purge();

        Assert.Equal(2, queue.Gets.Count);
        Assert.Null(queue.Gets[1].Segment);
    }

    // A batch, an event and a segment for each.
    private static void PublishEach(TestQueue queue, params string[] bodies)
    {
        foreach (var (i, body) in bodies.Index())
        {
            queue.Decider.Publish(1, i + 1, Persistent(body));
            queue.CommitAll();
        }
    }
}
