using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>A queue's share of transactions, with a journal that fails at each step.</summary>
public sealed class QueueTransactionTests : QueueActorSpec
{
    private static readonly TransactionId Id = new(new Guid(1, 2, 3, new byte[8]));

    [Fact]
    public void A_prepared_share_is_in_the_journal_before_the_vote_and_in_the_queue_with_the_end()
    {
        var queue = Declare();
        Journal.Hold(JournalId);
        Prepare(queue, 1, "a", "b");
        Client.ExpectMsg(new PublishProgress(1, 0));
        Client.ExpectNoMsg(100);
        Journal.Release(JournalId);
        Client.ExpectMsg(new TransactionPrepared(Id));
        Confirmed(Client, 1);
        Assert.Null(Get(queue));

        End(queue, committed: true);
        Assert.Equal("a b", $"{Get(queue)} {Get(queue)}");
        Transactions.ExpectMsg(new TransactionApplied(Id, Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_restart_nobody_is_answered_before_the_queue_has_asked_how_it_ended(bool committed)
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "old");
        Consume(queue, Client);
        Delivered(Client, 1);
        queue.Tell(
            new PrepareTransaction(2, TestBatches.Persistent("new"), [new Settlement(1, SettleOutcome.Accepted, new PositionRange(0, 1))], Id), Client);
        Voted(2);
        Restart(queue);

        Queues.Tell(new ResolveQueue(Key, 2), Asker.Ref);
        Assert.Equal(new AskTransactionEnd(Id, Key), Transactions.ExpectMsg<AskTransactionEnd>());
        Asker.ExpectNoMsg(100);
        Transactions.Reply(new EndTransaction(Key, Id, committed));

        queue = Asker.ExpectMsg<QueueResolved>().Actor;
        Assert.Equal(committed ? "new" : "old", Get(queue));
        Assert.Null(Get(queue));
    }

    [Fact]
    public void Whoever_decides_may_be_away_for_long_and_the_queue_goes_on_without()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "old");
        Prepare(queue, 2, "new");
        Voted(2);
        Restart(queue);
        Queues.Tell(new ResolveQueue(Key, 2), Asker.Ref);
        Transactions.ExpectMsg<AskTransactionEnd>();

        Pass(TimeSpan.FromSeconds(10));
        queue = Asker.ExpectMsg<QueueResolved>().Actor;
        Assert.Equal("old", Get(queue));
        Transactions.ExpectMsg<AskTransactionEnd>();
        Transactions.Reply(new EndTransaction(Key, Id, true));
        AwaitAssert(() => Assert.Equal("new", Get(queue)));
    }

    [Fact]
    public void A_connection_that_is_lost_makes_the_queue_ask_and_so_does_time()
    {
        var queue = Declare();
        Prepare(queue, 1, "a");
        Voted(1);
        Pass(TimeSpan.FromSeconds(10));
        Transactions.ExpectMsg<AskTransactionEnd>();

        StopAndAwait(Client);
        Transactions.ExpectMsg<AskTransactionEnd>();
        Transactions.Reply(new EndTransaction(Key, Id, false));
        AwaitAssert(() => Assert.Equal(0, ReadyCount()));
        Publish(queue, 1, "next");
        Assert.Equal("next", Get(queue));
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_prepare_that_cannot_be_written_is_no_vote_and_leaves_nothing(JournalFault fault)
    {
        var queue = Declare();
        Watch(queue);
        Journal.Next(JournalId, fault);
        Prepare(queue, 1, "a");

        Client.FishForMessage(static message => message is PublishFailed);
        ExpectTerminated(queue);
        queue = Resolve();
        Assert.Null(Get(queue));
        Transactions.ExpectNoMsg(0);
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void An_end_that_cannot_be_written_is_asked_for_again_and_nothing_comes_twice(JournalFault fault)
    {
        var queue = Watch(Declare());
        Prepare(queue, 1, "a");
        Voted(1);
        Journal.Next(JournalId, fault);
        End(queue, committed: true);
        ExpectTerminated(queue);
        Transactions.ExpectNoMsg(0);

        Queues.Tell(new WakeQueue(Key));
        Transactions.ExpectMsg<AskTransactionEnd>();
        Transactions.Reply(new EndTransaction(Key, Id, true));
        queue = Resolve();
        Assert.Equal(1, ReadyCount());
        Assert.Equal("a", Get(queue));
        Transactions.ExpectMsg(new TransactionApplied(Id, Key));
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_transaction_of_one_queue_that_only_takes_is_confirmed_by_the_journal_or_not_at_all(JournalFault fault)
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a", "b");
        Consume(queue, Client);
        Delivered(Client, 2);
        Take(queue, 2, 0);
        Confirmed(Client, 2);

        Watch(queue);
        Journal.Next(JournalId, fault);
        Take(queue, 3, 1);
        Client.FishForMessage(static message => message is PublishFailed);
        ExpectTerminated(queue);
        queue = Resolve();
        Assert.Equal("b", Get(queue));
        Assert.Null(Get(queue));
    }

    [Fact]
    public void A_queue_that_is_full_and_refuses_publishes_refuses_the_whole()
    {
        var queue = Declare(Durable with
        {
            Arguments = ArgumentTable.Of(("x-max-length", ArgumentValue.FromInt32(2)), ("x-overflow", ArgumentValue.FromString("reject-publish"))),
        });
        PublishConfirmed(queue, 1, "a");
        queue.Tell(new CommitTransaction(2, TestBatches.Persistent("b", "c"), []), Client);
        Assert.Equal([0, 1], Client.ExpectMsg<PublishRejected>().Indexes);
        Prepare(queue, 3, "b", "c");
        Assert.Equal([0, 1], Client.FishForMessage<PublishRejected>(static _ => true).Indexes);
        Prepare(queue, 4, "b");
        Client.FishForMessage(static message => message is TransactionPrepared);

        // What may come in takes its room already.
        Publish(queue, 5, "c");
        Client.FishForMessage(static message => message is PublishRejected);
        End(queue, committed: true);
        Assert.Equal("a b ", $"{Get(queue)} {Get(queue)} {Get(queue)}");
    }

    [Fact]
    public void A_commit_that_the_queue_has_no_share_of_is_known_to_it_and_changes_nothing()
    {
        var queue = Declare();
        Prepare(queue, 1, "a");
        Voted(1);
        Queues.Tell(new EndTransaction(Key, new TransactionId(Guid.Empty), Committed: true));
        Transactions.ExpectMsg(new TransactionApplied(new TransactionId(Guid.Empty), Key));
        Restart(queue);
        Queues.Tell(new WakeQueue(Key));
        Transactions.ExpectMsg(new AskTransactionEnd(Id, Key));
    }

    [Fact]
    public void A_queue_that_is_not_there_has_nothing_to_do_with_a_commit()
    {
        Queues.Tell(new EndTransaction(Key, Id, Committed: true));
        Transactions.ExpectMsg(new TransactionApplied(Id, Key));
    }

    [Fact]
    public void A_transient_queue_votes_without_a_journal()
    {
        var queue = Declare(Transient);
        Prepare(queue, 1, "a");
        Confirmed(Client, 1);
        Assert.Null(Get(queue));
        End(queue, committed: true);
        Assert.Equal("a", Get(queue));
        Assert.Empty(Events);
    }

    private void Prepare(IActorRef queue, long sequence, params string[] bodies) =>
        queue.Tell(new PrepareTransaction(sequence, TestBatches.Persistent(bodies), [], Id), Client.Ref);

    private void Voted(long sequence)
    {
        Client.FishForMessage(static message => message is TransactionPrepared);
        Confirmed(Client, sequence);
    }

    private void End(IActorRef queue, bool committed) => queue.Tell(new EndTransaction(Key, Id, committed), Client.Ref);

    private void Take(IActorRef queue, long sequence, long position) => queue.Tell(
        new CommitTransaction(sequence, MessageBatch.Empty, [new Settlement(1, SettleOutcome.Accepted, new PositionRange(position, 1))]), Client.Ref);

    private void Pass(TimeSpan time)
    {
        Clock.Passed += time;
        Advance(time);
    }
}
