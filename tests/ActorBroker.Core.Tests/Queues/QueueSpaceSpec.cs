using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using Xunit;
using static ActorBroker.Core.Tests.Messages.TestBatches;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What a message that stays holds up in the journal is given back: single cases. QueueDeciderModelSpec has the rule.</summary>
public sealed class QueueSpaceSpec
{
    private const int DeadBytesMax = 20_000;
    private static readonly ConsumerKey Getter = new(9, -1);

    // Next to nothing stays in memory, so that what is copied is read back first.
    private static readonly QueueMemoryLimits Small = new(400, 400, 400, 1000, 1) { DeadBytesMax = DeadBytesMax };

    private static readonly QueueSettings Prioritized = new() { MaxPriority = 1 };

    [Fact]
    public void One_message_that_stays_does_not_keep_what_comes_after_it()
    {
        var queue = new TestQueue(Small);
        var stays = Stuck(queue);
        var largest = ServeTraffic(queue, 3000);

        Assert.InRange(largest, 1000, DeadBytesMax);
        Assert.True(queue.Journal.TrimmedTo > 4000);
        Assert.Equal("stays", queue.TextOf(stays));
        Assert.Equal("stays*", queue.Crash().Drain());
    }

    [Fact]
    public void A_message_that_nobody_settles_but_returns_again_and_again_does_not_keep_the_notes_of_that()
    {
        var queue = new TestQueue(Small, settings: new QueueSettings { Type = QueueType.Quorum });
        queue.Decider.Publish(1, 1, Persistent("returns"));
        queue.CommitAll();
        var consumer = queue.Start(1, 1);
        for (var i = 0; i < 2000; i++)
        {
            queue.Settle(consumer, SettleOutcome.Requeued, 0);
            queue.Decider.FlushSettlements();
            CommitAndReclaim(queue);
        }

        Assert.InRange(queue.Journal.LastSequenceNr - queue.Journal.TrimmedTo, 1, 2 * DeadBytesMax / 128);
        Assert.Equal("returns*", queue.Crash().Drain());
    }

    [Fact]
    public void Messages_that_others_overtake_keep_their_order_and_little_beside_them()
    {
        var queue = new TestQueue(Small, settings: Prioritized);
        var kept = new List<string>();
        for (var i = 0; i < 1500; i++)
        {
            var high = new TestMessage(Encoding.UTF8.GetBytes($"high {i:0000} {new string('h', 150)}"), Persistent: true, Priority: 1);
            kept.Add($"low-{i:0000}");
            queue.Decider.Publish(1, i + 1, Of(new TestMessage(Encoding.UTF8.GetBytes(kept[i]), Persistent: true), high));
            CommitAndReclaim(queue);
            queue.Decider.Take(Getter, i, noAck: true);
            queue.Decider.FlushSettlements();
            CommitAndReclaim(queue);
            Assert.InRange(queue.Journal.SizeBytes, 0, (3 * DeadBytesMax) + (3 * kept.Sum(static body => body.Length + MessageRecord.HeaderSize)));
        }

        Assert.Equal(kept, BodiesOf(queue.Crash().Drain()));
        queue.Gets.Clear();
        Assert.Equal(kept, BodiesOf(queue.Drain()));
    }

    [Fact]
    public void Copies_that_are_lost_or_have_just_been_written_change_nothing()
    {
        var queue = new TestQueue(Small);
        Stuck(queue);
        queue.StoreIndex();
        ServeUntilCopied(queue);
        Assert.Equal("stays*", queue.Crash().Drain());
        queue.CommitAll();
        Assert.Equal("stays*", queue.Crash().Drain());
        queue.StoreIndex();
        Assert.Equal("stays*", queue.Crash().Drain());
        Assert.Equal("stays*", queue.CrashWithoutIndex().Drain());
        var before = queue.Journal.SizeBytes;
        queue.Journal.Trim();
        Assert.True(queue.Journal.SizeBytes < before / 10);
        Assert.Equal("stays*", queue.Crash().Drain());
    }

    [Fact]
    public void A_replay_from_before_the_copies_finds_them_though_the_originals_are_deleted()
    {
        var queue = new TestQueue(Small);
        Stuck(queue);
        queue.StoreIndex();
        var before = queue.Journal.Snapshot;
        ServeUntilCopied(queue);
        queue.CommitAll();
        queue.StoreIndex();
        queue.Journal.Trim();

        queue.Journal.Snapshot = before;
        Assert.Equal("stays*", queue.Crash().Drain());
    }

    [Fact]
    public void What_the_journal_holds_for_nothing_is_known_after_a_restart()
    {
        var queue = new TestQueue(Small);
        Stuck(queue);
        ServeUntilCopied(queue);
        queue.StoreIndex();
        var next = queue.Crash();
        next.Decider.Publish(1, 1, Persistent("more"));
        CommitAndReclaim(next);

        Assert.InRange(next.Journal.SizeBytes, 1, 100);
        Assert.Equal("stays* more", next.Drain());
    }

    [Fact]
    public void A_segment_that_cannot_be_read_back_stays_where_it_is()
    {
        var queue = new TestQueue(Small with { ResidentBytesMax = 0 });
        Stuck(queue);
        for (var i = 0; i < 1000 && queue.Loads.Count == 0; i++)
        {
            ServeOne(queue, reclaim: false);
            queue.Decider.ReclaimSpace(0);
        }

        var first = queue.Decider.FirstLiveSequenceNr;
        queue.Decider.SegmentLoaded(queue.Loads[0], [], isDamaged: false);
        queue.Loads.Clear();
        ServeTraffic(queue, 1000);

        Assert.Equal(first, queue.Decider.FirstLiveSequenceNr);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public void Runs_of_events_are_known_to_a_small_part_of_all(int count)
    {
        var space = new JournalSpace(grainBytes: 100);
        for (var i = 1; i <= count; i++)
        {
            space.Add(new JournalRun(i, 10));
        }

        Assert.Equal(count * 10L, space.Total);
        Assert.InRange(space.Runs(0).Length, 1, 128);
        for (var from = 1; from <= count; from += 1 + (count / 37))
        {
            Assert.InRange(space.From(from), (count - from + 1) * 10L, ((count - from + 1) * 10L) + 100 + (count * 10L / 20));
        }

        space.Forget(count / 2);
        Assert.InRange(space.Total, count * 5L, (count * 5L) + 100 + (count * 10L / 20));
        Assert.Equal(0, space.From(count + 1));
    }

    private static string[] BodiesOf(string text) => text.Split(' ').Select(static body => body.TrimEnd('*')).ToArray();

    // The first message is held, all others are served to another consumer.
    private static ConsumerKey Stuck(TestQueue queue)
    {
        var stays = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        queue.Decider.Publish(1, 1, Persistent("stays"));
        queue.CommitAll();
        queue.Start(1, 2, TestQueue.Settings(window: int.MaxValue));
        return stays;
    }

    // Until copies are on their way to the journal.
    private static void ServeUntilCopied(TestQueue queue)
    {
        for (var i = 0; i < 1000 && !queue.Uncommitted.Any(static pending => pending.Write?.Copies.Length > 0); i++)
        {
            ServeOne(queue, reclaim: false);
            queue.Decider.ReclaimSpace(0);
            queue.AnswerLoads();
        }

        Assert.Contains(queue.Uncommitted, static pending => pending.Write?.Copies.Length > 0);
    }

    private static long ServeTraffic(TestQueue queue, int count)
    {
        var largest = 0L;
        for (var i = 0; i < count; i++)
        {
            ServeOne(queue, reclaim: true);
            largest = Math.Max(largest, queue.Journal.SizeBytes);
        }

        return largest;
    }

    private static void ServeOne(TestQueue queue, bool reclaim)
    {
        var position = queue.Decider.Index().NextPosition;
        queue.Decider.Publish(1, position + 1, Persistent($"message {position:0000} of a hundred bytes or so, which is what makes the journal grow"));
        queue.Commit();
        queue.Settle(new ConsumerKey(1, 2), SettleOutcome.Accepted, position);
        queue.Decider.FlushSettlements();
        if (reclaim)
        {
            CommitAndReclaim(queue);
        }
        else
        {
            queue.CommitAll();
        }
    }

    // What the actor does after each write, until there is nothing to do.
    private static void CommitAndReclaim(TestQueue queue)
    {
        for (var i = 0; queue.Commit(); i++)
        {
            Assert.InRange(i, 0, 1000);
            if (queue.Decider.ReclaimSpace(queue.Journal.TrimmedTo))
            {
                queue.StoreIndex();
                queue.Journal.Trim();
            }

            queue.AnswerLoads();
        }
    }
}
