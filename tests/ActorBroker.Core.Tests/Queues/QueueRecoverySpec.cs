using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Xunit;
using static ActorBroker.Core.Tests.Messages.TestBatches;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What a queue is after a crash: single cases. QueueDeciderModelSpec has the rule.</summary>
public sealed class QueueRecoverySpec
{
    // Writes take one batch at a time and any transient message is too much.
    private static readonly QueueMemoryLimits Tiny = new(64, 0, 0, 1, 1);

    [Fact]
    public void A_settlement_is_not_written_before_its_message_is()
    {
        var queue = new TestQueue(Tiny);
        var consumer = queue.Start(1, 1);
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.Decider.Publish(1, 2, Persistent("b"));
        queue.Decider.Publish(1, 3, Persistent("c", "d"));
        queue.Settle(consumer, SettleOutcome.Accepted, 2);
        queue.CommitAll();

        Assert.Equal("a* b* d*", queue.Crash().Drain());
    }

    [Fact]
    public void That_messages_are_held_is_written_when_nothing_else_is_and_once()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a", "b", "c"));
        queue.CommitAll();
        Assert.True(queue.Decider.IsWrittenOut);

        queue.Start(1, 1, TestQueue.Settings(prefetch: 2));
        Assert.True(queue.Decider.HasUnwrittenSettlements);
        queue.Decider.FlushSettlements();
        queue.CommitAll();
        Assert.False(queue.Decider.HasUnwrittenSettlements);
        queue.Decider.FlushSettlements();
        Assert.Empty(queue.Uncommitted);

        Assert.Equal("a* b* c", queue.Crash().Drain());
    }

    [Fact]
    public void A_queue_that_does_not_outlive_a_restart_writes_nothing_about_held_messages()
    {
        var queue = new TestQueue(durable: false);
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.Start(1, 1);
        Assert.True(queue.Decider.IsWrittenOut);
        Assert.False(queue.Decider.HasUnwrittenSettlements);
    }

    [Fact]
    public void What_a_purge_removed_from_a_batch_that_is_still_unwritten_stays_removed()
    {
        var queue = new TestQueue(Tiny);
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.Decider.Publish(1, 2, Persistent("b", "c"));
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 2));

        Assert.Equal(1, queue.Purge());
        Assert.Equal("a b", queue.TextOf(consumer));
        queue.CommitAll();

        Assert.Equal("a* b*", queue.Crash().Drain());
    }

    [Fact]
    public void What_was_settled_before_a_purge_does_not_come_back_after_it()
    {
        var queue = new TestQueue(Tiny);
        queue.Decider.Publish(1, 1, Persistent("a", "b"));
        queue.CommitAll();
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        queue.Settle(consumer, SettleOutcome.Accepted, first: 0);
        queue.Decider.CloseConsumer(consumer);

        Assert.Equal(1, queue.Purge());
        Assert.False(queue.Decider.HasUnwrittenSettlements);
        Assert.True(queue.Commit());

        Assert.Equal("", queue.Crash().Drain());
    }

    [Fact]
    public void Positions_of_spilled_messages_are_not_given_out_again()
    {
        var queue = new TestQueue(Tiny with { PinnedBytesMax = 20, SegmentBytes = 1000 });
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.CommitAll();
        queue.Decider.Publish(1, 2, Transient("t", "u", "v"));
        queue.Decider.Spill();
        queue.CommitAll();

        var second = queue.Crash();
        second.Decider.Publish(1, 1, Persistent("b"));
        second.CommitAll();

        Assert.Equal(second.Crash().Decider.Index().NextPosition, second.Decider.Index().NextPosition);
        Assert.Equal(5, second.Decider.Index().NextPosition);
        Assert.Equal("a b", second.Crash().Drain());
    }

    [Fact]
    public void An_index_keeps_written_messages_though_older_ones_were_spilled_after_them()
    {
        var queue = new TestQueue(Tiny with { PinnedBytesMax = 10, WriteBytesMax = 1000 });
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.Decider.Publish(1, 2, Transient("t"));
        queue.Decider.Publish(1, 3, Persistent("b"));
        queue.Decider.Spill();
        queue.CommitAll();
        queue.StoreIndex();

        Assert.Equal("a b", queue.Crash().Drain());
    }

    [Fact]
    public void The_first_live_event_is_the_lowest_of_all_segments_not_that_of_the_first_one()
    {
        var queue = new TestQueue(Tiny with { PinnedBytesMax = 10, SegmentBytes = 1 });
        queue.Decider.Publish(1, 1, Transient("t"));
        queue.Decider.Publish(1, 2, Persistent("a"));
        queue.CommitAll();
        queue.Decider.Publish(1, 3, Transient("u"));
        queue.Decider.Spill();
        queue.CommitAll();

        Assert.Equal(1, queue.Decider.FirstLiveSequenceNr);
        queue.StoreIndex();
        queue.Journal.Trim();
        Assert.Equal("t a u", queue.Drain());
    }

    [Fact]
    public void Bodies_that_an_index_names_are_kept_though_their_messages_are_settled_after_it()
    {
        var queue = new TestQueue(TestQueue.Ample with { SegmentBytes = 1 });
        queue.Decider.Publish(1, 1, Persistent("a", "b"));
        queue.CommitAll();
        queue.Decider.Publish(1, 2, Persistent("c"));
        queue.CommitAll();
        queue.StoreIndex();
        var consumer = queue.Start(1, 1);
        queue.Settle(consumer, SettleOutcome.Accepted, 0, 2);
        Assert.Equal(2, queue.Decider.FirstLiveSequenceNr);

        queue.Journal.Trim();

        Assert.Equal("a b c", queue.Crash().Drain());
    }

    [Fact]
    public void A_message_delivered_before_an_index_was_stored_is_marked_though_its_write_began_earlier()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.CommitAll();
        queue.Decider.Publish(1, 2, Persistent("b"));
        queue.Start(1, 1);
        queue.StoreIndex();
        queue.CommitAll();

        Assert.Equal("a*", queue.Crash().Drain().Split(' ')[0]);
    }

    [Fact]
    public void New_messages_are_not_marked_though_unwritten_ones_had_their_positions_before_the_crash()
    {
        var queue = new TestQueue();
        queue.Start(1, 1);
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.Decider.Publish(1, 2, Transient("t", "u"));
        queue.CommitAll();
        queue.Decider.FlushSettlements();
        queue.StoreIndex();

        var second = queue.Crash();
        second.Decider.Publish(1, 1, Persistent("b"));
        second.CommitAll();

        Assert.Equal("a* b", second.Crash().Drain());
        Assert.Equal("a* b", second.CrashWithoutIndex().Drain());
    }
}
