using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using CsCheck;
using Xunit;
using static ActorBroker.Core.Tests.Messages.TestBatches;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What publishers send again to the next incarnation of a queue is recognized: nothing is lost, nothing is there twice.</summary>
public sealed class ResendSpec
{
    private static readonly LinkOpening First = new(77, 0, 0);

    private static readonly Gen<ModelCommand[]> Commands = Gen.Select(
        Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 1000],
        static (kind, a, b) => new ModelCommand(kind, a, b, 0)).Array[1, 150];

    private static readonly Gen<QueueMemoryLimits> Limits = Gen.Select(
        Gen.Int[1, 150], Gen.Int[0, 300], Gen.Int[1, 150],
        static (segment, pinned, write) => new QueueMemoryLimits(segment, pinned, 200, write, 2));

    private static readonly Gen<QueueSettings> Settings = Gen.Select(
        Gen.Int[0, 2], Gen.Long[1, 12],
        static (kind, length) => kind switch
        {
            0 => QueueSettings.Default,
            1 => new QueueSettings { Type = QueueType.Quorum },
            _ => new QueueSettings { MaxLength = length, Overflow = QueueOverflow.RejectPublish },
        });

    [Fact]
    public void What_publishers_send_again_after_crashes_is_there_once_and_in_order() =>
        Gen.Select(Limits, Settings, Commands).Sample(
            static (limits, settings, commands) => new ResendRun(limits, settings).Execute(commands), iter: 400);

    [Fact]
    public void What_the_journal_holds_is_known_and_the_rest_is_taken_as_perhaps_delivered()
    {
        var queue = new TestQueue();
        Assert.Equal(0, queue.Decider.OpenLink(1, First).KnownSequence);
        Publish(queue, 1, 1, Persistent("a"));
        queue.Commit();
        Publish(queue, 1, 2, Persistent("b"));

        queue = queue.Crash();
        Assert.Equal(1, queue.Decider.OpenLink(5, First with { SentSequence = 2 }).KnownSequence);
        Publish(queue, 5, 2, Persistent("b"));
        Publish(queue, 5, 3, Persistent("c"));
        queue.CommitAll();

        Assert.Equal("a b* c", queue.Drain());
        Assert.Equal((5, 3L, 3L), queue.Told[^1]);
    }

    [Fact]
    public void A_batch_that_is_here_already_is_told_of_and_one_before_which_another_is_missing_is_not_taken()
    {
        var queue = new TestQueue();
        queue.Decider.OpenLink(1, First);
        Publish(queue, 1, 1, Transient("a"));
        Assert.False(queue.Decider.ExpectsBatch(1, 1));
        Assert.Equal((1, 1L, 1L), queue.Told[^1]);

        Assert.False(queue.Decider.ExpectsBatch(1, 3));
        Assert.False(queue.Decider.ExpectsBatch(1, 4));
        Assert.Equal([(1, 2L)], queue.Missing);

        // Sent again from there, and the first of it is lost again.
        Assert.False(queue.Decider.ExpectsBatch(1, 3));
        Assert.Equal([(1, 2L), (1, 2L)], queue.Missing);
        Assert.True(queue.Decider.ExpectsBatch(1, 2));
    }

    [Fact]
    public void What_was_settled_before_its_turn_is_known_as_soon_as_something_else_is_written()
    {
        var queue = new TestQueue();
        queue.Decider.OpenLink(1, First);
        queue.Decider.OpenLink(2, First with { Publisher = 78 });
        var consumer = queue.Start(3, 1, TestQueue.Settings(prefetch: 2));
        Publish(queue, 2, 1, Persistent("x"));
        Publish(queue, 1, 1, Persistent("a"));
        queue.Settle(consumer, SettleOutcome.Accepted, 1);
        Publish(queue, 2, 2, Persistent("y"));
        queue.Commit();
        queue.Commit();

        queue = queue.Crash();

        Assert.Equal(1, queue.Decider.OpenLink(5, First with { SentSequence = 1 }).KnownSequence);
        Assert.Equal(2, queue.Decider.OpenLink(6, First with { Publisher = 78, SentSequence = 2 }).KnownSequence);
    }

    [Fact]
    public void Of_a_batch_of_which_messages_were_refused_it_is_known_that_they_may_have_been()
    {
        var queue = new TestQueue(settings: new QueueSettings { MaxLength = 2, Overflow = QueueOverflow.RejectPublish });
        queue.Decider.OpenLink(1, First);
        Publish(queue, 1, 1, Persistent("a"));
        Publish(queue, 1, 2, Persistent("b", "c"));
        Assert.Equal((1, 2L), (queue.Rejected[0].Connection, queue.Rejected[0].Sequence));
        queue.CommitAll();
        queue.StoreIndex();

        foreach (var next in new[] { queue.Crash(), queue.CrashWithoutIndex() })
        {
            var standing = next.Decider.OpenLink(5, First with { SentSequence = 2 });
            Assert.Equal(2, standing.KnownSequence);
            Assert.Equal([false, true], [standing.MayHaveRefused(1), standing.MayHaveRefused(2)]);
        }
    }

    [Fact]
    public void A_publisher_is_forgotten_when_its_connection_goes_or_when_it_has_not_come_for_an_hour()
    {
        var queue = new TestQueue();
        queue.Decider.OpenLink(1, First);
        Publish(queue, 1, 1, Persistent("a"));
        queue.CommitAll();
        queue.StoreIndex();

        var later = queue.Crash();
        later.Decider.AdvanceTo(3_600_000);
        Assert.Empty(later.Decider.Index().Marks);
        Assert.Single(queue.Crash().Decider.Index().Marks);

        queue.Decider.ConnectionClosed(1);
        Assert.Empty(queue.Decider.Index().Marks);
    }

    [Fact]
    public void What_is_written_of_a_connection_that_seems_to_be_gone_is_known_when_it_asks_elsewhere()
    {
        var queue = new TestQueue();
        queue.Decider.OpenLink(1, First);
        Publish(queue, 1, 1, Persistent("a"));
        Publish(queue, 1, 2, Persistent("b"));
        queue.Decider.ConnectionClosed(1, isHearsay: true);
        queue.CommitAll();
        Assert.Equal(2, queue.Crash().Decider.OpenLink(5, First with { SentSequence = 2 }).KnownSequence);
    }

    [Fact]
    public void A_snapshot_keeps_what_is_known_of_a_connection_that_seems_to_be_gone()
    {
        var queue = new TestQueue();
        queue.Decider.OpenLink(1, First);
        Publish(queue, 1, 1, Persistent("a"));
        queue.CommitAll();
        queue.Decider.ConnectionClosed(1, isHearsay: true);
        queue.StoreIndex();
        Assert.Equal(1, queue.Crash().Decider.OpenLink(5, First with { SentSequence = 1 }).KnownSequence);
    }

    private static void Publish(TestQueue queue, int connection, long sequence, MessageBatch batch)
    {
        Assert.True(queue.Decider.ExpectsBatch(connection, sequence));
        queue.Decider.Publish(connection, sequence, batch);
    }
}
