using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using Xunit;
using static ActorBroker.Core.Tests.Messages.TestBatches;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What a queue with x-retention keeps, and who reads it: single cases. QueueDeciderModelSpec has the rule.</summary>
public sealed class QueueHistorySpec
{
    private static readonly QueueSettings Keeps = new() { Retention = new Retention(null, 1_000_000) };

    // Every event is a segment of the history.
    private static readonly QueueMemoryLimits Small = TestQueue.Ample with { SegmentBytes = 1 };

    private long _sequence;

    [Fact]
    public void What_was_consumed_is_read_from_its_offset_and_stays_consumed()
    {
        var queue = new TestQueue(settings: Keeps);
        queue.Start(1, 1, TestQueue.Settings(noAck: true));
        Write(queue, "a", "b");
        Write(queue, "c");
        var reader = Read(queue, 2, "first");

        Assert.Equal("0a 1b 2c", OffsetsOf(queue, reader));
        Assert.Equal("2c", OffsetsOf(queue, Read(queue, 3, ArgumentValue.FromInt64(2))));
        Assert.Equal("2c", OffsetsOf(queue, Read(queue, 4, "last")));
        Assert.All(queue.Delivered.Where(static delivered => delivered.Consumer.ConsumerId > 1), static delivered => Assert.True(delivered.Segment.IsOfStream));
        Assert.Equal((0, 0, 3), (queue.Decider.ReadyCount, queue.Decider.UnsettledCount, queue.Decider.RetainedCount));
    }

    [Fact]
    public void A_reader_takes_nothing_from_the_queue_and_sees_what_comes()
    {
        var queue = new TestQueue(settings: Keeps with { SingleActiveConsumer = true });
        var reader = Read(queue, 1, "next");
        var exclusive = queue.Start(1, 2, TestQueue.Settings(prefetch: 1));
        Write(queue, "a", "b");

        Assert.Equal("a", queue.TextOf(exclusive));
        Assert.Equal("0a 1b", OffsetsOf(queue, reader));
        Assert.Equal((2, 1, 1), (queue.Decider.ConsumerCount, queue.Decider.ReadyCount, queue.Decider.UnsettledCount));
        queue.Settle(reader, SettleOutcome.Rejected, 0, 2);
        queue.Decider.CloseConsumer(reader);
        Assert.Equal((1, 1, 1), (queue.Decider.ConsumerCount, queue.Decider.ReadyCount, queue.Decider.UnsettledCount));
        Assert.False(queue.Decider.CanBeForgotten);
    }

    [Fact]
    public void A_reader_has_to_settle_and_to_say_how_much_it_takes()
    {
        var queue = new TestQueue(settings: Keeps);
        var arguments = ArgumentTable.Of(("x-stream-offset", ArgumentValue.FromString("first")));

        var unlimited = queue.Decider.StartConsumer(new ConsumerKey(1, 1), TestQueue.Settings() with { Arguments = arguments }, "queue 'q'");
        var careless = queue.Decider.StartConsumer(new ConsumerKey(1, 1), TestQueue.Settings(5, noAck: true) with { Arguments = arguments }, "queue 'q'");

        Assert.Equal("consumer prefetch count is not set for the history of queue 'q'", unlimited!.Text);
        Assert.Equal("automatic acknowledgement not supported by the history of queue 'q'", careless!.Text);
    }

    [Fact]
    public void Settled_before_its_turn_came_a_message_is_written_all_the_same_and_holds_publishers_back_until_then()
    {
        var queue = new TestQueue(TestQueue.Ample with { PinnedBytesMax = 20 }, settings: Keeps);
        queue.Start(1, 1, TestQueue.Settings(noAck: true));
        queue.Decider.Publish(1, 1, Persistent("first"));
        queue.Decider.Publish(1, 2, Persistent("settled before it is written"));

        Assert.Equal(0, queue.Decider.ReadyCount);
        Assert.True(queue.Decider.IsWithholding);
        queue.CommitAll();
        Assert.False(queue.Decider.IsWithholding);
        Assert.Equal((1, 2, 2), queue.Told[^1]);
        Assert.Equal("0first 1settled before it is written", OffsetsOf(queue, Read(queue, 2, "first")));
        var next = queue.Crash();
        Assert.Equal(0, next.Decider.ReadyCount);
        Assert.Equal("0first 1settled before it is written", OffsetsOf(next, Read(next, 2, "first")));
    }

    [Fact]
    public void Transient_messages_are_kept_without_their_confirm_waiting_for_it_and_leave_the_queue_with_a_restart()
    {
        var queue = new TestQueue(settings: Keeps);
        queue.Decider.Publish(1, 1, Transient("a"));
        Assert.Equal((1, 1, 1), queue.Told[^1]);
        queue.CommitAll();
        Write(queue, "b");
        var next = queue.Crash();

        Assert.Equal("b", next.Drain());
        Assert.Equal("0a 1b", OffsetsOf(next, Read(next, 2, "first")));
    }

    [Fact]
    public void Whatever_becomes_of_a_message_in_the_queue_it_is_kept()
    {
        var queue = new TestQueue(settings: Keeps with { MessageTtl = 1000, DeadLetterExchange = "dlx", MaxLength = 3 });
        Write(queue, "dropped", "purged", "x", "y");
        queue.Purge();
        queue.CommitAll();
        Write(queue, "expires");
        queue.Decider.AdvanceTo(5000);
        queue.CommitAll();
        var consumer = queue.Start(1, 1, TestQueue.Settings());
        Write(queue, "rejected");
        queue.Settle(consumer, SettleOutcome.Rejected, 5);
        queue.CommitAll();
        queue.Decider.Commit(1, 4, Persistent("committed"), []);
        queue.CommitAll();
        queue.Settle(consumer, SettleOutcome.Accepted, 6);
        queue.CommitAll();

        var next = queue.Crash();
        Assert.Equal("", next.Drain());
        Assert.Equal("0dropped 1purged 2x 3y 4expires 5rejected 6committed", OffsetsOf(next, Read(next, 2, "first")));
    }

    [Fact]
    public void A_share_of_a_transaction_is_in_the_history_when_it_is_committed()
    {
        var (kept, undone) = (new TransactionId(new Guid(1, 2, 3, new byte[8])), new TransactionId(new Guid(4, 5, 6, new byte[8])));
        var queue = new TestQueue(settings: Keeps);
        queue.Decider.Prepare(1, 1, kept, Transient("t"), []);
        queue.Decider.Prepare(1, 2, undone, Persistent("undone"), []);
        queue.CommitAll();
        Assert.Equal(0, queue.Decider.RetainedCount);
        queue.Decider.End(undone, committed: false);
        queue.Decider.End(kept, committed: true);
        queue.CommitAll();

        Assert.Equal("0t", OffsetsOf(queue, Read(queue, 2, "first")));
    }

    [Fact]
    public void Positions_of_refused_messages_are_gaps_that_readers_pass_over()
    {
        var settings = Keeps with { MaxLength = 1, Overflow = QueueOverflow.RejectPublishDeadLetter, DeadLetterExchange = "dlx" };
        var queue = new TestQueue(settings: settings);
        Write(queue, "a", "refused", "refused too");
        queue.Purge();
        queue.CommitAll();
        Write(queue, "b");

        Assert.Equal("0a 3b", OffsetsOf(queue, Read(queue, 2, "first")));
        Assert.Equal(2, queue.Decider.RetainedCount);
        queue.StoreIndex();
        var next = queue.Crash();
        Assert.Equal(2, next.Decider.RetainedCount);
        var reader = Read(next, 2, ArgumentValue.FromInt64(1));
        Assert.Equal("3b", OffsetsOf(next, reader));
        Assert.Equal(0, next.Decider.LostCount);
    }

    [Fact]
    public void The_oldest_segments_leave_when_the_history_is_too_large_and_their_events_with_them()
    {
        // 13 bytes a record.
        var queue = new TestQueue(Small, settings: new QueueSettings { Retention = new Retention(null, 40) });
        queue.Start(1, 1, TestQueue.Settings(noAck: true));
        for (var i = 0; i < 10; i++)
        {
            Write(queue, $"{i}");
        }

        Assert.Equal((3, 39), (queue.Decider.RetainedCount, queue.Decider.RetainedBytes));
        queue.StoreIndex();
        queue.Journal.Trim();
        Assert.True(queue.Journal.TrimmedTo > 5);
        var next = queue.Crash();
        Assert.Equal("77 88 99", OffsetsOf(next, Read(next, 2, "first")));
    }

    [Fact]
    public void A_history_runs_empty_by_age_and_goes_on_behind_what_left()
    {
        var queue = new TestQueue(Small, settings: new QueueSettings { Retention = new Retention(1000, null) });
        var consumer = queue.Start(1, 1, TestQueue.Settings(noAck: true));
        Write(queue, "a");
        Assert.Equal(1001, queue.Decider.NextDue);
        queue.Decider.AdvanceTo(1001);

        Assert.Equal((0, 0), (queue.Decider.RetainedCount, queue.Decider.RetainedBytes));
        Assert.Equal((null, long.MaxValue), (queue.Decider.NextDue, queue.Decider.FirstLiveSequenceNr));
        queue.Decider.CloseConsumer(consumer);
        Assert.True(queue.Decider.CanBeForgotten);
        var reader = Read(queue, 2, "first");
        Write(queue, "b");
        Assert.Equal("1b", OffsetsOf(queue, reader));
    }

    [Fact]
    public void Retention_by_policy_keeps_what_is_written_from_then_on_until_it_is_taken_back()
    {
        var queue = new TestQueue(settings: QueueSettings.Default);
        Write(queue, "a");
        queue.Apply(Keeps);
        queue.CommitAll();
        Write(queue, "b");
        queue = queue.Crash();
        var reader = Read(queue, 2, "first");
        Assert.Equal("1b", OffsetsOf(queue, reader));

        queue.Apply(QueueSettings.Default);
        queue.CommitAll();
        Assert.Equal([reader], queue.Cancelled);
        Assert.Equal((0, 0), (queue.Decider.RetainedCount, queue.Decider.ConsumerCount));
        queue = queue.Crash();
        Assert.Equal(0, queue.Decider.RetainedCount);
        Assert.Equal("a b", queue.Drain());
    }

    [Fact]
    public void What_was_there_before_and_is_spilled_late_is_not_read()
    {
        var queue = new TestQueue(TestQueue.Ample with { PinnedBytesMax = 0 });
        queue.Decider.Publish(1, 1, Transient("before"));
        queue.Apply(Keeps);
        queue.CommitAll();
        Write(queue, "a");
        queue.Decider.Spill();
        queue.CommitAll();
        Write(queue, "b");

        Assert.Equal("1a 2b", OffsetsOf(queue, Read(queue, 2, "first")));
        queue = queue.Crash();
        Assert.Equal("1a 2b", OffsetsOf(queue, Read(queue, 2, "first")));
        Assert.Equal((2, 0), (queue.Decider.RetainedCount, queue.Decider.LostCount));
    }

    [Fact]
    public void A_transient_queue_keeps_nothing()
    {
        var queue = new TestQueue(durable: false, settings: Keeps);
        queue.Decider.Publish(1, 1, Persistent("a"));

        Assert.Empty(queue.Uncommitted);
        Assert.False(queue.Decider.KeepsHistory);
    }

    [Fact]
    public void Nothing_of_a_history_is_in_memory_while_nobody_reads_it()
    {
        var queue = new TestQueue(settings: Keeps);
        queue.Start(1, 1, TestQueue.Settings(noAck: true));
        Write(queue, "a");
        Write(queue, "b");
        var reader = Read(queue, 2, "first", answerLoads: false);
        Assert.Single(queue.Loads);
        Write(queue, "c");
        queue.AnswerLoads();
        Assert.Equal("0a 1b 2c", OffsetsOf(queue, reader));
        Assert.Empty(queue.Loads);

        queue.Decider.CloseConsumer(reader);
        Read(queue, 3, "first", answerLoads: false);
        Assert.NotEmpty(queue.Loads);
    }

    [Fact]
    public void What_is_lost_of_queue_and_history_counts_once()
    {
        var queue = new TestQueue(new QueueMemoryLimits(40, 0, 1_000, 1_000, 1), settings: Keeps);
        Write(queue, "a", "b");
        Write(queue, "c", "d");
        queue.StoreIndex();
        var next = queue.Crash();
        next.Start(1, 1, TestQueue.Settings(noAck: true));
        Lose(next, static placed => placed.FirstPosition == 0);
        Assert.Equal(2, next.Decider.LostCount);
        Assert.Equal("2c 3d", OffsetsOf(next, Read(next, 2, "first", answerLoads: false), whileLosing: static placed => placed.FirstPosition == 0));
        Assert.Equal(2, next.Decider.LostCount);

        var other = queue.Crash();
        Assert.Equal("2c 3d", OffsetsOf(other, Read(other, 2, "first", answerLoads: false), whileLosing: static placed => placed.FirstPosition == 0));
        other.Start(1, 1, TestQueue.Settings(noAck: true));
        Lose(other, static placed => placed.FirstPosition == 0);
        Assert.Equal(2, other.Decider.LostCount);
    }

    [Fact]
    public void A_replay_counts_as_lost_what_was_consumed_but_kept()
    {
        var queue = new TestQueue(settings: Keeps);
        queue.Decider.RecoverWrite(new QueueWrite([new PlacedBatch(0, Persistent("a", "b"))], [], 0), 1, 0);
        queue.Decider.RecoverLost(new PositionRange(2, 3));
        queue.Decider.RecoverWrite(new QueueWrite([], [new PositionRange(1, 2)], 0), 3, 0);
        queue.Decider.RecoveryCompleted();

        Assert.Equal(3, queue.Decider.LostCount);
        Assert.Equal(2, queue.Decider.RetainedCount);
        Assert.Equal(5, queue.Decider.NextOffsetOf(Read(queue, 1, "next")));
    }

    [Fact]
    public void What_is_copied_out_of_the_way_is_not_read_twice_and_what_is_kept_is_not_copied()
    {
        var queue = new TestQueue(Small with { DeadBytesMax = 500 }, settings: new QueueSettings { Retention = new Retention(null, 2_000) });
        var stays = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        Write(queue, "stays");
        queue.Start(1, 2, TestQueue.Settings(noAck: true, window: int.MaxValue));
        var copies = 0;
        for (var i = 0; i < 400; i++)
        {
            var body = $"{i:0000}-and-fifty-bytes-more-to-make-the-journal-grow-a-little";
            queue.Decider.Publish(1, ++_sequence, Persistent(body));
            while (queue.Uncommitted.Count > 0)
            {
                copies += queue.Uncommitted.Peek().Write?.Copies.Length ?? 0;
                queue.Commit();
                if (queue.Decider.ReclaimSpace(queue.Journal.TrimmedTo))
                {
                    queue.StoreIndex();
                    queue.Journal.Trim();
                }

                queue.AnswerLoads();
            }
        }

        Assert.InRange(copies, 1, 60);
        Assert.InRange(queue.Journal.SizeBytes, 2_000, 6_000);
        var reader = Read(queue, 9, "first");
        var read = OffsetsOf(queue, reader).Split(' ');
        Assert.Equal(queue.Decider.RetainedCount, read.Length);
        Assert.Equal(read.Distinct(), read);
        Assert.Equal("stays", queue.TextOf(stays));
    }

    private void Write(TestQueue queue, params string[] bodies)
    {
        queue.Decider.Publish(1, ++_sequence, Persistent(bodies));
        queue.CommitAll();
    }

    private static ConsumerKey Read(TestQueue queue, int id, string offset, bool answerLoads = true) =>
        Read(queue, id, ArgumentValue.FromString(offset), answerLoads);

    private static ConsumerKey Read(TestQueue queue, int id, ArgumentValue offset, bool answerLoads = true)
    {
        var reader = queue.Start(1, id, TestQueue.Settings(prefetch: 1000, window: int.MaxValue) with { Arguments = ArgumentTable.Of(("x-stream-offset", offset)) });
        if (answerLoads)
        {
            queue.AnswerLoads();
        }

        return reader;
    }

    private static string OffsetsOf(TestQueue queue, ConsumerKey reader, Predicate<PlacedBatch>? whileLosing = null)
    {
        if (whileLosing is not null)
        {
            Lose(queue, whileLosing);
        }

        return string.Join(' ', queue.Delivered
            .Where(delivered => delivered.Consumer == reader)
            .SelectMany(static delivered => Enumerable.Range(0, delivered.Segment.Count)
                .Select(i => $"{delivered.Segment.FirstPosition + i}{BodyText(delivered.Segment, i)}")));
    }

    private static void Lose(TestQueue queue, Predicate<PlacedBatch> isDamaged)
    {
        while (queue.Loads.Count > 0)
        {
            var address = queue.Loads[0];
            queue.Loads.RemoveAt(0);
            var batches = queue.Journal.Read(address);
            queue.Decider.SegmentLoaded(address, batches.FindAll(placed => !isDamaged(placed)), batches.Exists(isDamaged));
        }
    }
}
