using ActorBroker.Testing.History;
using Xunit;
using static ActorBroker.Testing.History.ViolationKind;

namespace ActorBroker.Interop.Tests.Durability.History;

/// <summary>The judge itself: it has to find each kind of damage, and to accept what is none.</summary>
public sealed class HistoryCheckerTests
{
    private static HistoryBuilder History => new();

    [Fact]
    public void What_goes_well_is_accepted() => Accept(History
        .Confirm(1).Confirm(2).Send(3).Consume().Deliver(1).Deliver(2).Settle(1).Settle(2).Wait(2).Kill().Wait(5).Consume());

    [Fact]
    public void A_confirmed_message_that_never_comes_is_lost()
    {
        var history = History.Confirm(1).Confirm(2).Kill().Consume().Deliver(2).Settle(2);
        Find(Lost, history);
        Assert.Equal(1, history.CountOwed());
    }

    [Fact]
    public void A_confirmed_message_that_came_and_was_not_settled_has_to_come_again()
    {
        Find(Lost, History.Confirm(1).Deliver(1).Kill().Consume());
        Accept(History.Confirm(1).Deliver(1).Kill().Consume().Deliver(1, redelivered: true).Settle(1));
    }

    [Fact]
    public void A_message_that_was_not_confirmed_may_be_gone() => Accept(History.Send(1).Kill().Consume());

    [Fact]
    public void A_confirmed_message_may_be_gone_with_a_purge_or_a_deletion_that_may_have_happened()
    {
        Accept(History.Confirm(1).Purge(Outcome.Unknown).Kill());
        Accept(History.Confirm(1).Change(TopologyItem.OfQueue("q"), null, Outcome.Unknown).Kill());
        Find(Lost, History.Confirm(1).Purge(Outcome.Refused).Kill());
        Find(Lost, History.Purge().Confirm(1).Kill());
    }

    [Fact]
    public void A_message_may_be_gone_when_it_has_expired_and_nothing_takes_dead_letters()
    {
        Accept(History.Confirm(1, "short").Wait(1.5).Kill());
        Find(Lost, History.Confirm(1, "short").Wait(0.5).Kill());
        Find(Lost, History.Confirm(1, "dying").Wait(1.5).Kill());
    }

    [Fact]
    public void A_rejected_message_is_gone_or_has_to_be_a_dead_letter()
    {
        Accept(History.Confirm(1, "short").Deliver(1, "short").Settle(1, "short", Settlement.Rejected));
        Find(Lost, History.Confirm(1, "dying").Deliver(1, "dying").Settle(1, "dying", Settlement.Rejected));
        Accept(History.Confirm(1, "dying").Deliver(1, "dying").Settle(1, "dying", Settlement.Rejected).Deliver(1, "dead").Settle(1, "dead"));
    }

    [Fact]
    public void A_message_nobody_sent_or_not_to_there_is_invented()
    {
        Find(Invented, History.Deliver(1));
        Find(Invented, History.Confirm(1).Deliver(1, "short").Settle(1));
        Find(Invented, History.Confirm(1).Deliver(1, "dead").Settle(1));
    }

    [Fact]
    public void Messages_of_a_publisher_in_another_order_are_found()
    {
        Find(OutOfOrder, History.Confirm(1).Confirm(2).Deliver(2).Deliver(1).Settle(1).Settle(2));
        Accept(History.Confirm(1).Send(2, publisher: 1).Deliver(2, publisher: 1).Deliver(1).Settle(1)
            .Kill().Deliver(2, redelivered: true, publisher: 1));
        Accept(History.Confirm(1, "dying").Confirm(2, "dying").Wait(2).Deliver(2, "dead").Deliver(1, "dead").Settle(1, "dead").Settle(2, "dead"));
    }

    [Fact]
    public void What_a_consumer_gave_back_comes_when_it_may()
    {
        var history = History.Confirm(1).Confirm(2).Deliver(1).Deliver(2).Settle(1, settlement: Settlement.Returned);
        Accept(history.Deliver(1, redelivered: true).Settle(1).Settle(2));
        Find(OutOfOrder, History.Confirm(1).Confirm(2).Deliver(1).Deliver(2).Deliver(1, redelivered: true).Settle(1).Settle(2));
    }

    [Fact]
    public void A_message_settled_more_than_a_moment_ago_does_not_come_back_even_marked()
    {
        Find(SettledCameBack, History.Confirm(1).Deliver(1).Settle(1).Wait(2).Kill().Deliver(1, redelivered: true).Settle(1));
        Accept(History.Confirm(1).Deliver(1).Settle(1).Wait(0.5).Kill().Deliver(1, redelivered: true).Settle(1));
        Find(SettledCameBack, History.Confirm(1).Deliver(1).Settle(1).Consume().Deliver(1, redelivered: true).Settle(1));
    }

    [Fact]
    public void A_message_settled_in_an_earlier_run_does_not_come_back_after_it_once_did_not() =>
        Find(SettledCameBack, History.Confirm(1).Deliver(1).Settle(1).Wait(2).Kill().Wait(9).Kill().Deliver(1, redelivered: true));

    [Fact]
    public void A_message_that_was_handed_out_more_than_a_moment_ago_comes_again_only_marked()
    {
        Find(NotMarked, History.Confirm(1).Deliver(1).Wait(2).Kill().Deliver(1).Settle(1));
        Accept(History.Confirm(1).Deliver(1).Wait(0.5).Kill().Deliver(1).Settle(1));
        Accept(History.Confirm(1).Deliver(1).Wait(2).Kill().Deliver(1, redelivered: true).Settle(1));
        Find(NotMarked, History.Confirm(1).Deliver(1).Settle(1, settlement: Settlement.Returned).Deliver(1).Settle(1));
    }

    [Fact]
    public void A_dead_letter_comes_again_only_marked_as_repeated_or_redelivered()
    {
        HistoryBuilder Arrived() => History.Confirm(1, "dying").Wait(2).Deliver(1, "dead").Settle(1, "dead").Wait(2);
        Find(SettledCameBack, Arrived().Deliver(1, "dead"));
        Find(SettledCameBack, Arrived().Deliver(1, "dead", redelivered: true));
        Accept(Arrived().Deliver(1, "dead", repeated: true));
    }

    [Fact]
    public void What_was_purged_or_deleted_does_not_come_back()
    {
        Find(RemovedCameBack, History.Confirm(1).Purge().Kill().Deliver(1).Settle(1));
        Find(RemovedCameBack, History.Confirm(1).Change(TopologyItem.OfQueue("q"), null).Kill().Deliver(1).Settle(1));
        Accept(History.Confirm(1).Purge(Outcome.Unknown).Kill().Deliver(1).Settle(1));
        Accept(History.Confirm(1).Purge().Confirm(2).Kill().Deliver(2).Settle(2));
    }

    [Fact]
    public void What_a_consumer_may_have_had_is_not_the_purges_to_take() =>
        Accept(History.Confirm(1).Consume().Purge().Kill().Deliver(1).Settle(1));

    [Fact]
    public void What_comes_before_its_time_is_found()
    {
        Find(TooEarly, History.Send(1, heldBack: 3).Wait(2).Deliver(1).Settle(1));
        Accept(History.Send(1, heldBack: 3).Wait(4).Deliver(1).Settle(1));
        Find(TooEarly, History.Confirm(1, "dying").Wait(0.5).Deliver(1, "dead").Settle(1, "dead"));
        Accept(History.Confirm(1, "dying").Deliver(1, "dying").Settle(1, "dying", Settlement.Rejected).Deliver(1, "dead").Settle(1, "dead"));
    }

    [Fact]
    public void The_last_reader_of_a_stream_has_all_that_was_confirmed_or_read()
    {
        Accept(History.Confirm(1, "stream").Send(2, "stream").Kill().Consume("stream").Deliver(1, "stream", offset: 0));
        Find(Lost, History.Confirm(1, "stream").Kill().Consume("stream"));
        Find(Lost, History.Send(1, "stream").Consume("stream").Deliver(1, "stream", offset: 0).Kill().Consume("stream"));
    }

    [Fact]
    public void An_offset_names_one_message_for_ever()
    {
        Find(OffsetMoved, History.Send(1, "stream").Send(2, "stream")
            .Consume("stream").Deliver(1, "stream", offset: 0).Consume("stream").Deliver(2, "stream", offset: 0));
        Find(OffsetMoved, History.Send(1, "stream")
            .Consume("stream").Deliver(1, "stream", offset: 0).Consume("stream").Deliver(1, "stream", offset: 1));
        Find(OffsetMoved, History.Send(1, "stream").Send(2, "stream")
            .Consume("stream").Deliver(1, "stream", offset: 0).Deliver(2, "stream", offset: 2));
    }

    [Fact]
    public void What_was_declared_or_deleted_is_what_is_found()
    {
        var queue = TopologyItem.OfQueue("q");
        Accept(History.Change(queue, "classic").Kill().See(queue, "classic").Change(queue, null).Kill().See(queue, null));
        Find(TopologyDiffers, History.Change(queue, "classic").Kill().See(queue, null));
        Find(TopologyDiffers, History.Change(queue, "classic").Kill().See(queue, "quorum"));
        Find(TopologyDiffers, History.Change(queue, "classic").Change(queue, null).Kill().See(queue, "classic"));
        Find(TopologyDiffers, History.Change(queue, "classic", Outcome.Refused).Kill().See(queue, "classic"));
    }

    [Fact]
    public void A_change_of_unknown_outcome_has_happened_or_not_and_stays_so()
    {
        var exchange = TopologyItem.OfExchange("x");
        HistoryBuilder Declaring() => History.Change(exchange, "direct", Outcome.Unknown).Kill();
        Accept(Declaring().See(exchange, "direct").Kill().See(exchange, "direct"));
        Accept(Declaring().See(exchange, null).Kill().See(exchange, null));
        Find(TopologyDiffers, Declaring().See(exchange, null).Kill().See(exchange, "direct"));
        Find(TopologyDiffers, Declaring().See(exchange, "fanout"));
    }

    [Fact]
    public void A_binding_is_not_there_without_its_queue()
    {
        var (queue, exchange, binding) = (TopologyItem.OfQueue("q"), TopologyItem.OfExchange("x"), TopologyItem.OfBinding("x", "q"));
        HistoryBuilder Deleting() => History.Change(exchange, "direct").Change(queue, "classic").Change(binding, "key")
            .Change(queue, null, Outcome.Unknown).Change(binding, null, Outcome.Unknown).Kill();
        Accept(Deleting().See(queue, "classic").See(binding, "key"));
        Accept(Deleting().See(queue, null).See(binding, null));
        Find(TopologyDiffers, Deleting().See(queue, null).See(binding, "key"));
    }

    [Fact]
    public void What_a_consumer_holds_comes_again_in_order_and_marked_when_its_queue_moves()
    {
        HistoryBuilder Held() => Moving.Confirm(1).Confirm(2).Confirm(3).Deliver(1).Deliver(2);
        Accept(Held().Deliver(1, redelivered: true).Deliver(2, redelivered: true).Deliver(3).Settle(1).Settle(2).Settle(3));
        Find(OutOfOrder, Held().Deliver(1, redelivered: true).Deliver(2).Deliver(3).Settle(1).Settle(2).Settle(3));
        Find(NotMarked, Held().Deliver(1).Deliver(2).Deliver(3).Settle(1).Settle(2).Settle(3));
        Find(OutOfOrder, Moving.Confirm(1).Confirm(2).Deliver(2).Deliver(1).Settle(1).Settle(2));
    }

    [Fact]
    public void What_a_consumer_on_a_lost_node_held_comes_late_and_marked() =>
        Accept(Moving.Confirm(1).Confirm(2).LoseConsumer().Consume().Deliver(2).Deliver(1, redelivered: true).Settle(1).Settle(2));

    [Fact]
    public void What_was_handed_out_at_the_moment_of_a_kill_comes_again_in_order()
    {
        Accept(Moving.Confirm(1).Confirm(2).Deliver(1).Deliver(2).Wait(0.5).Disturb().Deliver(1).Deliver(2).Settle(1).Settle(2));
    }

    [Fact]
    public void What_was_settled_comes_again_only_if_its_queue_moved_within_a_moment()
    {
        Accept(Moving.Confirm(1).Deliver(1).Settle(1).Wait(0.5).Deliver(1, redelivered: true).Settle(1));
        Find(SettledCameBack, Moving.Confirm(1).Deliver(1).Settle(1).Wait(0.5).Deliver(1).Settle(1));
        Find(SettledCameBack, Moving.Confirm(1).Deliver(1).Settle(1).Wait(2).Deliver(1, redelivered: true).Settle(1));
    }

    [Fact]
    public void What_was_settled_shortly_before_a_disturbance_or_the_loss_of_its_consumer_may_come_again()
    {
        Accept(Moving.Confirm(1).Deliver(1).Settle(1).Wait(8).Disturb(secondsAgo: 7.5).Deliver(1, redelivered: true).Settle(1));
        Find(SettledCameBack, Moving.Confirm(1).Deliver(1).Settle(1).Wait(8).Disturb(secondsAgo: 6).Deliver(1, redelivered: true).Settle(1));
        Accept(Moving.Confirm(1).Deliver(1).Settle(1).Wait(0.5).LoseConsumer().Wait(8).Consume().Deliver(1, redelivered: true).Settle(1));
        Find(SettledCameBack, Moving.Confirm(1).Deliver(1).Settle(1).Wait(2).LoseConsumer().Wait(8).Consume().Deliver(1, redelivered: true).Settle(1));
    }

    [Fact]
    public void What_was_handed_out_since_a_node_was_lost_comes_again_marked_unless_another_still_served_the_queue()
    {
        HistoryBuilder HandedOutMeanwhile(bool servedTwice) => Moving
            .Confirm(1).Wait(5).Deliver(1).Wait(5).Disturb(secondsAgo: 8, servedTwice).Deliver(1).Settle(1);
        Accept(HandedOutMeanwhile(servedTwice: true));
        Find(NotMarked, HandedOutMeanwhile(servedTwice: false));
    }

    private static HistoryBuilder Moving => new() { QueuesMove = true };

    private static void Accept(HistoryBuilder history) => Assert.Empty(history.Check());

    private static void Find(ViolationKind kind, HistoryBuilder history) => Assert.Contains(kind, history.Check());
}
