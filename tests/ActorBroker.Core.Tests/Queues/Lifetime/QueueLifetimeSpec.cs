using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Core.Tests.Queues.Lanes;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Lifetime;

/// <summary>What random commands do not show: consumers that hold messages for too long, and settings that change.</summary>
public sealed class QueueLifetimeSpec
{
    private static readonly QueueSettings DeadLettering = new() { DeadLetterExchange = "dlx" };

    [Fact]
    public void A_short_lived_message_behind_a_long_lived_one_leaves_on_time()
    {
        var queue = new TestQueue(settings: DeadLettering with { MessageTtl = 10_000 });
        queue.Decider.Publish(1, 1, TestBatches.Of(Message("long"), Message("short", expiration: "200")));

        Assert.Equal(200, queue.Decider.NextDue);
        queue.Decider.AdvanceTo(200);

        Assert.Equal("long", queue.Drain());
        var dead = Assert.Single(queue.Dead);
        Assert.Equal(("short", DeathReason.Expired), (TestBatches.BodyText(dead.Messages, 0), dead.Reason));
    }

    [Fact]
    public void A_message_without_any_lifetime_is_delivered_at_once_or_never()
    {
        var queue = new TestQueue(settings: DeadLettering with { MessageTtl = 0 });
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("taken", "expired"));

        Assert.Equal("taken", queue.TextOf(consumer));
        Assert.Equal("expired", TestBatches.BodyText(Assert.Single(queue.Dead).Messages, 0));

        queue.Settle(consumer, SettleOutcome.Requeued, first: 0);
        Assert.Equal([0L, 1], queue.Dead.Select(static dead => dead.Messages.FirstPosition).Order());
    }

    [Fact]
    public void A_history_keeps_the_last_messages_whatever_lifetime_they_have_and_who_reads_them_takes_nothing()
    {
        var settings = new QueueSettings { Stage = new Stage("h", StageKind.History), MaxLength = 3 };
        var queue = new TestQueue(settings: settings);
        queue.Decider.Publish(1, 1, TestBatches.Of(Message("a", "1"), Message("b", "0"), Message("c", "1"), Message("d", "0")));
        queue.Decider.AdvanceTo(100_000);
        Assert.Null(queue.Decider.NextDue);

        var reader = queue.Start(2, 1);
        Assert.Equal("b c d", queue.TextOf(reader));
        queue.Decider.Publish(1, 2, TestBatches.Of(Message("e", "1")));
        Assert.Equal("b c d e", queue.TextOf(reader));
        queue.Decider.CloseConsumer(reader);
        Assert.Equal(3, queue.Decider.ReadyCount);
        Assert.Empty(queue.Dead);
        Assert.Equal("c* d* e*", queue.TextOf(queue.Start(3, 1)));
    }

    [Fact]
    public void A_quorum_queue_takes_messages_back_that_a_consumer_holds_for_too_long()
    {
        var queue = new TestQueue(settings: new QueueSettings { Type = QueueType.Quorum, ConsumerTimeout = 10_000 });
        var slow = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a"));
        AdvanceUntil(queue, 9_999);
        Assert.Empty(queue.Cancelled);

        AdvanceUntil(queue, 13_000);

        Assert.Equal([slow], queue.Cancelled);
        Assert.Equal((0, 1L), (queue.Decider.ConsumerCount, queue.Decider.ReadyCount));
        var next = queue.Start(2, 1);
        var delivered = queue.Delivered.Single(delivered => delivered.Consumer == next).Segment;
        Assert.Equal((0, 1), (delivered.DeliveryCount, delivered.AcquiredCount));
    }

    [Fact]
    public void A_classic_queue_has_the_channel_closed_once()
    {
        var queue = new TestQueue(settings: new QueueSettings { ConsumerTimeout = 1_000 });
        var slow = queue.Start(1, 1);
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a"));
        AdvanceUntil(queue, 5_000);

        Assert.Equal([(slow, 1_000L)], queue.TimedOut);
    }

    [Fact]
    public void What_is_settled_and_delivered_again_in_time_does_not_time_out()
    {
        var queue = new TestQueue(settings: new QueueSettings { ConsumerTimeout = 1_000 });
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 1));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a"));
        for (var now = 500; now < 10_000; now += 500)
        {
            AdvanceUntil(queue, now);
            queue.Settle(consumer, SettleOutcome.Requeued, first: 0);
        }

        Assert.Empty(queue.TimedOut);
        AdvanceUntil(queue, 12_000);
        Assert.Single(queue.TimedOut);
    }

    [Fact]
    public void Without_its_dead_letter_exchange_what_waits_for_it_is_gone()
    {
        var queue = new TestQueue(settings: DeadLettering with { DeadLetterStrategy = DeadLetterStrategy.AtLeastOnce, MaxLength = 1 });
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b"));
        Assert.Equal((1, 0), ((int)queue.Decider.DyingCount, queue.Dead.Count));

        queue.Decider.Apply(QueueSettings.Default);

        Assert.Equal(0, queue.Decider.DyingCount);
        queue.CommitAll();
        Assert.Equal("b", queue.Crash().Drain());
    }

    [Fact]
    public void A_shorter_limit_cuts_a_queue_at_once_and_a_new_lifetime_is_for_new_messages()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b", "c"));
        queue.Decider.Apply(new QueueSettings { MaxLength = 2, MessageTtl = 100 });
        queue.Decider.Publish(1, 2, TestBatches.Persistent("d"));
        queue.Decider.AdvanceTo(1_000);

        Assert.Equal("c", queue.Drain());
    }

    [Fact]
    public void A_limit_of_bytes_that_comes_later_measures_what_is_there()
    {
        var queue = new TestQueue();
        queue.Decider.Publish(1, 1, TestBatches.Persistent("aaaa", "bb", "ccc"));
        queue.Decider.Apply(new QueueSettings { MaxLengthBytes = 5 });

        Assert.Equal(5, queue.Decider.ReadyBytes);
        Assert.Equal("bb ccc", queue.Drain());
    }

    [Fact]
    public void A_full_queue_refuses_message_by_message_and_takes_what_still_fits()
    {
        var queue = new TestQueue(settings: new QueueSettings { MaxLengthBytes = 5, Overflow = QueueOverflow.RejectPublish });
        queue.Decider.Publish(1, 1, TestBatches.Persistent("aaa", "bbb", "cc", "d"));
        queue.CommitAll();

        Assert.Equal([1, 3], Assert.Single(queue.Rejected).Indexes);
        Assert.Equal((1, 1, 1), queue.Told[^1]);
        Assert.Equal("aaa cc", queue.Crash().Drain());
    }

    [Fact]
    public void What_consumers_take_at_once_makes_room_within_a_batch()
    {
        var queue = new TestQueue(settings: DeadLettering with { MaxLength = 1, Overflow = QueueOverflow.RejectPublishDeadLetter });
        var consumer = queue.Start(1, 1, TestQueue.Settings(prefetch: 2));
        queue.Decider.Publish(1, 1, TestBatches.Persistent("a", "b", "c", "d"));

        Assert.Equal("a b", queue.TextOf(consumer));
        Assert.Equal([3], Assert.Single(queue.Rejected).Indexes);
        Assert.Equal("d", TestBatches.BodyText(Assert.Single(queue.Dead).Messages, 0));
    }

    [Fact]
    public void At_most_a_window_of_dead_letters_is_handed_over()
    {
        var queue = new TestQueue(settings: DeadLettering with { MaxLength = 0 });
        var body = new byte[400_000];
        queue.Decider.Publish(1, 1, TestBatches.Of([.. Enumerable.Range(0, 6).Select(_ => new TestMessage(body))]));
        Assert.Equal(3, queue.Dead.Sum(static dead => dead.Messages.Count));

        queue.Decider.DeadLettersDone(new PositionRange(0, 1));

        Assert.Equal(4, queue.Dead.Sum(static dead => dead.Messages.Count));
    }

    private static TestMessage Message(string body, string? expiration = null) => new(
        System.Text.Encoding.UTF8.GetBytes(body), Properties: TextFormat.Properties(("expiration", expiration)), Expires: expiration is not null);

    // As the actor does: at each time that is due.
    private static void AdvanceUntil(TestQueue queue, long now)
    {
        while (queue.Decider.NextDue is { } due && due <= now)
        {
            queue.Decider.AdvanceTo(due);
        }

        queue.Decider.AdvanceTo(now);
    }
}
