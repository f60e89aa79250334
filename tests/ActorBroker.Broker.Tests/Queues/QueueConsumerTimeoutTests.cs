using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Consumers that hold a message for too long.</summary>
public sealed class QueueConsumerTimeoutTests : QueueLifetimeSpec
{
    private static readonly (string, ArgumentValue) Timeout = ("x-consumer-timeout", Number(10_000));

    public QueueConsumerTimeoutTests() => Client.IgnoreMessages(static message => message is PublishProgress);

    [Fact]
    public void A_consumer_of_a_classic_queue_hears_once_by_how_much_and_keeps_its_messages()
    {
        var queue = Declare(With(Timeout));
        Consume(queue, Client);
        Publish(queue, 1, "a");
        Delivered(Client, 1);
        PassInLooks(10_000);
        Client.ExpectNoMsg(0);
        PassInLooks(1000);
        Client.ExpectMsg(new ConsumerTimedOut(1, 10_000));
        PassInLooks(20_000);
        Client.ExpectNoMsg(0);
        Assert.Equal(0, ReadyCount());
        queue.Tell(new CloseConsumer(1), Client.Ref);
        Assert.Equal("a", Get(queue));
    }

    [Fact]
    public void A_consumer_of_a_quorum_queue_is_cancelled_and_its_messages_go_to_another()
    {
        var queue = Declare(With(Timeout, Quorum));
        Consume(queue, Client);
        Publish(queue, 1, "a");
        Delivered(Client, 1);
        var other = Probe("other");
        Consume(queue, other);
        PassInLooks(11_000);
        Client.ExpectMsg(new ConsumerCancelled(1));
        var again = Next(other);
        Assert.Equal((0L, true, 1), (again.FirstPosition, again.Redelivered, again.AcquiredCount));
        Settle(queue, Client, SettleOutcome.Accepted, new PositionRange(0, 1));
        ReadyCount();
        Advance(FlushInterval);
        Assert.Empty(SettledInJournal());
        Settle(queue, other, SettleOutcome.Accepted, new PositionRange(0, 1));
        ReadyCount();
        AwaitSettled(0);
    }

    [Fact]
    public void Who_settles_in_time_is_left_alone()
    {
        var queue = Declare(With(Timeout));
        Consume(queue, Client);
        for (var i = 0; i < 10; i++)
        {
            Publish(queue, i + 1, "a");
            Delivered(Client, 1);
            PassInLooks(5000);
            Settle(queue, Client, i);
        }

        Client.ExpectNoMsg(0);
    }

    [Fact]
    public void A_consumers_own_time_goes_before_the_queues()
    {
        var queue = Declare(With(Timeout));
        var patient = Probe("patient");
        var start = Start(1);
        var arguments = ArgumentTable.Of(("x-consumer-timeout", Number(60_000)));
        queue.Tell(start with { Settings = start.Settings with { Arguments = arguments } }, patient.Ref);
        patient.ExpectMsg(new ConsumerStarted(3, 1));
        Publish(queue, 1, "a");
        Delivered(patient, 1);
        Consume(queue, Client);
        PassInLooks(60_000);
        patient.ExpectNoMsg(0);
        PassInLooks(6000);
        patient.ExpectMsg(new ConsumerTimedOut(1, 60_000));
        Client.ExpectNoMsg(0);
    }

    [Fact]
    public void A_policy_shortens_the_time_of_consumers_that_are_there()
    {
        var queue = Declare();
        Consume(queue, Client);
        Publish(queue, 1, "a");
        Delivered(Client, 1);
        Policies.Set("/", Only(PolicyOf(("consumer-timeout", Number(120_000)))));
        PassInLooks(120_000, step: 12_000);
        Client.ExpectNoMsg(0);
        PassInLooks(72_000, step: 12_000);
        Client.ExpectMsg(new ConsumerTimedOut(1, 120_000));
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_time_out_whose_return_cannot_be_written_leaves_the_message_for_the_next_consumer(JournalFault fault)
    {
        var queue = Declare(With(Timeout, Quorum));
        Consume(queue, Client);
        Publish(queue, 1, "a");
        Delivered(Client, 1);
        AwaitEvents(2);
        Journal.Hold(JournalId);
        PassInLooks(11_000);
        Client.ExpectMsg(new ConsumerCancelled(1));
        Advance(FlushInterval);
        ReadyCount();
        FailHeldWrite(queue, fault);
        Consume(Resolve(), Client);
        Assert.Equal(["a"], Delivered(Client, 1));
    }

    // Each look starts the timer of the next.
    private void PassInLooks(long milliseconds, long step = 1000)
    {
        for (var passed = 0L; passed < milliseconds; passed += step)
            Pass(step);
        ReadyCount();
    }
}
