using System.Text;
using ActorBroker.Broker.History;
using ActorBroker.Broker.Readers;
using ActorBroker.Broker.Tests.DeadLetters;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.History;

/// <summary>One replay, with the test as the queue whose history it reads, and probes as the queues that it publishes to.</summary>
public sealed class ReplayActorTests : DeadLetterSpec
{
    private static readonly MessageRoute Route = MessageRoute.Create("x", "key");

    private readonly TestProbe _requester;
    private readonly TestProbe _target;

    public ReplayActorTests()
    {
        _requester = CreateTestProbe("requester");
        _target = Queue("target");
        Tables.AddName("/", Destination.Queue("target"));
    }

    [Fact]
    public void A_queue_gets_messages_as_they_were_with_headers_that_say_where_they_come_from()
    {
        var replay = Start();
        ExpectReading(5, 7);
        var properties = new BasicProperties { DeliveryMode = 2, Expiration = "9", UserId = "u", Headers = ArgumentTable.Of(("h", ArgumentValue.FromInt32(1))) };
        Deliver(replay, 5, properties, "a", "b");
        var batch = Received(_target, 1);
        Assert.Equal(["a", "b"], [Body(batch, 0), Body(batch, 1)]);
        Assert.Equal(("x", "key"), (batch.RouteOf(0).Exchange, batch.RouteOf(0).RoutingKey));
        Assert.Equal(MessageFlags.Persistent | MessageFlags.HasHeaders, batch[0].Flags);
        var received = Properties(batch, 1);
        Assert.Equal(properties with { Headers = received.Headers }, received);
        Assert.Equal(
            ArgumentTable.Of(
                ("h", ArgumentValue.FromInt32(1)), ("x-replayed-from-queue", ArgumentValue.FromString("source")),
                ("x-replayed-position", ArgumentValue.FromInt64(6)), ("x-replay-id", ArgumentValue.FromString("again"))),
            received.Headers);
        _requester.ExpectNoMsg(0);
        Confirm(_target, 1);
        Assert.Equal(Report(ReplayState.Finished, new ReplayProgress(2, 2, 2, 0, 0, 7, 7)), _requester.ExpectMsg<ReplayReported>());
    }

    [Fact]
    public void An_exchange_routes_by_the_messages_own_keys_or_by_the_one_that_is_given()
    {
        Direct("d", ("key", "target"), ("copy", "copied"), ("other", "other"));
        var copied = Queue("copied");
        var other = Queue("other");
        var cc = new BasicProperties { Headers = ArgumentTable.Of(("CC", ArgumentValue.FromArray(ArgumentValue.FromString("copy")))) };
        var replay = Start(Request() with { Destination = Destination.Exchange("d") });
        ExpectReading(0, 1);
        Deliver(replay, 0, cc, "a");
        var batch = Received(_target, 1);
        Received(copied, 1);
        Assert.Equal(("d", "key"), (batch.RouteOf(0).Exchange, batch.RouteOf(0).RoutingKey));
        Assert.Equal(ArgumentValue.FromString("x"), Header(Properties(batch), "x-replayed-from-exchange"));
        Assert.Equal(ArgumentValue.FromString("key"), Header(Properties(batch), "x-replayed-routing-key"));
        Confirm(_target, 1);
        _requester.ExpectNoMsg(0);
        Confirm(copied, 1);
        Ended(ReplayState.Finished);

        replay = Start(Request() with { Destination = Destination.Exchange("d"), RoutingKey = "other" });
        ExpectReading(0, 1);
        Deliver(replay, 0, cc, "a");
        batch = Received(other, 1);
        Assert.Equal(("d", "other"), (batch.RouteOf(0).Exchange, batch.RouteOf(0).RoutingKey));
        Assert.Equal(ArgumentValue.Void, Header(Properties(batch), "CC"));
        Confirm(other, 1);
        Ended(ReplayState.Finished);
        copied.ExpectNoMsg(0);
    }

    [Fact]
    public void What_an_exchange_has_no_queue_for_is_counted_and_passed_over()
    {
        Direct("d", ("else", "target"));
        var replay = Start(Request() with { Destination = Destination.Exchange("d") });
        ExpectReading(0, 2);
        Deliver(replay, 0, null, "a", "b");
        Assert.Equal(Report(ReplayState.Finished, new ReplayProgress(2, 2, 0, 2, 0, 2, 2)), _requester.ExpectMsg<ReplayReported>());
    }

    [Fact]
    public void Nothing_more_is_read_than_the_destination_confirms()
    {
        var replay = Start();
        ExpectReading(0, 9);
        Deliver(replay, 0, null, "a");
        Deliver(replay, 1, null, "bb");
        var first = Received(_target, 1);
        Received(_target, 2);
        ExpectNoMsg(0);
        Confirm(_target, 1);
        Assert.Equal(MessageRecord.SizeOf(2, 1), ExpectMsg<GrantCredit>().Bytes);
        Assert.True(first[0].RecordLength > MessageRecord.SizeOf(2, 1), "The headers that were added are no part of what was read.");
        Confirm(_target, 2);
        Assert.Equal(MessageRecord.SizeOf(2, 2), ExpectMsg<GrantCredit>().Bytes);
    }

    [Fact]
    public void What_is_not_wanted_is_given_back_at_once()
    {
        var replay = Start(Request() with { Criteria = MessageCriteria.None with { Type = "t" } });
        ExpectReading(0, 2);
        Deliver(replay, 0, null, "a");
        Assert.Equal(MessageRecord.SizeOf(2, 1), ExpectMsg<GrantCredit>().Bytes);
        Deliver(replay, 1, new BasicProperties { Type = "t" }, "b");
        Assert.Equal("b", Body(Received(_target, 1)));
        Confirm(_target, 1);
        Assert.Equal(new ReplayProgress(2, 1, 1, 0, 0, 2, 2), Ended(ReplayState.Finished).Progress);
    }

    [Fact]
    public void It_ends_at_the_end_that_the_history_had_when_it_started()
    {
        var replay = Start(Request() with { Destination = Destination.Queue("target") });
        ExpectReading(0, 2);
        Deliver(replay, 0, null, "a");
        Deliver(replay, 1, null, "b", "what came by the replay itself");
        Received(_target, 1);
        Assert.Equal(1, Received(_target, 2).Count);
        Confirm(_target, 2);
        Assert.Equal(2, Ended(ReplayState.Finished).Progress.Replayed);
    }

    [Fact]
    public void What_is_not_there_any_more_is_not_waited_for()
    {
        var replay = Start();
        ExpectReading(0, 9);
        Deliver(replay, 0, null, "a");
        Received(_target, 1);
        Confirm(_target, 1);
        ExpectMsg<GrantCredit>();
        _requester.ExpectNoMsg(0);
        Wait(0.2);
        ExpectMsg<DescribeReader>();
        replay.Tell(new ReaderDescribed(-1, 1, new HistoryExtent(0, 12), 12), TestActor);
        Assert.Equal(new ReplayProgress(1, 1, 1, 0, 8, 9, 9), Ended(ReplayState.Finished).Progress);
    }

    [Theory]
    [InlineData(DestinationKind.Queue, "no queue 'gone' in vhost '/'")]
    [InlineData(DestinationKind.Exchange, "no exchange 'gone' in vhost '/'")]
    public void A_destination_that_does_not_exist_is_refused_before_anything_is_read(DestinationKind kind, string text)
    {
        Start(Request() with { Destination = new Destination(kind, "gone") });
        Assert.Equal(new Refusal(RefusalReason.NotFound, text), Ended(ReplayState.Failed).Refusal);
        ExpectNoMsg(0);
    }

    [Fact]
    public void An_internal_exchange_is_refused()
    {
        Tables.AddName("/", Destination.Exchange("i"));
        Tables.SetRoutes(new ExchangeKey("/", "i"), new ExchangeDefinition(ExchangeTypes.Fanout, true, false, true, ArgumentTable.Empty), []);
        Start(Request() with { Destination = Destination.Exchange("i") });
        Assert.Equal(RefusalReason.AccessRefused, Ended(ReplayState.Failed).Refusal?.Reason);
    }

    [Fact]
    public void Routes_are_loaded_first()
    {
        DeclareUnloaded("d");
        var replay = Start(Request() with { Destination = Destination.Exchange("d") });
        Loader.ExpectMsg(new LoadExchange(new ExchangeKey("/", "d")));
        ExpectNoMsg(0);
        Direct("d", ("key", "target"));
        replay.Tell(new ExchangeLoaded(new ExchangeKey("/", "d")), Loader);
        ExpectReading(0, 1);
    }

    [Fact]
    public void A_message_that_is_refused_ends_the_replay_where_another_may_go_on()
    {
        var replay = Start();
        ExpectReading(0, 9);
        Deliver(replay, 3, null, "a", "b", "c");
        Received(_target, 1);
        _target.Reply(new PublishRejected(1, [1]));
        Confirm(_target, 1);
        var ended = Ended(ReplayState.Failed);
        Assert.Equal(new ReplayProgress(3, 3, 2, 0, 3, 4, 9), ended.Progress);
        Assert.Equal("a message was refused: queue 'target' in vhost '/' or a queue behind it is full", ended.Refusal?.Text);
    }

    [Fact]
    public void A_destination_that_fails_ends_the_replay_when_all_that_was_sent_is_accounted_for()
    {
        var replay = Start();
        ExpectReading(0, 9);
        Deliver(replay, 0, null, "a");
        Deliver(replay, 1, null, "b");
        Received(_target, 1);
        Received(_target, 2);
        _target.Reply(new PublishFailed(1, 1));
        _requester.ExpectNoMsg(0);
        Confirm(_target, 2);
        var ended = Ended(ReplayState.Failed);
        Assert.Equal((RefusalReason.Unavailable, 0, 1), (ended.Refusal!.Reason, ended.Progress.Next, ended.Progress.Replayed));
    }

    [Fact]
    public void A_destination_that_is_deleted_meanwhile_is_missed()
    {
        var replay = Start();
        ExpectReading(0, 9);
        Tables.RemoveName("/", Destination.Queue("target"));
        Deliver(replay, 0, null, "a");
        Assert.Equal("no queue 'target' in vhost '/'", Ended(ReplayState.Failed).Refusal?.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_cancels_waits_for_what_is_under_way_but_not_for_ever(bool isConfirmed)
    {
        var replay = Start();
        ExpectReading(0, 9);
        Deliver(replay, 0, null, "a");
        Received(_target, 1);
        var other = CreateTestProbe("other");
        replay.Tell(new CancelReplay(Source, "again"), other);
        ExpectMsg<CloseConsumer>();
        other.ExpectNoMsg(0);
        if (isConfirmed)
        {
            Confirm(_target, 1);
        }
        else
        {
            Wait(6);
        }

        var cancelled = Ended(ReplayState.Cancelled);
        Assert.Equal((isConfirmed ? 1 : 0, isConfirmed ? 1 : 0), (cancelled.Progress.Next, cancelled.Progress.Replayed));
        Assert.Equal(cancelled, other.ExpectMsg<ReplayReported>());
        replay.Tell(new CancelReplay(Source, "again"), other);
        Assert.Equal(cancelled, other.ExpectMsg<ReplayReported>());
    }

    [Fact]
    public void Progress_is_told_each_second_in_which_there_is_some_and_to_who_asks()
    {
        var replay = Start();
        ExpectReading(0, 9);
        Deliver(replay, 0, null, "a");
        Received(_target, 1);
        Confirm(_target, 1);
        Wait(1);
        var progress = Report(ReplayState.Running, new ReplayProgress(1, 1, 1, 0, 0, 1, 9));
        Assert.Equal(progress, _requester.ExpectMsg<ReplayReported>());
        Wait(1);
        _requester.ExpectNoMsg(0);
        var other = CreateTestProbe("other");
        replay.Tell(new DescribeReplay(Source, "again"), other);
        Assert.Equal(progress, other.ExpectMsg<ReplayReported>());
        replay.Tell(Request(), other);
        Assert.Equal(progress, other.ExpectMsg<ReplayReported>());
        ExpectMsg<GrantCredit>();
        Answer(replay, 1);
        Deliver(replay, 1, null, "b");
        Wait(1);
        other.ExpectMsg<ReplayReported>();
        _requester.ExpectNoMsg(0);
    }

    [Fact]
    public void How_it_ended_can_be_asked_for_a_minute_and_until_its_queue_stops_it()
    {
        var replay = Start();
        ExpectReading(4, 4);
        var ended = Ended(ReplayState.Finished);
        replay.Tell(new DescribeReplay(Source, "again"), _requester);
        Assert.Equal(ended, _requester.ExpectMsg<ReplayReported>());
        Wait(61);
        ExpectMsg(ForgetReplay.Instance);
        Watch(replay);
        replay.Tell(new CancelReplay(Source, "again"), _requester);
        replay.Tell(PoisonPill.Instance);
        Assert.Equal(ended, _requester.ExpectMsg<ReplayReported>());
        ExpectTerminated(replay);
    }

    [Fact]
    public void A_queue_that_ends_or_stops_ends_the_replay()
    {
        var replay = Start();
        ExpectReading(0, 9);
        Watch(replay);
        replay.Tell(new EndReading(new Refusal(RefusalReason.NotFound, "deleted")), TestActor);
        Assert.Equal("deleted", Ended(ReplayState.Failed).Refusal?.Text);
        ExpectMsg<CloseConsumer>();
        ExpectTerminated(replay);

        replay = Start();
        ExpectReading(0, 9);
        Sys.Stop(replay);
        Assert.Equal("queue 'source' in vhost '/' stopped while it was replayed", Ended(ReplayState.Failed).Refusal?.Text);
    }

    // In steps of its ticks.
    private void Wait(double seconds)
    {
        for (var step = 0; step < 5 * seconds; step++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(200));
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(200));
        }
    }

    private static ReplayMessages Request() =>
        new(Source, "again", HistoryRange.All, MessageCriteria.None, Destination.Queue("target"), null, Someone);

    private static ReplayReported Report(ReplayState state, ReplayProgress progress) => new(Source, "again", state, progress, null);

    private IActorRef Start(ReplayMessages? request = null) =>
        ChildActorOf(ReplayActor.Props(request ?? Request(), _requester, Services).WithDispatcher(CallingThreadDispatcher.Id));

    // The queue says what it has, and takes the consumer.
    private void ExpectReading(long first, long end)
    {
        var describe = ExpectMsg<DescribeReader>();
        var replay = LastSender;
        replay.Tell(new ReaderDescribed(describe.RequestId, describe.ConsumerId, new HistoryExtent(first, end), null), TestActor);
        if (first < end)
        {
            var start = ExpectMsg<StartConsumer>();
            Assert.Equal((false, 1 << 19), (start.Settings.NoAck, start.Settings.WindowBytes));
            Assert.True(start.Settings.Arguments.TryGetValue("x-stream-offset", out var offset));
            Assert.Equal(ArgumentValue.FromInt64(first), offset);
            replay.Tell(new ConsumerStarted(start.RequestId, start.ConsumerId), TestActor);
            Answer(replay, first);
            Assert.Equal(Report(ReplayState.Running, new ReplayProgress(0, 0, 0, 0, 0, first, end)), _requester.ExpectMsg<ReplayReported>());
        }
        else
        {
            Assert.Equal(ReplayState.Running, _requester.ExpectMsg<ReplayReported>().State);
        }
    }

    private void Answer(IActorRef replay, long next)
    {
        var describe = ExpectMsg<DescribeReader>();
        replay.Tell(new ReaderDescribed(describe.RequestId, describe.ConsumerId, new HistoryExtent(0, 0), next), TestActor);
    }

    private void Deliver(IActorRef replay, long first, BasicProperties? properties, params string[] bodies)
    {
        var list = properties?.ToArray() ?? [0, 0];
        var batch = TestBatches.Of([Route], [.. bodies.Select(body => new TestMessage(Encoding.UTF8.GetBytes(body), Properties: list))]);
        replay.Tell(new DeliverMessages(1, [new DeliverySegment(batch, 0, batch.Count, first, false) { IsOfStream = true, WrittenAt = 1 }]), TestActor);
        if (FishForMessage(static message => message is SettleMessages or CloseConsumer) is SettleMessages settle)
        {
            Assert.Equal(new Settlement(1, SettleOutcome.Accepted, new PositionRange(first, bodies.Length)), Assert.Single(settle.Settlements));
            Answer(replay, first + bodies.Length - 1);
        }
    }

    private ReplayReported Ended(ReplayState state)
    {
        var report = _requester.ExpectMsg<ReplayReported>();
        Assert.Equal(state, report.State);
        return report;
    }

    private void Direct(string name, params (string Key, string Queue)[] bindings)
    {
        Tables.AddName("/", Destination.Exchange(name));
        Tables.SetRoutes(
            new ExchangeKey("/", name), new ExchangeDefinition(ExchangeTypes.Direct, true, false, false, ArgumentTable.Empty),
            [.. bindings.Select(static binding => new Binding(Destination.Queue(binding.Queue), binding.Key, ArgumentTable.Empty))]);
    }
}
