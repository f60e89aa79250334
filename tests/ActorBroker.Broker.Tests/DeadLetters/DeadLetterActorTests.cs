using ActorBroker.Broker.DeadLetters;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.DeadLetters;

public sealed class DeadLetterActorTests : DeadLetterSpec
{
    [Fact]
    public void A_dead_letter_tells_of_its_death_and_is_done_when_every_queue_has_it()
    {
        var (one, two) = (Queue("one"), Queue("two"));
        Declare("dlx", "one", "two");
        var properties = new BasicProperties
        {
            ContentType = "t", DeliveryMode = 2, Expiration = "500", Headers = ArgumentTable.Of(("own", ArgumentValue.FromInt32(1))),
        };
        Start(AtMostOnce).Tell(new ForwardDeadLetters([Dead(7, DeathReason.Expired, properties, null, "a", "b")]));
        var batch = Received(one, 1);
        Assert.Equal(["a", "b"], [Body(batch, 0), Body(batch, 1)]);
        Assert.Equal(("dlx", "key"), (batch.RouteOf(0).Exchange, batch.RouteOf(0).RoutingKey));
        Assert.Equal(MessageFlags.Persistent | MessageFlags.HasHeaders, batch[0].Flags);
        var received = Properties(batch);
        Assert.Equal(properties with { Expiration = null, Headers = received.Headers }, received);
        Assert.Equal(ArgumentValue.FromInt32(1), Header(received, "own"));
        Assert.Equal(ArgumentValue.FromString("source"), Header(received, "x-first-death-queue"));
        Assert.Equal(ArgumentValue.FromString("expired"), Header(received, "x-last-death-reason"));
        var death = Assert.Single(Header(received, "x-death").AsArray()).AsTable();
        Assert.True(death.TryGetValue("original-expiration", out var expiration));
        Assert.Equal("500", expiration.AsString());
        Received(two, 1);
        Confirm(one, 1);
        ExpectNoMsg(0);
        Confirm(two, 1);
        ExpectDone(new PositionRange(7, 2));
    }

    [Fact]
    public void A_dead_letter_keeps_its_keys_or_gets_the_one_that_is_set()
    {
        var queue = Queue("by-key");
        var copied = Queue("copy");
        Tables.AddName("/", Destination.Queue("by-key"));
        Tables.AddName("/", Destination.Queue("copy"));
        var properties = new BasicProperties
        {
            Headers = ArgumentTable.Of(("CC", ArgumentValue.FromArray(ArgumentValue.FromString("copy"), ArgumentValue.FromInt32(1)))),
        };
        var actor = Start(AtMostOnce with { Exchange = string.Empty });
        actor.Tell(new ForwardDeadLetters([Dead(0, DeathReason.Rejected, properties, MessageRoute.Create("x", "by-key"), "a")]));
        var headers = Properties(Received(queue, 1));
        Assert.Equal(ArgumentKind.Array, Header(headers, "CC").Kind);
        Assert.True(Assert.Single(Header(headers, "x-death").AsArray()).AsTable().TryGetValue("routing-keys", out var keys));
        Assert.Equal(["by-key", "copy"], keys.AsArray().Select(static key => key.AsString()));
        Received(copied, 1);
        actor.Tell(new SetDeadLetterTarget(AtMostOnce with { Exchange = string.Empty, RoutingKey = "copy" }));
        actor.Tell(new ForwardDeadLetters([Dead(1, DeathReason.Rejected, properties, MessageRoute.Create("x", "by-key"), "b")]));
        var batch = Received(copied, 2);
        Assert.Equal("copy", batch.RouteOf(0).RoutingKey);
        Assert.Equal(ArgumentValue.Void, Header(Properties(batch), "CC"));
        queue.ExpectNoMsg(0);
    }

    [Fact]
    public void A_message_that_would_go_round_by_itself_is_dropped_and_one_that_was_rejected_is_not()
    {
        var source = Queue("source");
        Declare("dlx", "source");
        var actor = Start(AtMostOnce);
        actor.Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a")]));
        ExpectDone(new PositionRange(0, 1));
        actor.Tell(new ForwardDeadLetters([Dead(1, DeathReason.Rejected, null, null, "b")]));
        Assert.Equal("b", Body(Received(source, 1)));
    }

    [Fact]
    public void At_most_once_a_message_without_a_way_is_lost()
    {
        var actor = Start(AtMostOnce);
        actor.Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "no exchange")]));
        ExpectDone(new PositionRange(0, 1));
        Declare("dlx");
        actor.Tell(new ForwardDeadLetters([Dead(1, DeathReason.Expired, null, null, "no route")]));
        ExpectDone(new PositionRange(1, 1));
        var gone = Queue("gone");
        Bind("dlx", "gone");
        actor.Tell(new ForwardDeadLetters([Dead(2, DeathReason.Expired, null, null, "lost")]));
        Received(gone, 1);
        gone.Reply(new PublishFailed(1, 1));
        ExpectDone(new PositionRange(2, 1));
        actor.Tell(new ForwardDeadLetters([Dead(3, DeathReason.Expired, null, null, "terminated")]));
        Received(gone, 2);
        Sys.Stop(gone.Ref);
        ExpectDone(new PositionRange(3, 1));
    }

    [Fact]
    public void At_least_once_a_message_waits_for_its_exchange_and_then_for_a_route()
    {
        var actor = Start(AtLeastOnce);
        actor.Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a", "b")]));
        Pass(2);
        Declare("dlx");
        Pass(2);
        var queue = Queue("late");
        Bind("dlx", "late");
        Pass(1);
        var batch = Received(queue, 1);
        Assert.Equal(["a", "b"], [Body(batch, 0), Body(batch, 1)]);
        Assert.Equal(ArgumentValue.Void, Header(Properties(batch), "x-dead-letter-repeated"));
        ExpectNoMsg(0);
        Confirm(queue, 1);
        ExpectDone(new PositionRange(0, 2));
    }

    [Fact]
    public void At_least_once_a_message_that_is_only_remembered_has_not_arrived_and_is_remembered_once()
    {
        var history = Queue("amq.stage.dlx");
        Tables.AddName("/", Destination.Exchange("dlx"));
        Tables.SetRoutes(
            new ExchangeKey("/", "dlx"), new ExchangeDefinition(ExchangeTypes.RecentHistory, true, false, false, ArgumentTable.Empty), []);
        Start(AtLeastOnce).Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a")]));
        Assert.Equal("a", Body(Received(history, 1)));
        Confirm(history, 1);
        Pass(2);
        ExpectNoMsg(0);
        var queue = Queue("late");
        Bind("dlx", "late");
        Pass(1);
        Received(queue, 1);
        Confirm(queue, 1);
        ExpectDone(new PositionRange(0, 1));
        history.ExpectNoMsg(0);
    }

    [Fact]
    public void At_least_once_a_message_is_sent_again_only_to_whom_it_may_not_have_reached()
    {
        var (safe, lost) = (Queue("safe"), Queue("lost"));
        Declare("dlx", "safe", "lost");
        Start(AtLeastOnce).Tell(new ForwardDeadLetters([Dead(0, DeathReason.DeliveryLimit, null, null, "a")]));
        Received(safe, 1);
        Confirm(safe, 1);
        Received(lost, 1);
        lost.Reply(new PublishFailed(1, 1));
        Pass(1);
        var again = Received(lost, 2);
        Assert.Equal(ArgumentValue.FromBoolean(true), Header(Properties(again), "x-dead-letter-repeated"));
        Assert.Single(Header(Properties(again), "x-death").AsArray());
        Confirm(lost, 2);
        ExpectDone(new PositionRange(0, 1));
        safe.ExpectNoMsg(0);
    }

    [Fact]
    public void At_least_once_a_refused_message_is_sent_again_alone_and_is_no_duplicate()
    {
        var queue = Queue("full");
        Declare("dlx", "full");
        Start(AtLeastOnce).Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a", "b", "c")]));
        Received(queue, 1);
        queue.Reply(new PublishRejected(1, [1, 7]));
        Confirm(queue, 1);
        ExpectDone(new PositionRange(0, 1), new PositionRange(2, 1));
        Pass(1);
        var again = Received(queue, 2);
        Assert.Equal(("b", 1), (Body(again), again.Count));
        Assert.Equal(ArgumentValue.Void, Header(Properties(again), "x-dead-letter-repeated"));
        Confirm(queue, 2);
        ExpectDone(new PositionRange(1, 1));
    }

    [Fact]
    public void What_a_restart_repeats_says_so()
    {
        var queue = Queue("q");
        Declare("dlx", "q");
        Start(AtLeastOnce).Tell(new ForwardDeadLetters([Dead(0, DeathReason.MaxLength, null, null, "a") with { IsRepeated = true }]));
        Assert.Equal(ArgumentValue.FromBoolean(true), Header(Properties(Received(queue, 1)), "x-dead-letter-repeated"));
    }

    [Fact]
    public void A_message_that_does_not_get_through_is_tried_again_after_ever_longer_waits()
    {
        var queue = Queue("q");
        Declare("dlx", "q");
        Start(AtLeastOnce).Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a")]));
        var waits = new[] { 1, 2, 4, 8, 16, 30, 30 };
        var sequence = 0L;
        foreach (var wait in waits)
        {
            Received(queue, ++sequence);
            queue.Reply(new PublishFailed(sequence, sequence));
            ExpectNoMsg(0);
            Pass(wait - 1);
            queue.ExpectNoMsg(0);
            Pass(1);
        }

        Received(queue, ++sequence);
        Confirm(queue, sequence);
        ExpectDone(new PositionRange(0, 1));
    }

    [Fact]
    public void Messages_wait_in_order_while_the_exchange_is_being_loaded()
    {
        var queue = Queue("q");
        DeclareUnloaded("dlx");
        var actor = Start(AtLeastOnce);
        actor.Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a")]));
        actor.Tell(new ForwardDeadLetters([Dead(1, DeathReason.Expired, null, null, "b")]));
        Loader.ExpectMsg(new LoadExchange(new ExchangeKey("/", "dlx")));
        Loader.ExpectNoMsg(0);
        Declare("dlx", "q");
        queue.ExpectNoMsg(0);
        actor.Tell(new ExchangeLoaded(new ExchangeKey("/", "dlx")));
        var batch = Received(queue, 1);
        Assert.Equal(["a", "b"], [Body(batch, 0), Body(batch, 1)]);
    }

    [Fact]
    public void A_queue_that_is_not_found_in_time_counts_as_not_reached()
    {
        Declare("dlx", "nowhere");
        var actor = Start(AtMostOnce);
        actor.Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a")]));
        Region.ExpectMsg<ResolveQueue>();
        Pass(59);
        Region.ExpectMsg<ResolveQueue>();
        ExpectNoMsg(0);
        Pass(1);
        ExpectDone(new PositionRange(0, 1));
    }

    [Fact]
    public void A_queue_that_is_gone_is_none_to_wait_for()
    {
        var there = Queue("there");
        Declare("dlx", "there", "gone");
        Start(AtLeastOnce).Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a")]));
        var request = Assert.IsType<ResolveQueue>(Region.FishForMessage(static message => message is ResolveQueue { Queue.Name: "gone" }));
        Region.Reply(new QueueAnswered(request.RequestId, new Refusal(RefusalReason.NotFound, "no queue"), 0, 0));
        Received(there, 1);
        Confirm(there, 1);
        ExpectDone(new PositionRange(0, 1));
    }

    [Fact]
    public void Queues_get_their_share_of_a_slab_and_large_messages_slabs_of_their_own()
    {
        var (all, some) = (Queue("all"), Queue("some"));
        Declare("dlx", "all");
        Tables.AddName("/", Destination.Queue("some"));
        var large = new string('l', MessageBatch.SlabSizeTarget + 1);
        var actor = Start(AtMostOnce with { Exchange = string.Empty });
        Tables.AddName("/", Destination.Queue("all"));
        DeadLetterSegment To(long position, string key, string body) => Dead(position, DeathReason.Rejected, null, MessageRoute.Create("x", key), body);
        actor.Tell(new ForwardDeadLetters([To(0, "all", "a"), To(1, "some", "b"), To(2, "all", "c"), To(3, "all", large), To(4, "all", "d")]));
        var first = Received(all, 1);
        Assert.Equal(["a", "c"], [Body(first, 0), Body(first, 1)]);
        Assert.Equal("b", Body(Received(some, 1)));
        Assert.Equal(large, Body(Received(all, 2)));
        Assert.Equal("d", Body(Received(all, 3)));
        Confirm(all, 3);
        ExpectDone(new PositionRange(0, 1), new PositionRange(2, 3));
    }

    [Fact]
    public void What_is_due_goes_on_from_a_stage_as_it_was_published()
    {
        var queue = Queue("q");
        Declare("delayed", "q");
        var properties = new BasicProperties
        {
            Expiration = "500", Headers = ArgumentTable.Of(("a", ArgumentValue.Void), ("x-delay", ArgumentValue.FromString("1500"))),
        };
        var actor = Start(new DeadLetterTarget("delayed", null, DeadLetterStrategy.AtLeastOnce, new Stage("delayed", StageKind.Delay)));
        actor.Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, properties, MessageRoute.Create("delayed", "key"), "a")]));
        var batch = Received(queue, 1);
        Assert.Equal(("delayed", "key"), (batch.RouteOf(0).Exchange, batch.RouteOf(0).RoutingKey));
        Assert.Equal(
            properties with { Headers = ArgumentTable.Of(("a", ArgumentValue.Void), ("x-delay", ArgumentValue.FromInt64(-1500))) }, Properties(batch));
        queue.Reply(new PublishFailed(1, 1));
        Pass(1);
        Assert.Equal(ArgumentValue.FromBoolean(true), Header(Properties(Received(queue, 2)), "x-dead-letter-repeated"));
        Confirm(queue, 2);
        ExpectDone(new PositionRange(0, 1));
    }

    [Fact]
    public void What_is_due_and_leads_nowhere_is_dropped()
    {
        var actor = Start(new DeadLetterTarget("delayed", null, DeadLetterStrategy.AtLeastOnce, new Stage("delayed", StageKind.Delay)));
        actor.Tell(new ForwardDeadLetters([Dead(0, DeathReason.Expired, null, null, "a")]));
        ExpectDone(new PositionRange(0, 1));
    }
}
