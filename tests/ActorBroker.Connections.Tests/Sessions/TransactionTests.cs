using System.Text;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class TransactionTests : BrokerSessionSpec
{
    private readonly List<bool> _committed = [];

    [Fact]
    public void One_queue_alone_commits_its_share_as_one_and_the_commit_is_answered_when_it_is_safe()
    {
        var a = Consuming(1, "a");
        var transaction = Session.BeginTransaction(channel: 1);
        Assert.True(Publish(transaction, Target("", "a"), "1"));
        Assert.False(Publish(transaction, Target("", "nobody"), "2"));
        transaction.Settle(1, SettleOutcome.Accepted, new PositionRange(0, 2));
        Session.EndOfRead();
        a.ExpectNoMsg(0);

        transaction.Commit(_committed.Add);

        var share = a.ExpectMsg<CommitTransaction>();
        Assert.Equal((1L, "1"), (share.LinkSequence, Bodies(share.Batch)));
        Assert.Equal([new Settlement(1, SettleOutcome.Accepted, new PositionRange(0, 2))], share.Settlements);
        Tell(a, new PublishProgress(1, 0));
        Assert.Empty(_committed);
        Tell(a, new PublishProgress(1, 1));
        Assert.Equal([true], _committed);
        Assert.Empty(Heard.Confirms);
        a.ExpectNoMsg(0);
        Transactions.ExpectNoMsg(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_queue_that_was_deleted_since_has_no_share_and_its_messages_are_known_to_lead_nowhere(bool isForgotten)
    {
        var (a, b) = TwoQueues();
        Fanout("f", "a", "b");
        var transaction = Session.BeginTransaction(channel: 1);
        Assert.Equal(0, transaction.Count);
        Publish(transaction, Target("", "a"), "1");
        Publish(transaction, Target("f", ""), "2");
        Assert.Equal(2, transaction.Count);
        Assert.True(transaction.IsStillRouted(0));
        if (isForgotten)
        {
            Tables.RemoveName("/", Destination.Queue("a"));
        }
        else
        {
            Terminate(a);
        }

        Assert.Equal((false, true), (transaction.IsStillRouted(0), transaction.IsStillRouted(1)));
        transaction.Commit(_committed.Add);

        var share = b.ExpectMsg<CommitTransaction>();
        Assert.Equal("2", Bodies(share.Batch));
        Tell(b, new PublishProgress(share.LinkSequence, share.LinkSequence));
        Assert.Equal([true], _committed);
        a.ExpectNoMsg(0);
    }

    [Fact]
    public void A_commit_that_only_takes_waits_for_the_queue_too()
    {
        var queue = Consuming(1, "a");
        var transaction = Session.BeginTransaction(channel: 1);
        transaction.Settle(1, SettleOutcome.Accepted, new PositionRange(0, 1));

        transaction.Commit(_committed.Add);

        var share = queue.ExpectMsg<CommitTransaction>();
        Assert.Equal((0, 1), (share.Batch.Count, share.Settlements.Count));
        Tell(queue, new PublishProgress(1, 0));
        Assert.Empty(_committed);
        Tell(queue, new PublishProgress(1, 1));
        Assert.Equal([true], _committed);
    }

    [Fact]
    public void A_commit_of_nothing_is_answered_in_a_later_turn()
    {
        Session.BeginTransaction(channel: 1).Commit(_committed.Add);

        Assert.Empty(_committed);
        Session.OnMessage(Self.Ref, Self.ReceiveOne(TimeSpan.FromSeconds(3)));
        Assert.Equal([true], _committed);
    }

    [Fact]
    public void Several_queues_prepare_then_it_is_decided_then_they_are_told_and_then_the_client()
    {
        var (a, b, c) = (Consuming(1, "a"), NewQueue(), Consuming(2, "c"));
        Fanout("f", "a", "b");
        var (toA, toBoth) = (Target("", "a"), Target("f", ""));
        Found("b", b);
        var transaction = Session.BeginTransaction(channel: 1);
        Publish(transaction, toA, "1");
        Publish(transaction, toBoth, "2");
        transaction.Settle(2, SettleOutcome.Rejected, new PositionRange(1, 1));

        transaction.Commit(_committed.Add);

        var (ofA, ofB, ofC) = (a.ExpectMsg<PrepareTransaction>(), b.ExpectMsg<PrepareTransaction>(), c.ExpectMsg<PrepareTransaction>());
        Assert.Equal(["1 2", "2", ""], [Bodies(ofA.Batch), Bodies(ofB.Batch), Bodies(ofC.Batch)]);
        Assert.Equal([new Settlement(2, SettleOutcome.Rejected, new PositionRange(1, 1))], ofC.Settlements);
        Assert.Equal([ofA.Id, ofA.Id], [ofB.Id, ofC.Id]);
        Prepared(a, ofA);
        Prepared(b, ofB);
        Transactions.ExpectNoMsg(0);

        // It has nothing that a journal must know.
        Tell(c, new PublishProgress(1, 1));
        var decide = Transactions.ExpectMsg<DecideTransaction>();
        Assert.Equal((ofA.Id, 2), (decide.Id, decide.Participants.Count));
        Assert.Equal([new QueueKey("/", "a"), new QueueKey("/", "b")], decide.Participants);
        a.ExpectNoMsg(0);
        Assert.Empty(_committed);

        Tell(Transactions, new TransactionDecided(decide.RequestId, Committed: true));
        Assert.Equal([true], _committed);
        Assert.Equal([(ofA.Id, true), (ofA.Id, true), (ofA.Id, true)], [Ended(a), Ended(b), Ended(c)]);
    }

    [Fact]
    public void What_no_journal_holds_needs_no_decision()
    {
        var (a, b) = TwoQueues();
        var (ofA, _) = CommitToBoth(a, b);
        Tell(a, new PublishProgress(1, 1));
        Tell(b, new PublishProgress(1, 1));

        Assert.Equal([true], _committed);
        Assert.Equal([(ofA.Id, true), (ofA.Id, true)], [Ended(a), Ended(b)]);
        Transactions.ExpectNoMsg(0);
    }

    [Fact]
    public void A_queue_that_fails_refuses_or_is_lost_ends_the_transaction_for_all()
    {
        var (a, b) = TwoQueues();
        var (ofA, ofB) = CommitToBoth(a, b);
        Tell(a, new PublishRejected(ofA.LinkSequence, [0]));
        Prepared(b, ofB);
        Tell(a, new PublishProgress(ofA.LinkSequence, ofA.LinkSequence));
        Assert.Equal([(ofA.Id, false), (ofA.Id, false)], [Ended(a), Ended(b)]);

        var (failed, last) = CommitToBoth(a, b);
        Prepared(b, last);
        Tell(a, new PublishFailed(failed.LinkSequence, failed.LinkSequence));
        Terminate(a);
        Assert.Equal((last.Id, false), Ended(b));
        Assert.Equal([false, false], _committed);
        Transactions.ExpectNoMsg(0);
        Assert.Empty(Heard.Confirms);
    }

    [Fact]
    public void A_queue_that_is_lost_after_it_has_prepared_has_a_share_all_the_same()
    {
        var (a, b) = TwoQueues();
        var (ofA, ofB) = CommitToBoth(a, b);
        Prepared(a, ofA);
        Terminate(a);
        Prepared(b, ofB);

        Tell(Transactions, new TransactionDecided(Transactions.ExpectMsg<DecideTransaction>().RequestId, Committed: true));

        Assert.Equal([true], _committed);
        Assert.Equal((ofA.Id, true), Ended(b));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(null, true)]
    public void Without_a_commit_by_who_decides_the_client_is_not_told_of_one(bool? decided, bool isLost)
    {
        var (a, b) = TwoQueues();
        var (ofA, ofB) = CommitToBoth(a, b);
        Prepared(a, ofA);
        Prepared(b, ofB);

        Tell(Transactions, new TransactionDecided(Transactions.ExpectMsg<DecideTransaction>().RequestId, decided, isLost));

        Assert.Equal([false], _committed);
        if (decided is false)
        {
            Assert.Equal([(ofA.Id, false), (ofA.Id, false)], [Ended(a), Ended(b)]);
        }

        // Not known: the queues ask for themselves.
        a.ExpectNoMsg(0);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_decision_that_may_be_written_or_not_is_asked_for_again_until_it_is_known(bool isAnswered, bool committed)
    {
        var (a, b) = TwoQueues();
        var (ofA, ofB) = CommitToBoth(a, b);
        Prepared(a, ofA);
        Prepared(b, ofB);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var decide = Transactions.ExpectMsg<DecideTransaction>();
            Assert.Equal((ofA.Id, 2), (decide.Id, decide.Participants.Count));
            if (isAnswered)
            {
                Tell(Transactions, new TransactionDecided(decide.RequestId, Committed: null));
            }
            else
            {
                Clock.Advance(TimeSpan.FromSeconds(16));
            }

            Transactions.ExpectNoMsg(0);
            Assert.Empty(_committed);
            Session.OnTimer();
        }

        Tell(Transactions, new TransactionDecided(Transactions.ExpectMsg<DecideTransaction>().RequestId, committed));

        Assert.Equal([committed], _committed);
        Assert.Equal([(ofA.Id, committed), (ofA.Id, committed)], [Ended(a), Ended(b)]);
    }

    [Fact]
    public void Without_any_answer_of_who_decides_the_client_hears_of_failure_in_the_end()
    {
        var (a, b) = TwoQueues();
        var (ofA, ofB) = CommitToBoth(a, b);
        Prepared(a, ofA);
        Prepared(b, ofB);
        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromMinutes(5); waited += TimeSpan.FromSeconds(15))
        {
            Assert.Empty(_committed);
            Transactions.ExpectMsg<DecideTransaction>();
            Clock.Advance(TimeSpan.FromSeconds(15));
            Session.OnTimer();
        }

        Assert.Equal([false], _committed);
        a.ExpectNoMsg(0);
        Session.OnTimer();
        Transactions.ExpectNoMsg(0);
    }

    [Fact]
    public void What_was_published_before_arrives_before_and_a_queue_that_is_looked_for_gets_its_share_when_found()
    {
        var queue = NewQueue();
        var target = Target("", "a");
        Publish(target, "0");
        var transaction = Session.BeginTransaction(channel: 1);
        Publish(transaction, target, "1");
        transaction.Commit(_committed.Add);
        PublishOne(target, "2");
        Found("a", queue);

        Assert.Equal([(1L, "0"), (2L, "1"), (3L, "2")], [Batch(queue), Batch(queue), Batch(queue)]);
        Terminate(queue);
        Assert.Empty(_committed);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void Whether_a_queue_that_was_lost_has_committed_is_heard_from_its_next_incarnation(long known, bool isCommitted)
    {
        var (queue, next) = (NewQueue(), NewQueue());
        var target = Target("", "a");
        Found("a", queue);
        PublishOne(target, "0");
        var transaction = Session.BeginTransaction(channel: 1);
        Publish(transaction, target, "1");
        transaction.Commit(_committed.Add);
        PublishOne(target, "2");
        Terminate(queue);
        Assert.Empty(_committed);
        Found("a", next, known);
        Assert.Equal([isCommitted], _committed);
        if (!isCommitted)
        {
            Assert.Equal((2L, ""), Batch(next));
        }

        Assert.Equal((3L, "2"), Batch(next));
    }

    private (TestProbe A, TestProbe B) TwoQueues()
    {
        var (a, b) = (NewQueue(), NewQueue());
        Target("", "a");
        Target("", "b");
        Found("a", a);
        Found("b", b);
        return (a, b);
    }

    private (PrepareTransaction OfA, PrepareTransaction OfB) CommitToBoth(TestProbe a, TestProbe b)
    {
        var transaction = Session.BeginTransaction(channel: 1);
        Publish(transaction, Target("", "a"), "1");
        Publish(transaction, Target("", "b"), "1");
        transaction.Commit(_committed.Add);
        return (a.ExpectMsg<PrepareTransaction>(), b.ExpectMsg<PrepareTransaction>());
    }

    private void Prepared(TestProbe queue, PrepareTransaction prepare)
    {
        Tell(queue, new TransactionPrepared(prepare.Id));
        Tell(queue, new PublishProgress(prepare.LinkSequence, prepare.LinkSequence));
    }

    private static (TransactionId Id, bool Committed) Ended(TestProbe queue)
    {
        var end = queue.ExpectMsg<EndTransaction>();
        return (end.Id, end.Committed);
    }

    private TestProbe Consuming(int consumerId, string name)
    {
        var queue = NewQueue();
        Session.StartConsumer(name, consumerId, Channel, Settings, static _ => { });
        Found(name, queue);
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, consumerId));
        Tell(queue, Delivery(consumerId, 0, "x", "y"));
        return queue;
    }

    private static bool Publish(SessionTransaction transaction, PublishTarget target, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return transaction.Publish(
            target, PublishedMessage.InPlaces([], 0, 0, bytes, 0, bytes.Length, MessageFormat.Amqp091, MessageFlags.Persistent, 0), []);
    }

    private static string Bodies(MessageBatch batch) =>
        string.Join(' ', Enumerable.Range(0, batch.Count).Select(i => Encoding.UTF8.GetString(batch[i].Body)));
}
