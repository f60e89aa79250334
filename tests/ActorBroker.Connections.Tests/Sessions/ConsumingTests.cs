using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class ConsumingTests : BrokerSessionSpec
{
    private static readonly Refusal Locked = new(RefusalReason.ResourceLocked, "locked");

    [Fact]
    public void A_consumer_starts_at_its_queue_and_its_deliveries_are_handed_on()
    {
        var queue = NewQueue();
        var started = Start(1);
        Found("a", queue);
        var start = queue.ExpectMsg<StartConsumer>();
        Assert.Equal((1, Settings), (start.ConsumerId, start.Settings));
        Assert.Empty(started);
        Tell(queue, new ConsumerStarted(start.RequestId, 1));
        Assert.Equal([null], started);
        Tell(queue, Delivery(1, 7, "x", "y"));
        Tell(queue, Delivery(2, 9, "of nobody"));
        Assert.Equal([(1, 7L, "x"), (1, 8L, "y")], Heard.Deliveries);
        Session.Settle(1, SettleOutcome.Accepted, new PositionRange(7, 1));
        Session.Settle(1, SettleOutcome.Accepted, new PositionRange(8, 1));
        queue.ExpectNoMsg(0);
        Session.EndOfRead();
        Assert.Equal([new Settlement(1, SettleOutcome.Accepted, new PositionRange(7, 2))], queue.ExpectMsg<SettleMessages>().Settlements);
    }

    [Fact]
    public void A_queue_that_does_not_answer_is_asked_for_again_and_one_answer_counts()
    {
        var queue = NewQueue();
        Start(1);
        var unanswered = Queues.ExpectMsg<ResolveQueue>();
        Session.OnTimer();
        Assert.Equal(unanswered, Queues.ExpectMsg<ResolveQueue>());
        Tell(Queues, new QueueResolved(unanswered.RequestId, unanswered.Queue, queue.Ref));
        queue.ExpectMsg<StartConsumer>();
        Tell(Queues, new QueueResolved(unanswered.RequestId, unanswered.Queue, queue.Ref));
        Session.OnTimer();
        queue.ExpectNoMsg(0);
        Queues.ExpectNoMsg(0);
    }

    [Fact]
    public void A_streams_offsets_are_shown_as_they_are_and_its_consumer_goes_on_behind_them()
    {
        var queue = NewQueue();
        Start(1);
        Found("a", queue);
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, 1));
        var delivery = Delivery(1, 40, "x", "y");
        delivery.Segments[0] = delivery.Segments[0] with { IsOfStream = true };
        Tell(queue, delivery);
        Terminate(queue);
        var next = NewQueue();
        Found("a", next);

        var start = next.ExpectMsg<StartConsumer>();
        Assert.True(start.Settings.Arguments.TryGetValue("x-stream-offset", out var offset));
        Assert.Equal(ArgumentValue.FromInt64(42), offset);
        Tell(next, new ConsumerStarted(start.RequestId, 1));
        delivery = Delivery(1, 42, "z");
        delivery.Segments[0] = delivery.Segments[0] with { IsOfStream = true };
        Tell(next, delivery);
        Assert.Equal([40L, 41, 42], Heard.Deliveries.Select(static heard => heard.Position));
    }

    [Fact]
    public void A_streams_consumer_that_was_given_nothing_yet_goes_on_where_it_started()
    {
        var queue = NewQueue();
        Start(1);
        Found("a", queue);
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, 1) { StreamOffset = 7 });
        Terminate(queue);
        var next = NewQueue();
        Found("a", next);

        Assert.True(next.ExpectMsg<StartConsumer>().Settings.Arguments.TryGetValue("x-stream-offset", out var offset));
        Assert.Equal(ArgumentValue.FromInt64(7), offset);
    }

    [Fact]
    public void A_consumer_that_timed_out_is_closed_by_its_channel_and_hears_no_more()
    {
        var queue = NewQueue();
        Start(1);
        Found("a", queue);
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, 1));

        Tell(queue, new ConsumerTimedOut(1, 60_000));
        Session.CloseConsumer(1);
        queue.ExpectMsg(new CloseConsumer(1));
        Tell(queue, new ConsumerTimedOut(1, 60_000));
        Tell(queue, Delivery(1, 0, "x"));

        Assert.Equal([(1, 60_000L)], Heard.TimedOut);
        Assert.Empty(Heard.Deliveries);
    }

    [Fact]
    public void A_consumer_that_is_refused_is_forgotten()
    {
        var queue = NewQueue();
        var started = Start(1);
        Found("a", queue);
        Tell(queue, new QueueAnswered(queue.ExpectMsg<StartConsumer>().RequestId, Locked, 0, 0));
        Assert.Equal([Locked], started);
        Tell(queue, Delivery(1, 0, "x"));
        Assert.Empty(Heard.Deliveries);
    }

    [Fact]
    public void A_consumer_that_does_not_start_in_time_is_closed_in_case_it_does_later()
    {
        var queue = NewQueue();
        var started = Start(1);
        Found("a", queue);
        queue.ExpectMsg<StartConsumer>();
        Clock.Advance(TimeSpan.FromSeconds(15));
        Session.OnTimer();
        Assert.Equal([RefusalReason.Unavailable], started.Select(static refusal => refusal!.Reason));
        queue.ExpectMsg(new CloseConsumer(1));
    }

    [Fact]
    public void Consumers_go_on_at_the_next_incarnation_of_their_queue()
    {
        var (first, second) = (NewQueue(), NewQueue());
        Started(first);
        Session.SetConsumerActive(1, active: false);
        first.ExpectMsg(new SetConsumerActive(1, false));
        Terminate(first);
        Found("a", second);
        var again = second.ExpectMsg<StartConsumer>();
        second.ExpectMsg(new SetConsumerActive(1, false));
        Tell(second, new ConsumerStarted(again.RequestId, 1));
        Tell(second, Delivery(1, 0, "x"));
        Assert.Single(Heard.Deliveries);
        Assert.Empty(Heard.Cancelled);
    }

    [Fact]
    public void Late_settlements_of_an_old_incarnations_deliveries_do_not_reach_the_next()
    {
        var (first, second) = (NewQueue(), NewQueue());
        Started(first);
        Tell(first, Delivery(1, 5, "never written", "nor this"));
        Terminate(first);
        Found("a", second);
        Tell(second, new ConsumerStarted(second.ExpectMsg<StartConsumer>().RequestId, 1));

        // The same position, another message.
        Tell(second, Delivery(1, 5, "new"));
        Tell(first, Delivery(1, 6, "late"));
        Assert.Equal(["never written", "nor this", "new"], Heard.Deliveries.Select(static delivery => delivery.Body));
        var old = Heard.Deliveries[0].Position;
        var fresh = Heard.Deliveries[2].Position;
        Session.Settle(1, SettleOutcome.Accepted, new PositionRange(old, 2));
        Session.EndOfRead();
        second.ExpectNoMsg(0);
        Session.Settle(1, SettleOutcome.Rejected, new PositionRange(fresh, 1));
        Session.EndOfRead();
        Assert.Equal([new Settlement(1, SettleOutcome.Rejected, new PositionRange(5, 1))], second.ExpectMsg<SettleMessages>().Settlements);
    }

    [Fact]
    public void A_settlement_over_old_and_new_deliveries_is_cut()
    {
        var (first, second) = (NewQueue(), NewQueue());
        Started(first);
        Tell(first, Delivery(1, 0, "a", "b", "c"));
        Terminate(first);
        Found("a", second);
        Tell(second, new ConsumerStarted(second.ExpectMsg<StartConsumer>().RequestId, 1));
        Tell(second, Delivery(1, 0, "a", "b", "c"));
        Assert.Equal(6, Heard.Deliveries.Select(static delivery => delivery.Position).Distinct().Count());
        Session.Settle(1, SettleOutcome.Accepted, new PositionRange(Heard.Deliveries[1].Position, 4));
        Session.EndOfRead();
        Assert.Equal([new Settlement(1, SettleOutcome.Accepted, new PositionRange(0, 2))], second.ExpectMsg<SettleMessages>().Settlements);
    }

    [Fact]
    public void What_a_getter_took_from_an_old_incarnation_is_not_settled_at_the_next()
    {
        var (first, second) = (NewQueue(), NewQueue());
        var old = Take(first);
        Terminate(first);
        var fresh = Take(second);
        Assert.NotEqual(old, fresh);
        Session.Settle(9, SettleOutcome.Accepted, new PositionRange(old, 1));
        Session.EndOfRead();
        second.ExpectNoMsg(0);
        Session.Settle(9, SettleOutcome.Accepted, new PositionRange(fresh, 1));
        Session.EndOfRead();
        Assert.Equal(new PositionRange(3, 1), Assert.Single(second.ExpectMsg<SettleMessages>().Settlements).Positions);
    }

    [Fact]
    public void A_consumer_whose_queue_ends_for_good_while_it_starts_is_refused()
    {
        var queue = NewQueue();
        var started = Start(1);
        Found("a", queue);
        queue.ExpectMsg<StartConsumer>();
        Terminate(queue);
        Assert.Empty(started);
        NotFound("a");
        Assert.Equal([RefusalReason.NotFound], started.Select(static refusal => refusal!.Reason));
        Queues.ExpectNoMsg(0);
        Assert.Empty(Heard.Cancelled);
    }

    [Fact]
    public void A_consumer_survives_two_ends_in_a_row()
    {
        var (first, second, third) = (NewQueue(), NewQueue(), NewQueue());
        Started(first);
        Terminate(first);
        Found("a", second);
        second.ExpectMsg<StartConsumer>();
        Terminate(second);
        Found("a", third);
        Tell(third, new ConsumerStarted(third.ExpectMsg<StartConsumer>().RequestId, 1));
        Assert.Empty(Heard.Cancelled);
    }

    [Fact]
    public void A_consumer_whose_queue_is_not_there_any_more_is_cancelled()
    {
        var queue = NewQueue();
        Started(queue);
        Terminate(queue);
        NotFound("a");
        Assert.Equal([1], Heard.Cancelled);
    }

    [Fact]
    public void A_deleted_queue_cancels_its_consumers_once()
    {
        var queue = NewQueue();
        Started(queue);
        Tell(queue, new ConsumerCancelled(1));
        Terminate(queue);
        Assert.Equal([1], Heard.Cancelled);
        Queues.ExpectNoMsg(0);
    }

    [Fact]
    public void Whoever_waits_for_an_answer_of_an_actor_that_ended_need_not_wait_for_the_time_out()
    {
        var queue = NewQueue();
        Started(queue);
        GetReply? taken = null;
        var stopped = 0;
        Session.Get("a", 9, noAck: true, reply => taken = reply);
        Session.StopConsumer(1, () => stopped++);
        Terminate(queue);
        Assert.Equal(1, stopped);
        NotFound("a");
        Assert.Equal(RefusalReason.NotFound, taken?.Refusal?.Reason);
        Queues.ExpectNoMsg(0);
    }

    [Fact]
    public void Requests_that_are_not_answered_in_time_are_unavailable()
    {
        QueueReply? declared = null;
        Refusal? bound = null;
        Session.DeclareQueue("a", new Core.Queues.QueueDefinition(true, false, false, Core.Arguments.ArgumentTable.Empty), false, reply => declared = reply);
        Session.DeleteExchange("f", false, refusal => bound = refusal);
        Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.True(Session.HasRequests);
        Session.OnTimer();
        Assert.False(Session.HasRequests);
        Assert.Equal(RefusalReason.Unavailable, declared?.Refusal?.Reason);
        Assert.Equal(RefusalReason.Unavailable, bound?.Reason);
        Tell(Queues, new QueueAnswered(Queues.ExpectMsg<DeclareQueue>().RequestId, null, 3, 0));
        Assert.Equal(RefusalReason.Unavailable, declared?.Refusal?.Reason);
    }

    [Fact]
    public void Stopping_a_consumer_sends_what_it_settled_first()
    {
        var queue = NewQueue();
        Started(queue);
        Tell(queue, Delivery(1, 0, "x"));
        Session.Settle(1, SettleOutcome.Accepted, new PositionRange(0, 1));
        Session.StopConsumer(1, static () => { });
        queue.ExpectMsg<SettleMessages>();
        queue.ExpectMsg<StopConsumer>();
    }

    [Fact]
    public void Closing_a_consumer_sends_what_it_settled_first()
    {
        var queue = NewQueue();
        Started(queue);
        Tell(queue, Delivery(1, 0, "x"));
        Session.Settle(1, SettleOutcome.Accepted, new PositionRange(0, 1));
        Session.CloseConsumer(1);
        queue.ExpectMsg<SettleMessages>();
        queue.ExpectMsg(new CloseConsumer(1));
        Session.GrantCredit(1, 10);
        Session.Settle(1, SettleOutcome.Accepted, new PositionRange(0, 1));
        Session.EndOfRead();
        queue.ExpectNoMsg(0);
    }

    private List<Refusal?> Start(int consumerId)
    {
        var answers = new List<Refusal?>();
        Session.StartConsumer("a", consumerId, Channel, Settings, answers.Add);
        return answers;
    }

    private void Started(TestProbe queue)
    {
        Start(1);
        Found("a", queue);
        Tell(queue, new ConsumerStarted(queue.ExpectMsg<StartConsumer>().RequestId, 1));
    }

    // Takes the message at position 3; where the session says that it is.
    private long Take(TestProbe queue)
    {
        GetReply? taken = null;
        Session.Get("a", 9, noAck: false, reply => taken = reply);
        Found("a", queue);
        Tell(queue, new MessageTaken(queue.ExpectMsg<GetMessage>().RequestId, Delivery(9, 3, "x").Segments[0], 0));
        return taken!.Value.Segment!.Value.FirstPosition;
    }
}
