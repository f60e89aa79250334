using ActorBroker.Contracts.Clustering;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>What a session does when a queue's actor, or a whole node, is lost.</summary>
public sealed class ResendTests : BrokerSessionSpec
{
    [Fact]
    public void What_a_queue_had_not_confirmed_is_confirmed_or_sent_again_when_its_next_incarnation_says_what_it_knows()
    {
        var (first, second) = (NewQueue(), NewQueue());
        var target = Target("", "a");
        var publisher = Found("a", first).Publisher;
        for (var tag = 1UL; tag <= 4; tag++)
            PublishOne(target, $"{tag}", tag);
        Tell(first, new PublishProgress(4, 1));
        Terminate(first);
        PublishOne(target, "5", 5);
        Assert.Equal([(1, 1UL, 1UL, false, true)], Heard.Confirms);
        Assert.Equal(new LinkOpening(publisher, 1, 4), Found("a", second, known: 2));
        Assert.Equal((1, 2UL, 2UL, false, true), Heard.Confirms[^1]);
        Assert.Equal([(3L, "3"), (4L, "4"), (5L, "5")], [Batch(second), Batch(second), Batch(second)]);
        Tell(first, new PublishProgress(5, 5));
        Assert.Equal(2, Heard.Confirms.Count);
        Tell(second, new PublishProgress(5, 5));
        Assert.Equal([(1, 3UL, 3UL, false, true), (1, 4UL, 4UL, false, true), (1, 5UL, 5UL, false, true)], Heard.Confirms[2..]);
    }

    [Fact]
    public void What_a_queue_had_is_not_sent_to_another_that_has_its_name_since()
    {
        var (first, second) = (NewQueue(), NewQueue());
        var target = Target("", "a");
        Found("a", first, declaration: 1);
        PublishOne(target, "1", 1);
        Terminate(first);
        PublishOne(target, "2", 2);
        Found("a", second, declaration: 2);
        Assert.Equal([(1, 1UL, 1UL, true, true)], Heard.Confirms);
        Assert.Equal([(1L, ""), (2L, "2")], [Batch(second), Batch(second)]);
        Tell(second, new PublishProgress(2, 2));
        Assert.Equal((1, 2UL, 2UL, false, true), Heard.Confirms[^1]);
    }

    [Fact]
    public void What_was_lost_on_the_way_is_sent_again_in_order()
    {
        var queue = NewQueue();
        var target = Target("", "a");
        Found("a", queue);
        for (var tag = 1UL; tag <= 3; tag++)
            PublishOne(target, $"{tag}", tag);
        Assert.Equal([(1L, "1"), (2L, "2"), (3L, "3")], [Batch(queue), Batch(queue), Batch(queue)]);
        Tell(queue, new PublishMissing(2));
        Assert.Equal([(2L, "2"), (3L, "3")], [Batch(queue), Batch(queue)]);
    }

    [Fact]
    public void A_queue_that_ends_again_and_again_with_the_same_batch_does_not_get_it_for_ever()
    {
        var target = Target("", "a");
        for (var round = 0; round < 6; round++)
        {
            var queue = NewQueue();
            Found("a", queue);
            if (round == 0)
                PublishOne(target, "1", 1);
            Assert.Empty(Heard.Confirms);
            Assert.Equal((1L, "1"), Batch(queue));
            Terminate(queue);
        }

        Assert.Equal([(1, 1UL, 1UL, true, true)], Heard.Confirms);
        Queues.ExpectNoMsg(0);
    }

    [Fact]
    public void A_question_that_went_to_a_lost_node_is_asked_again_until_it_is_answered()
    {
        QueueReply? reply = null;
        Session.PurgeQueue("a", answer => reply = answer);
        var purge = Queues.ExpectMsg<PurgeQueue>();
        Tell(Queues, new NodeRemoved(new Address("akka.tcp", "other", "node", 1)));
        Session.OnTimer();
        Queues.ExpectNoMsg(0);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Session.OnTimer();
        Assert.Equal(purge, Queues.ExpectMsg<PurgeQueue>() with { Origin = purge.Origin });
        Tell(Queues, new QueueAnswered(purge.RequestId, null, 3, 0));
        Assert.Equal(3, reply?.MessageCount);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Session.OnTimer();
        Queues.ExpectNoMsg(0);
    }

    [Fact]
    public void A_question_that_was_lost_without_anybody_knowing_is_asked_again_ever_more_seldom()
    {
        QueueReply? reply = null;
        Session.PurgeQueue("a", answer => reply = answer);
        var purge = Queues.ExpectMsg<PurgeQueue>();
        for (var second = 1; second <= 14; second++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            Session.OnTimer();
            if (second is 3 or 6 or 12)
                Assert.Equal(purge, Queues.ExpectMsg<PurgeQueue>() with { Origin = purge.Origin });
            Queues.ExpectNoMsg(0);
        }

        Tell(Queues, new QueueAnswered(purge.RequestId, null, 3, 0));
        Assert.Equal(3, reply?.MessageCount);
    }

    [Fact]
    public void A_get_and_a_consumer_that_were_being_answered_begin_anew_at_the_next_incarnation()
    {
        var (first, second) = (NewQueue(), NewQueue());
        GetReply? got = null;
        Refusal? refused = new(RefusalReason.Unavailable, "no answer");
        Session.Get("a", 5, noAck: false, answer => got = answer);
        Session.StartConsumer("a", 6, Channel, Settings, refusal => refused = refusal);
        Found("a", first);
        first.ExpectMsg<GetMessage>();
        first.ExpectMsg<StartConsumer>();
        Terminate(first);
        Assert.Null(got);
        Found("a", second);
        Tell(second, new MessageTaken(second.ExpectMsg<GetMessage>().RequestId, null, 0));
        Tell(second, new ConsumerStarted(second.ExpectMsg<StartConsumer>().RequestId, 6));
        Assert.Equal(new GetReply(null, null, 0), got);
        Assert.Null(refused);
    }

    [Fact]
    public void A_consumer_may_ask_to_be_cancelled_rather_than_started_again()
    {
        var queue = NewQueue();
        var settings = Settings with { Arguments = ArgumentTable.Of(("x-cancel-on-ha-failover", ArgumentValue.FromBoolean(true))) };
        Session.StartConsumer("a", 6, Channel, settings, static _ => { });
        Found("a", queue);
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, 6));
        Terminate(queue);
        Assert.Equal([6], Heard.Cancelled);
        Queues.ExpectNoMsg(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Such_a_consumer_goes_on_behind_a_broken_link_where_its_queue_is_still_the_same(bool isSame)
    {
        var (queue, next) = (NewQueue(), NewQueue());
        var settings = Settings with { Arguments = ArgumentTable.Of(("x-cancel-on-ha-failover", ArgumentValue.FromBoolean(true))) };
        Session.StartConsumer("a", 6, Channel, settings, static _ => { });
        Found("a", queue);
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, 6));

        Tell(Queues, new NodeLinkBroken(queue.Ref.Path.Address));
        Assert.Empty(Heard.Cancelled);
        Found("a", isSame ? queue : next);

        if (isSame)
            Assert.Equal(6, queue.ExpectMsg<StartConsumer>().ConsumerId);
        else
            next.ExpectNoMsg(0);
        Assert.Equal(isSame ? [] : [6], Heard.Cancelled);
    }

    [Fact]
    public void What_was_interrupted_is_asked_again_until_it_is_done()
    {
        Refusal? refused = new(RefusalReason.Unavailable, "no answer");
        Session.DeclareExchange("e", new ExchangeDefinition("fanout", Durable: true, AutoDelete: false, Internal: false, ArgumentTable.Empty), passive: false, refusal => refused = refusal);
        var declare = Exchanges.ExpectMsg<DeclareExchange>();
        Tell(Exchanges, new ExchangeAnswered(declare.RequestId, new Refusal(RefusalReason.Interrupted, "exchange 'e' in vhost '/' is moving")));
        Session.OnTimer();
        Exchanges.ExpectNoMsg(0);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Session.OnTimer();
        Assert.Equal(declare.RequestId, Exchanges.ExpectMsg<DeclareExchange>().RequestId);
        Tell(Exchanges, new ExchangeAnswered(declare.RequestId, null));
        Assert.Null(refused);
        Session.OnTimer();
        Exchanges.ExpectNoMsg(0);
    }

    [Fact]
    public void What_is_interrupted_for_longer_than_a_client_waits_is_refused_with_its_reason()
    {
        QueueReply? reply = null;
        Session.DeleteQueue("a", ifUnused: false, ifEmpty: false, answer => reply = answer);
        var delete = Queues.ExpectMsg<DeleteQueue>();
        Tell(Queues, new QueueAnswered(delete.RequestId, new Refusal(RefusalReason.Interrupted, "the journal cannot write"), 0, 0));
        Assert.Null(reply);
        Clock.Advance(TimeSpan.FromSeconds(15));
        Session.OnTimer();
        Assert.Equal("the journal cannot write", reply?.Refusal?.Text);
    }

    [Fact]
    public void A_queue_to_which_the_link_is_broken_is_found_anew_and_told_of_what_it_may_not_have()
    {
        var queue = NewQueue();
        var target = Target("", "a");
        Found("a", queue);
        for (var tag = 1UL; tag <= 3; tag++)
            PublishOne(target, $"{tag}", tag);
        Assert.Equal([(1L, "1"), (2L, "2"), (3L, "3")], [Batch(queue), Batch(queue), Batch(queue)]);
        Session.StartConsumer("a", 6, Channel, Settings, static _ => { });
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, 6));

        Tell(Queues, new NodeLinkBroken(queue.Ref.Path.Address));
        Tell(queue, new PublishProgress(3, 3));
        Assert.Empty(Heard.Confirms);
        var resolve = Queues.ExpectMsg<ResolveQueue>();
        Assert.Equal(1, resolve.ConsumersAnew);
        Tell(Queues, new QueueResolved(resolve.RequestId, resolve.Queue, queue.Ref) { Standing = new LinkStanding(1) });

        Assert.Equal([(1, 1UL, 1UL, false, true)], Heard.Confirms);
        Assert.Equal([(2L, "2"), (3L, "3")], [Batch(queue), Batch(queue)]);
        Assert.Equal(6, queue.ExpectMsg<StartConsumer>().ConsumerId);
    }
}
