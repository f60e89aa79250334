using System.Text;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class TransactionTests : BrokerSessionSpec
{
    private readonly List<bool> _committed = [];

    [Fact]
    public void Each_queue_gets_its_share_as_one_and_the_commit_is_answered_when_all_are_safe()
    {
        var (a, b, c) = (Consuming(1, "a"), NewQueue(), Consuming(2, "c"));
        Fanout("f", "a", "b");
        var (toA, toBoth) = (Target("", "a"), Target("f", ""));
        Found("b", b);
        var transaction = Session.BeginTransaction();
        Assert.True(Publish(transaction, toA, "1"));
        Assert.True(Publish(transaction, toBoth, "2"));
        Assert.False(Publish(transaction, Target("", "nobody"), "3"));
        transaction.Settle(1, SettleOutcome.Accepted, new PositionRange(0, 2));
        transaction.Settle(2, SettleOutcome.Rejected, new PositionRange(1, 1));
        Session.EndOfRead();
        a.ExpectNoMsg(0);

        transaction.Commit(_committed.Add);

        var share = a.ExpectMsg<CommitTransaction>();
        Assert.Equal((1L, "1 2"), (share.LinkSequence, Bodies(share.Batch)));
        Assert.Equal([new Settlement(1, SettleOutcome.Accepted, new PositionRange(0, 2))], share.Settlements);
        Assert.Equal((1L, "2"), Batch(b));
        Assert.Equal([new Settlement(2, SettleOutcome.Rejected, new PositionRange(1, 1))], c.ExpectMsg<SettleMessages>().Settlements);
        Tell(a, new PublishProgress(1, 1));
        Tell(b, new PublishProgress(1, 0));
        Assert.Empty(_committed);
        Tell(b, new PublishProgress(1, 1));
        Assert.Equal([true], _committed);
        Assert.Empty(Heard.Confirms);
    }

    [Fact]
    public void A_commit_that_only_takes_is_answered_in_a_later_turn()
    {
        var queue = Consuming(1, "a");
        var transaction = Session.BeginTransaction();
        transaction.Settle(1, SettleOutcome.Accepted, new PositionRange(0, 1));

        transaction.Commit(_committed.Add);

        queue.ExpectMsg<SettleMessages>();
        Assert.Empty(_committed);
        Session.OnMessage(Self.Ref, Self.ReceiveOne(TimeSpan.FromSeconds(3)));
        Assert.Equal([true], _committed);
    }

    [Fact]
    public void A_queue_that_fails_or_refuses_fails_the_commit()
    {
        var (a, b) = (NewQueue(), NewQueue());
        var (toA, toB) = (Target("", "a"), Target("", "b"));
        Found("a", a);
        Found("b", b);
        foreach (var fail in new Action[]
        {
            () => Tell(a, new PublishFailed(1, 1)),
            () => Tell(a, new PublishRejected(2, [0])),
        })
        {
            var transaction = Session.BeginTransaction();
            Publish(transaction, toA, "1");
            Publish(transaction, toB, "1");
            transaction.Commit(_committed.Add);
            var sequence = Batch(a).Sequence;
            fail();
            Tell(a, new PublishProgress(sequence, sequence));
            Tell(b, new PublishProgress(sequence, sequence));
            Batch(b);
        }

        Assert.Equal([false, false], _committed);
        Assert.Empty(Heard.Confirms);
    }

    [Fact]
    public void What_was_published_before_arrives_before_and_a_queue_that_is_looked_for_gets_its_share_when_found()
    {
        var queue = NewQueue();
        var target = Target("", "a");
        Publish(target, "0");
        var transaction = Session.BeginTransaction();
        Publish(transaction, target, "1");
        transaction.Commit(_committed.Add);
        PublishOne(target, "2");
        Found("a", queue);

        Assert.Equal([(1L, "0"), (2L, "1"), (3L, "2")], [Batch(queue), Batch(queue), Batch(queue)]);
        Terminate(queue);
        Assert.Equal([false], _committed);
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
