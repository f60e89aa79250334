using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Queues that may hold only so much.</summary>
public sealed class QueueOverflowTests : QueueLifetimeSpec
{
    private static readonly (string, ArgumentValue) Rejecting = ("x-overflow", ArgumentValue.FromString("reject-publish"));

    private static readonly (string, ArgumentValue)[] Deduplicating = [("x-message-deduplication", ArgumentValue.FromBoolean(true))];

    [Fact]
    public void Which_of_a_batch_are_refused_is_told_before_the_batch_is_confirmed()
    {
        var queue = Declare(With(("x-max-length", Number(2)), Rejecting));
        Journal.Hold(JournalId);
        Publish(queue, 1, "a", "b", "c", "d");
        ExpectRejected(1, 2, 3);
        Client.ExpectMsg(new PublishProgress(1, 0));
        Journal.Release(JournalId);
        Client.ExpectMsg(new PublishProgress(1, 1));
        Assert.Equal("a", Get(queue));
        Publish(queue, 2, "e", "f");
        ExpectRejected(2, 1);
        Confirmed(Client, 2);
        Assert.Equal(["b", "e", null], Enumerable.Range(0, 3).Select(_ => Get(queue)));
    }

    [Fact]
    public void A_batch_of_which_nothing_comes_in_makes_progress_without_a_write()
    {
        var queue = Declare(With(("x-max-length", Number(0)), Rejecting));
        Publish(queue, 1, "a", "b");
        ExpectRejected(1, 0, 1);
        Client.ExpectMsg(new PublishProgress(1, 1));
        Assert.Single(Events);
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void Refused_or_not_a_batch_whose_write_fails_has_failed(JournalFault fault)
    {
        var queue = Declare(With(("x-max-length", Number(1)), Rejecting));
        Journal.Hold(JournalId);
        Publish(queue, 1, "a", "b");
        ExpectRejected(1, 1);
        Client.ExpectMsg(new PublishProgress(1, 0));
        FailHeldWrite(queue, fault);
        Client.ExpectMsg(new PublishFailed(1, 1));
        Assert.Null(Get(Resolve()));
    }

    [Fact]
    public void A_duplicate_is_confirmed_and_takes_no_room_but_is_refused_like_any_other_where_there_is_none()
    {
        var queue = Declare(With([.. Deduplicating, ("x-max-length", Number(2)), Rejecting]));
        Send(queue, 1, Identified("a", "1"), Identified("a again", "1"), Identified("b", "2"), Identified("c", "3"));
        ExpectRejected(1, 3);
        Confirmed(Client, 1);
        Assert.Equal("a", Get(queue));
        Send(queue, 2, Identified("c", "3"), Identified("b again", "2"));
        ExpectRejected(2, 1);
        Confirmed(Client, 2);
        Assert.Equal(["b", "c", null], Enumerable.Range(0, 3).Select(_ => Get(queue)));
    }

    [Fact]
    public void Duplicates_are_known_after_a_restart()
    {
        var queue = Declare(With([.. Deduplicating, ("x-cache-size", Number(10))]));
        Send(queue, 1, Identified("a", "1"));
        Confirmed(Client, 1);
        Restart(queue);
        var next = Resolve();
        Send(next, 1, Identified("a again", "1"), Identified("b", "2"));
        Confirmed(Client, 1);
        Assert.Equal(["a", "b", null], Enumerable.Range(0, 3).Select(_ => Get(next)));
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_message_that_was_not_written_may_be_sent_again(JournalFault fault)
    {
        var queue = Declare(With([.. Deduplicating, ("x-cache-size", Number(10))]));
        Journal.Hold(JournalId);
        Send(queue, 1, Identified("a", "1"));
        Client.ExpectMsg(new PublishProgress(1, 0));
        FailHeldWrite(queue, fault);
        Client.ExpectMsg(new PublishFailed(1, 1));
        var next = Resolve();
        Send(next, 1, Identified("a", "1"));
        Confirmed(Client, 1);
        Assert.Equal(["a", null], Enumerable.Range(0, 2).Select(_ => Get(next)));
    }

    [Fact]
    public void A_redefinition_cuts_the_queue_at_once_and_keeps_it_cut()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a", "b", "c");
        Redefine(7);
        Client.ExpectMsg(new QueueAnswered(7, null, 1, 0));
        AwaitSettled(0, 1);
        Restart(queue);
        var next = Resolve();
        PublishConfirmed(next, 1, "d");
        Assert.Equal(["d", null], Enumerable.Range(0, 2).Select(_ => Get(next)));
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_redefinition_that_cannot_be_written_cuts_nothing(JournalFault fault)
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a", "b", "c");
        Journal.Hold(JournalId);
        Redefine(7);
        ReadyCount();
        FailHeldWrite(queue, fault);
        Assert.Equal(RefusalReason.Interrupted, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        var next = Resolve();
        Assert.Equal(["a", "b", "c", null], Enumerable.Range(0, 4).Select(_ => Get(next)));
    }

    [Fact]
    public void A_policys_length_cuts_the_queue_at_once_and_its_end_lets_it_grow()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a", "b", "c");
        Policies.Set("/", Only(PolicyOf(("max-length", Number(1)))));
        Assert.Equal(1, ReadyCount());
        AwaitSettled(0, 1);
        Policies.Set("/", VirtualHostPolicies.Empty);
        PublishConfirmed(queue, 2, "d");
        Assert.Equal(["c", "d", null], Enumerable.Range(0, 3).Select(_ => Get(queue)));
    }

    [Fact]
    public void A_policys_dead_letter_exchange_gets_what_leaves_from_then_on()
    {
        var queue = Declare();
        var dead = DeclareDead();
        Send(queue, 1, Message("a"), Message("b"), Message("c"));
        Confirmed(Client, 1);
        Policies.Set("/", Only(PolicyOf(("max-length", Number(2)))));
        Assert.Equal(2, ReadyCount());
        Policies.Set("/", Only(PolicyOf(
            ("max-length", Number(1)), ("dead-letter-exchange", ArgumentValue.FromString(string.Empty)), ("dead-letter-routing-key", ArgumentValue.FromString(Dead.Name)))));
        AwaitAssert(() => Assert.Equal("b", Get(dead)));
        Assert.Null(Get(dead));
        Assert.Equal("c", Get(queue));
    }

    private static Core.Tests.Messages.TestMessage Identified(string body, string identity) =>
        Message(body, new BasicProperties { Headers = ArgumentTable.Of(("x-deduplication-header", ArgumentValue.FromString(identity))) });

    private void ExpectRejected(long linkSequence, params int[] indexes)
    {
        var rejected = Client.ExpectMsg<PublishRejected>();
        Assert.Equal(linkSequence, rejected.LinkSequence);
        Assert.Equal(indexes, rejected.Indexes);
    }

    private void Redefine(long requestId) => Queues.Tell(
        new DeclareQueue(Key, requestId, With(("x-max-length", Number(1)), ("x-allow-redefine", ArgumentValue.FromBoolean(true))), false, Someone), Client.Ref);
}
