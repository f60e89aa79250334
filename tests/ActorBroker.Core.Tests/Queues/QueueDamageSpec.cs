using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Xunit;
using static ActorBroker.Core.Tests.Messages.TestBatches;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>Messages that the journal holds damaged are gone, and nothing else is.</summary>
public sealed class QueueDamageSpec
{
    // Two messages a segment, and no body stays in memory that the journal has.
    private static readonly QueueMemoryLimits Tiny = new(40, 0, 1_000, 1_000, 1);

    [Fact]
    public void What_a_damaged_event_held_leaves_the_queue_and_the_rest_is_delivered()
    {
        var queue = Backlog();
        var consumer = queue.Start(1, 1, TestQueue.Settings(noAck: true));
        var lost = AnswerLoads(queue, static placed => placed.FirstPosition is 2 or 3);

        Assert.Equal("a b e f", queue.TextOf(consumer));
        Assert.Equal(2, lost);
        Assert.Equal(2, queue.Decider.LostCount);
        Assert.Equal(0, queue.Decider.ReadyCount);
        queue.CommitAll();
        Assert.Equal(long.MaxValue, queue.Decider.FirstLiveSequenceNr);
        Assert.Equal("", queue.Crash().Drain());
    }

    [Fact]
    public void What_could_not_be_read_for_another_reason_is_there_after_a_restart()
    {
        var queue = Backlog();
        queue.Start(1, 1, TestQueue.Settings(noAck: true));
        while (queue.Loads.Count > 0)
        {
            var address = queue.Loads[0];
            queue.Loads.RemoveAt(0);
            queue.Decider.SegmentLoaded(address, [], isDamaged: false);
        }

        queue.CommitAll();
        Assert.Equal(0, queue.Decider.LostCount);
        Assert.Contains("c", queue.Crash().Drain(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_replay_counts_what_was_not_settled_and_gives_no_position_twice()
    {
        var queue = new TestQueue();
        queue.Decider.RecoverWrite(new QueueWrite([new PlacedBatch(0, Persistent("a", "b"))], [], 0), 1, 0);
        queue.Decider.RecoverLost(new PositionRange(2, 3));
        queue.Decider.RecoverWrite(new QueueWrite([], [new PositionRange(1, 2)], 0), 3, 0);
        queue.Decider.RecoveryCompleted();

        Assert.Equal(2, queue.Decider.LostCount);
        Assert.Equal(1, queue.Decider.ReadyCount);
        Assert.Equal(5, queue.Decider.Index().NextPosition);
        Assert.Equal("a", queue.Drain());
    }

    [Fact]
    public void A_write_that_was_rejected_and_written_again_and_is_found_twice_counts_once()
    {
        var queue = new TestQueue();
        var write = new QueueWrite([new PlacedBatch(1, Persistent("b", "c"))], [new PositionRange(0, 2)], 0);
        queue.Decider.RecoverWrite(new QueueWrite([new PlacedBatch(0, Persistent("a"))], [], 0), 1, 0);
        queue.Decider.RecoverWrite(write, 2, 0);
        queue.Decider.RecoverWrite(write, 3, 0);
        queue.Decider.RecoveryCompleted();

        Assert.Equal(1, queue.Decider.ReadyCount);
        Assert.Equal(3, queue.Decider.Index().NextPosition);
        Assert.Equal("c", queue.Drain());
    }

    private static TestQueue Backlog()
    {
        var queue = new TestQueue(Tiny);
        foreach (var (sequence, text) in "abcdef".Index())
        {
            queue.Decider.Publish(1, sequence + 1, Persistent(text.ToString()));
            queue.CommitAll();
        }

        queue.StoreIndex();
        return queue.Crash();
    }

    private static long AnswerLoads(TestQueue queue, Predicate<PlacedBatch> isDamaged)
    {
        var lost = 0L;
        while (queue.Loads.Count > 0)
        {
            var address = queue.Loads[0];
            queue.Loads.RemoveAt(0);
            var batches = queue.Journal.Read(address);
            lost += queue.Decider.SegmentLoaded(
                address, batches.FindAll(placed => !isDamaged(placed)), batches.Exists(isDamaged));
        }

        return lost;
    }
}
