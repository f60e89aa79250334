using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Core.Tests.Queues.Lanes;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What those are told who watch a queue: sizes, where messages are, what died, and whether consumers keep up.</summary>
public sealed class QueueSizesSpec
{
    // A segment for each batch, and next to no memory for those that are written.
    private static readonly QueueMemoryLimits Tiny = new(1, 1_000_000, 0, 1_000_000, 1);

    [Fact]
    public void Bodies_are_counted_where_they_are()
    {
        var queue = new TestQueue();
        Assert.Same(QueueSizes.None, queue.Decider.MeasureSizes());
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "bcd"));
        queue.Decider.Publish(1, 2, TestBatches.Transient("efghi", "jk"));
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 2));

        var sizes = queue.Decider.MeasureSizes();
        Assert.Equal((7, 4, 2, 2, 11), (sizes.ReadyBytes, sizes.UnsettledBytes, sizes.ReadyInMemory, sizes.UnsettledInMemory, sizes.BytesInMemory));
        Assert.Equal((2, 4, 0), (sizes.Persistent, sizes.PersistentBytes, sizes.PagedOut));

        queue.Settle(consumer, SettleOutcome.Accepted, first: 0);
        sizes = queue.Decider.MeasureSizes();
        Assert.Equal((2, 8, 1, 3), (sizes.ReadyBytes, sizes.UnsettledBytes, sizes.Persistent, sizes.PersistentBytes));
    }

    [Fact]
    public void Messages_of_several_priorities_are_all_counted()
    {
        var queue = new TestQueue(settings: new QueueSettings { MaxPriority = 5 });
        queue.Decider.Publish(1, 1, TestBatches.Of(new TestMessage("abc"u8.ToArray(), Priority: 4), new TestMessage("de"u8.ToArray(), Priority: 1), new TestMessage("f"u8.ToArray())));
        var sizes = queue.Decider.MeasureSizes();
        Assert.Equal((6, 3), (sizes.ReadyBytes, sizes.ReadyInMemory));
    }

    [Fact]
    public void What_is_in_the_journal_alone_is_taken_to_be_like_the_average()
    {
        var queue = new TestQueue(Tiny);
        for (var i = 1; i <= 10; i++)
        {
            queue.Decider.Publish(1, i, TestBatches.Persistent("0123456789"));
            queue.CommitAll();
        }

        var sizes = queue.Decider.MeasureSizes();
        Assert.Equal((100, 10, 100), (sizes.ReadyBytes, sizes.Persistent, sizes.PersistentBytes));
        Assert.InRange(sizes.ReadyInMemory, 1, 3);
        Assert.Equal((sizes.ReadyInMemory * 10, 0), (sizes.BytesInMemory, sizes.PagedOut));

        var asleep = sizes.OutOfMemory();
        Assert.Equal((100, 0, 0, 10), (asleep.ReadyBytes, asleep.ReadyInMemory, asleep.BytesInMemory, asleep.Persistent));
    }

    [Fact]
    public void Transient_messages_that_were_written_for_room_are_paged_out()
    {
        var queue = new TestQueue(Tiny with { PinnedBytesMax = 0 });
        for (var i = 1; i <= 4; i++)
        {
            queue.Decider.Publish(1, i, TestBatches.Transient("0123456789"));
            queue.Decider.Spill();
            queue.CommitAll();
        }

        var sizes = queue.Decider.MeasureSizes();
        Assert.Equal((40, 0), (sizes.ReadyBytes, sizes.Persistent));
        Assert.Equal(4, sizes.PagedOut + sizes.ReadyInMemory);
        Assert.InRange(sizes.PagedOut, 1, 3);
    }

    [Fact]
    public void Of_a_long_queue_as_much_is_looked_at_as_costs_little()
    {
        const int batches = 300;
        var queue = new TestQueue();
        string[] bodies = [.. Enumerable.Range(0, 100).Select(static i => new string('x', i))];
        for (var i = 1; i <= batches; i++)
        {
            queue.Decider.Publish(1, i, TestBatches.Persistent(bodies));
        }

        var sizes = queue.Decider.MeasureSizes();
        Assert.Equal((batches * 100, batches * 100), (sizes.ReadyInMemory, sizes.Persistent));
        Assert.InRange(sizes.ReadyBytes, batches * 4_950 * 0.98, batches * 4_950 * 1.02);
    }

    [Fact]
    public void A_queue_that_does_not_outlive_a_restart_holds_nothing_persistent()
    {
        var queue = new TestQueue(durable: false);
        queue.Decider.Publish(1, 1, TestBatches.Persistent("abc"));
        var sizes = queue.Decider.MeasureSizes();
        Assert.Equal((3, 0, 0), (sizes.ReadyBytes, sizes.Persistent, sizes.PersistentBytes));
    }

    [Fact]
    public void The_oldest_timestamp_is_that_of_a_message_at_the_head_or_held()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, TestBatches.Of(Stamped("a", "70"), Stamped("b", "50"), Stamped("c", "60")));
        Assert.Equal(70, queue.Decider.MeasureSizes().HeadTimestamp);
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        Assert.Equal(50, queue.Decider.MeasureSizes().HeadTimestamp);
        queue.Settle(consumer, SettleOutcome.Accepted, first: 0, count: 1);
        Assert.Equal(50, queue.Decider.MeasureSizes().HeadTimestamp);
        queue.Settle(consumer, SettleOutcome.Accepted, first: 1, count: 1);
        Assert.Equal(60, queue.Decider.MeasureSizes().HeadTimestamp);
        queue.Decider.Publish(1, 2, TestBatches.Persistent("without"));
        Assert.Equal(60, queue.Decider.MeasureSizes().HeadTimestamp);
    }

    [Fact]
    public void Deaths_are_counted_by_reason_and_by_what_becomes_of_them()
    {
        var queue = new TestQueue(settings: new QueueSettings { MaxLength = 1 });
        var counters = queue.Decider.Counters = new QueueCounters();
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b", "c"));
        Assert.Equal(2, counters.DeadLetters![null, DeathReason.MaxLength]);

        queue.Decider.Apply(new QueueSettings { DeadLetterExchange = "dlx" });
        queue.Settle(queue.Start(1, 1), SettleOutcome.Rejected, first: 2);
        Assert.Equal(1, counters.DeadLetters[DeadLetterStrategy.AtMostOnce, DeathReason.Rejected]);

        queue.Decider.Apply(new QueueSettings { DeadLetterExchange = "dlx", DeadLetterStrategy = DeadLetterStrategy.AtLeastOnce, MessageTtl = 0 });
        queue.Decider.StopConsumer(new ConsumerKey(1, 1));
        queue.Decider.Publish(1, 2, TestBatches.Persistent("d"));
        queue.CommitAll();
        Assert.Equal((0, 1, 1), (queue.Decider.MeasureSizes().ReadyBytes, queue.Decider.MeasureSizes().Dying, queue.Decider.MeasureSizes().DyingBytes));
        Assert.Equal((1, 0), (counters.DeadLetters[DeadLetterStrategy.AtLeastOnce, DeathReason.Expired], counters.DeadLetters.Confirmed));
        queue.Decider.DeadLettersDone(new PositionRange(3, 1));
        Assert.Equal(1, counters.DeadLetters.Confirmed);

        var total = new QueueCounters();
        total.Add(counters);
        total.Add(counters);
        Assert.Equal((4, 2), (total.DeadLetters![null, DeathReason.MaxLength], total.DeadLetters.Confirmed));
    }

    [Fact]
    public void Refused_publishes_count_as_dead_where_they_are_dead_lettered()
    {
        var queue = new TestQueue(settings: new QueueSettings { MaxLength = 1, Overflow = QueueOverflow.RejectPublishDeadLetter, DeadLetterExchange = "dlx" });
        var counters = queue.Decider.Counters = new QueueCounters();
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b", "c"));
        Assert.Equal(2, counters.DeadLetters![DeadLetterStrategy.AtMostOnce, DeathReason.MaxLength]);
        Assert.Equal(2, queue.Dead.Sum(static dead => dead.Messages.Count));
    }

    [Fact]
    public void Consumers_are_short_while_messages_wait_for_one_and_not_while_they_are_read_back()
    {
        var queue = new TestQueue(Tiny);
        var counters = queue.Decider.Counters = new QueueCounters();
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a"));
        Assert.Null(counters.ConsumerUse);

        queue.Decider.Publish(1, 2, TestBatches.Persistent("b"));
        Assert.True(counters.ConsumerUse!.IsShort);
        queue.Settle(consumer, SettleOutcome.Accepted, first: 0);
        Assert.False(counters.ConsumerUse.IsShort);

        for (var i = 3; i <= 8; i++)
        {
            queue.Decider.Publish(1, i, TestBatches.Persistent("c"));
            queue.CommitAll();
        }

        Assert.True(counters.ConsumerUse.IsShort);
        queue.Start(1, 2);
        Assert.NotEmpty(queue.Loads);
        Assert.False(counters.ConsumerUse.IsShort);
    }

    private static TestMessage Stamped(string body, string timestamp) =>
        new(Encoding.UTF8.GetBytes(body), Properties: TextFormat.Properties(("timestamp", timestamp)));
}
