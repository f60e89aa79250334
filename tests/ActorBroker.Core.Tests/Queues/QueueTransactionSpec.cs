using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using CsCheck;
using Xunit;
using static ActorBroker.Core.Tests.Messages.TestBatches;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>A batch and settlements that take effect together.</summary>
public sealed class QueueTransactionSpec
{
    [Fact]
    public void A_crash_leaves_all_of_it_or_nothing()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a", "b", "c"));
        queue.CommitAll();
        var consumer = queue.Start(1, 1);
        queue.Decider.FlushSettlements();
        queue.CommitAll();

        // Another write is under way, so that the transaction waits.
        queue.Decider.Publish(2, 1, Persistent("d"));
        Commit(queue, 1, 2, Persistent("e"), (consumer, SettleOutcome.Accepted, 0, 2));
        Assert.True(queue.Commit());
        Assert.Equal("a b c d", Unmarked(queue.CrashWithoutIndex()));
        queue.StoreIndex();
        Assert.Equal("a b c d", Unmarked(queue.Crash()));

        Assert.True(queue.Commit());
        Assert.Equal("c d e", Unmarked(queue.CrashWithoutIndex()));
        queue.StoreIndex();
        Assert.Equal("c d e", Unmarked(queue.Crash()));
        Assert.Equal((1, 2L, 2L), queue.Told[^1]);
    }

    [Fact]
    public void What_it_settles_is_not_delivered_again_though_its_consumer_ends_before_the_commit()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a", "b"));
        queue.CommitAll();
        var consumer = queue.Start(1, 1);
        Commit(queue, 1, 2, Persistent("c"), (consumer, SettleOutcome.Accepted, 0, 1), (consumer, SettleOutcome.Requeued, 1, 1));

        queue.Decider.ConnectionClosed(1);

        Assert.Equal("b c", Unmarked(queue));
        queue.CommitAll();
        Assert.Equal(0, queue.Decider.ReadyCount + queue.Decider.UnsettledCount);
        Assert.Equal("", queue.Crash().Drain());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_messages_that_need_no_write_a_durable_queue_writes_what_is_settled_before_it_confirms(bool durable)
    {
        var queue = new TestQueue(durable: durable);
        queue.Decider.Publish(1, 1, durable ? Persistent("a") : Transient("a"));
        queue.CommitAll();
        var consumer = queue.Start(1, 1);

        Commit(queue, 1, 2, Transient("b"), (consumer, SettleOutcome.Accepted, 0, 1));

        Assert.Equal((1, 2L, durable ? 1L : 2L), queue.Told[^1]);
        queue.CommitAll();
        Assert.Equal((1, 2L, 2L), queue.Told[^1]);
        Assert.Equal("", queue.Crash().Drain());
    }

    [Fact]
    public void Messages_that_are_gone_before_their_write_do_not_take_the_settlements_with_them()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, Persistent("a"));
        queue.CommitAll();
        var consumer = queue.Start(1, 1);
        queue.Decider.Publish(2, 1, Persistent("under way"));
        queue.Decider.StopConsumer(consumer);
        Commit(queue, 1, 2, Persistent("b"), (consumer, SettleOutcome.Accepted, 0, 1));
        queue.Start(3, 1, TestQueue.Settings(noAck: true));

        queue.CommitAll();

        Assert.Equal((1, 2L, 2L), queue.Told.FindLast(static told => told.Connection == 1));
        Assert.Equal("under way", Unmarked(queue.Crash()));
    }

    [Fact]
    public void Whatever_is_committed_when_a_crash_leaves_whole_transactions() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool).Array[1, 40].Sample(steps =>
        {
            var queue = new TestQueue(TestQueue.Ample with { SegmentBytes = 60, WriteBytesMax = 40 });
            queue.Decider.Publish(1, 1, Persistent([.. Enumerable.Range(0, 50).Select(static i => $"in{i}")]));
            queue.CommitAll();
            var consumer = queue.Start(1, 1);
            var (next, sequence, stored) = (0, 2L, false);
            foreach (var (kind, store) in steps)
            {
                if (kind < 2 && next < 50)
                {
                    // Message n goes, and out-n comes.
                    Commit(queue, 1, sequence++, Persistent($"out{next}"), (consumer, SettleOutcome.Accepted, next, 1));
                    next++;
                }
                else
                {
                    queue.Commit();
                }

                if (store)
                {
                    queue.StoreIndex();
                    stored = true;
                }

                Check(queue.CrashWithoutIndex());
                if (stored)
                    Check(queue.Crash());
            }
        });

    private static void Check(TestQueue queue)
    {
        var left = queue.Drain().Replace("*", "", StringComparison.Ordinal).Split(' ').ToHashSet();
        for (var i = 0; i < 50; i++)
            Assert.True(left.Contains($"in{i}") != left.Contains($"out{i}"), $"in{i} and out{i} in {string.Join(' ', left)}");
    }

    private static string Unmarked(TestQueue queue) => queue.Drain().Replace("*", "", StringComparison.Ordinal);

    private static void Commit(
        TestQueue queue, int connection, long sequence, MessageBatch batch, params (ConsumerKey Consumer, SettleOutcome Outcome, long First, long Count)[] settlements) =>
        queue.Decider.Commit(connection, sequence, batch, [.. settlements.Select(static settled =>
            new HeldSettlement(settled.Consumer, settled.Outcome, new PositionRange(settled.First, settled.Count)))]);
}
