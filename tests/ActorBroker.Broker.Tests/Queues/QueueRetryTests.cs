using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Messages of quorum queues that come back: how soon they are ready again, and when they no longer are.</summary>
public sealed class QueueRetryTests : QueueLifetimeSpec
{
    private static readonly (string, ArgumentValue)[] Delayed =
    [
        Quorum, ("x-delayed-retry-type", ArgumentValue.FromString("all")), ("x-delayed-retry-min", Number(1000)), ("x-delayed-retry-max", Number(3000)),
    ];

    public QueueRetryTests() => Client.IgnoreMessages(static message => message is PublishProgress);

    [Fact]
    public void The_delay_grows_by_the_least_with_each_failure_up_to_the_most()
    {
        var queue = DeliverOne(With(Delayed));
        foreach (var delay in new[] { 1000, 2000, 3000, 3000 })
            FailAndExpectBackAfter(queue, delay);
    }

    [Fact]
    public void The_delay_grows_by_the_factor_of_the_backoff()
    {
        var queue = DeliverOne(With([.. Delayed[..3], ("x-delayed-retry-max", Number(10_000)), ("x-delayed-retry-backoff", ArgumentValue.FromDouble(3))]));
        foreach (var delay in new[] { 1000, 3000, 9000, 10_000 })
            FailAndExpectBackAfter(queue, delay);
    }

    [Fact]
    public void A_message_that_waits_is_neither_ready_nor_in_the_way_of_others()
    {
        var queue = DeliverOne(With(Delayed));
        Settle(queue, Client, SettleOutcome.Failed, new PositionRange(0, 1));
        Assert.Equal(0, ReadyCount());
        Publish(queue, 2, "b");
        Assert.Equal(1, Next(Client).FirstPosition);
    }

    [Fact]
    public void Counts_and_delays_are_kept_over_a_restart()
    {
        var queue = DeliverOne(With(Delayed));
        FailAndExpectBackAfter(queue, 1000);
        Settle(queue, Client, SettleOutcome.Failed, new PositionRange(0, 1));
        AwaitReturns(2);
        Pass(500);
        Restart(queue);
        var next = Resolve();
        Consume(next, Client);
        Pass(1450);
        ReadyCount();
        Client.ExpectNoMsg(0);
        Pass(50);
        var again = Next(Client);
        Assert.Equal((true, 2, 2), (again.Redelivered, again.DeliveryCount, again.AcquiredCount));
        FailAndExpectBackAfter(next, 3000);
    }

    [Fact]
    public void What_was_due_while_the_queue_was_asleep_is_ready_when_it_wakes()
    {
        var queue = DeliverOne(With(Delayed));
        Settle(queue, Client, SettleOutcome.Failed, new PositionRange(0, 1));
        AwaitReturns(1);
        Restart(queue);
        Clock.Passed += TimeSpan.FromSeconds(1);
        Resolve();
        Assert.Equal(1, ReadyCount());
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_return_that_cannot_be_written_is_as_if_the_consumer_had_gone(JournalFault fault)
    {
        var queue = DeliverOne(With(Delayed));
        AwaitEvents(2);
        Journal.Hold(JournalId);
        Settle(queue, Client, SettleOutcome.Failed, new PositionRange(0, 1));
        ReadyCount();
        Advance(FlushInterval);
        ReadyCount();
        FailHeldWrite(queue, fault);
        Consume(Resolve(), Client);
        var again = Next(Client);
        Assert.Equal((0L, 0), (again.FirstPosition, again.DeliveryCount));
        Client.ExpectNoMsg(0);
    }

    [Fact]
    public void What_fails_more_often_than_allowed_arrives_at_the_dead_letter_exchange_over_restarts()
    {
        var definition = With([.. ToDeadAtLeastOnce, ("x-delivery-limit", Number(1))]);
        var queue = Declare(definition);
        var dead = DeclareDead();
        Consume(queue, Client);
        Send(queue, 1, Message("a"));
        Assert.Equal(0, Next(Client).DeliveryCount);
        Settle(queue, Client, SettleOutcome.Failed, new PositionRange(0, 1));
        Assert.Equal(1, Next(Client).DeliveryCount);
        AwaitReturns(1);
        Restart(queue);
        var next = Resolve();
        Consume(next, Client);
        Assert.Equal(1, Next(Client).DeliveryCount);
        Settle(next, Client, SettleOutcome.Failed, new PositionRange(0, 1));
        AwaitAssert(() => Assert.Equal("a", Get(dead)));
        AwaitSettled(0);
        Client.ExpectNoMsg(0);
    }

    [Fact]
    public void A_rejected_message_of_a_queue_without_dead_letters_is_gone()
    {
        var queue = DeliverOne(With(Quorum));
        Settle(queue, Client, SettleOutcome.Rejected, new PositionRange(0, 1));
        ReadyCount();
        AwaitSettled(0);
    }

    private IActorRef DeliverOne(Core.Queues.QueueDefinition definition)
    {
        var queue = Declare(definition);
        Consume(queue, Client);
        Publish(queue, 1, "a");
        Assert.Equal(0, Next(Client).FirstPosition);
        return queue;
    }

    private void FailAndExpectBackAfter(IActorRef queue, long delay)
    {
        Settle(queue, Client, SettleOutcome.Failed, new PositionRange(0, 1));
        Pass(delay - 50);
        ReadyCount();
        Client.ExpectNoMsg(0);
        Pass(50);
        Assert.Equal(0, Next(Client).FirstPosition);
    }

    private void AwaitReturns(int acquired) => AwaitAssert(() =>
    {
        ReadyCount();
        Advance(FlushInterval);
        var last = Events.OfType<MessagesWritten>().SelectMany(static written => written.Write.Notes.Returns).Last();
        Assert.Equal(acquired, Core.Queues.Lifetime.ReturnCounts.Unpack(last.Value).Acquired);
    });
}
