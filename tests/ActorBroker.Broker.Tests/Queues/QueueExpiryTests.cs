using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Messages whose time to live ends.</summary>
public sealed class QueueExpiryTests : QueueLifetimeSpec
{
    [Fact]
    public void Messages_leave_queue_and_journal_when_their_time_is_up_though_nothing_comes()
    {
        var queue = Declare(With(("x-message-ttl", Number(1000))));
        PublishConfirmed(queue, 1, "a", "b");
        Pass(950);
        Assert.Equal(2, ReadyCount());
        Assert.Empty(SettledInJournal());
        Pass(50);
        AwaitSettled(0, 1);
        Assert.Equal(0, ReadyCount());
    }

    [Fact]
    public void A_short_lived_message_leaves_from_behind_a_long_lived_one()
    {
        var queue = Declare();
        Send(queue, 1, Expiring("long", 10_000), Expiring("short", 1000), Message("for ever"));
        Confirmed(Client, 1);
        Pass(1000);
        AwaitSettled(1);
        Pass(9000);
        AwaitSettled(1, 0);
        Assert.Equal("for ever", Get(queue));
    }

    [Fact]
    public void The_shorter_of_the_queues_and_the_messages_own_time_counts()
    {
        var queue = Declare(With(("x-message-ttl", Number(1000))));
        Send(queue, 1, Expiring("as the queue's", 10_000), Expiring("shorter", 500));
        Confirmed(Client, 1);
        Pass(500);
        AwaitSettled(1);
        Pass(500);
        AwaitSettled(1, 0);
    }

    [Fact]
    public void A_message_without_any_time_goes_to_who_can_take_it_at_once_or_nowhere()
    {
        var queue = Declare(With(("x-message-ttl", Number(0))));
        Publish(queue, 1, "nobody's");
        Assert.Equal(0, ReadyCount());
        Confirmed(Client, 1);
        Consume(queue, Client);
        Publish(queue, 2, "consumed");
        Assert.Equal(1, Next(Client).FirstPosition);
    }

    [Fact]
    public void A_deadline_is_kept_over_a_restart()
    {
        var queue = Declare(With(("x-message-ttl", Number(1000))));
        PublishConfirmed(queue, 1, "a");
        Pass(600);
        Restart(queue);
        Assert.Equal(1, ReadyCount());
        Pass(350);
        Assert.Equal(1, ReadyCount());
        Pass(50);
        AwaitSettled(0);
    }

    [Fact]
    public void What_expired_while_the_queue_was_asleep_is_delivered_to_nobody()
    {
        var queue = Declare();
        Send(queue, 1, Expiring("a", 1000), Message("b"));
        Confirmed(Client, 1);
        Restart(queue);
        Clock.Passed += TimeSpan.FromSeconds(1);
        var next = Resolve();
        Consume(next, Client);
        Assert.Equal(["b"], Delivered(Client, 1));
        AwaitSettled(0);
    }

    [Fact]
    public void A_clock_that_goes_back_makes_nothing_live_shorter()
    {
        var queue = Declare(With(("x-message-ttl", Number(1000))));
        PublishConfirmed(queue, 1, "a");
        Pass(500);
        ReadyCount();
        Clock.Passed = TimeSpan.FromMilliseconds(-3_600_000);
        PublishConfirmed(queue, 2, "b");
        Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, ReadyCount());
        Clock.Passed = TimeSpan.FromMilliseconds(1000);
        Assert.Equal(1, ReadyCount());
        Clock.Passed = TimeSpan.FromMilliseconds(1500);
        Assert.Equal(0, ReadyCount());
    }

    [Fact]
    public void A_clock_that_goes_back_during_a_restart_leaves_deadlines_where_they_were()
    {
        var queue = Declare(With(("x-message-ttl", Number(1000))));
        PublishConfirmed(queue, 1, "a");
        Restart(queue);
        Clock.Passed = TimeSpan.FromMilliseconds(-500);
        Resolve();
        Pass(1450);
        Assert.Equal(1, ReadyCount());
        Pass(50);
        AwaitSettled(0);
    }

    [Fact]
    public void A_held_message_may_be_accepted_after_its_time_but_does_not_come_back()
    {
        var queue = Declare(With(("x-message-ttl", Number(1000))));
        Consume(queue, Client);
        Publish(queue, 1, "accepted", "returned");
        Delivered(Client, 2);
        Pass(2000);
        ReadyCount();
        Advance(FlushInterval);
        Assert.Empty(SettledInJournal());
        Settle(queue, Client, SettleOutcome.Requeued, new PositionRange(1, 1));
        ReadyCount();
        AwaitSettled(1);
        Settle(queue, Client, SettleOutcome.Accepted, new PositionRange(0, 1));
        ReadyCount();
        AwaitSettled(1, 0);
        Client.FishForMessage(static message => message is PublishProgress { ConfirmedSequence: 1 });
        Client.ExpectNoMsg(0);
    }

    [Fact]
    public void A_message_that_expires_before_it_is_written_is_confirmed_and_gone_after_a_restart()
    {
        var queue = Declare(With(("x-message-ttl", Number(1000))));
        Journal.Hold(JournalId);
        Publish(queue, 1, "a");
        Pass(1000);
        Assert.Equal(0, ReadyCount());
        Journal.Release(JournalId);
        Confirmed(Client, 1);
        Restart(queue);
        Assert.Null(Get(Resolve()));
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void An_expiry_that_cannot_be_written_happens_again_and_takes_nothing_else_along(JournalFault fault)
    {
        var queue = Declare();
        Send(queue, 1, Expiring("short", 1000), Message("for ever"));
        Confirmed(Client, 1);
        Journal.Hold(JournalId);
        Pass(1000);
        ReadyCount();
        Advance(FlushInterval);
        ReadyCount();
        FailHeldWrite(queue, fault);
        var next = Resolve();
        Consume(next, Client);
        Assert.Equal(["for ever"], Delivered(Client, 1));
        AwaitSettled(0);
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_dead_letter_leaves_only_when_its_death_is_written(JournalFault fault)
    {
        var queue = Declare(With([.. ToDeadAtLeastOnce, ("x-message-ttl", Number(1000))]));
        var dead = DeclareDead();
        Send(queue, 1, Message("a"));
        Confirmed(Client, 1);
        Journal.Hold(JournalId);
        Pass(1000);
        Assert.Equal(0, ReadyCount());
        Assert.Null(Get(dead));
        FailHeldWrite(queue, fault);
        Assert.Null(Get(dead));
        Resolve();
        AwaitAssert(() => Assert.Equal("a", Get(dead)));
        AwaitSettled(0);
        Assert.Null(Get(dead));
    }

    [Fact]
    public void A_policys_time_counts_for_what_comes_after_it()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "before");
        Policies.Set("/", Only(PolicyOf(("message-ttl", Number(1000)))));
        PublishConfirmed(queue, 2, "during");
        Policies.Set("/", Core.Policies.VirtualHostPolicies.Empty);
        PublishConfirmed(queue, 3, "after");
        Pass(5000);
        AwaitSettled(1);
        Assert.Equal("before", Get(queue));
        Assert.Equal("after", Get(queue));
    }

    private static Core.Tests.Messages.TestMessage Expiring(string body, int milliseconds) =>
        Message(body, new BasicProperties { Expiration = milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture) });
}

/// <summary>Deadlines that only the snapshot still knows.</summary>
public sealed class QueueSnapshotExpiryTests() : QueueLifetimeSpec(Roomy with { SnapshotAfterEvents = 1 })
{
    [Fact]
    public void A_deadline_is_kept_by_the_snapshot()
    {
        var queue = Declare(With(("x-message-ttl", Number(1000))));
        PublishConfirmed(queue, 1, "a");
        Pass(600);
        PublishConfirmed(queue, 2, "b");
        Restart(queue);
        Pass(400);
        Assert.Equal("b", Get(Resolve()));
    }
}
