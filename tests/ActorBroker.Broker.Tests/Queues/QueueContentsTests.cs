using System.Text;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>What is in an ordinary queue, looked at, removed and moved by its positions; most of it is out of memory.</summary>
public sealed class QueueContentsTests() : QueueActorSpec(
    Roomy with { SegmentBytes = 60, ResidentBytes = 120, SnapshotAfterEvents = 5, TrimAfterEvents = 3 })
{
    private const int Count = 20;

    private static readonly QueueKey Other = new("/", "r");

    [Fact]
    public void Pages_follow_each_other_over_what_is_in_memory_and_what_is_not()
    {
        Fill(Declare());
        var reads = Disk.Reads;
        var bodies = new List<string>();
        QueueBrowsed page;
        var next = 0L;
        do
        {
            page = Browse(HistoryRange.FromPosition(next), limits: new PageLimits(7, 1 << 16));
            Assert.All(page.Messages, static message => Assert.Equal((MessageStanding.Ready, false), (message.Standing, message.Redelivered)));
            bodies.AddRange(page.Messages.Select(BodyOf));
            next = page.Next;
        }
        while (!page.IsEnd);
        Assert.Equal(Enumerable.Range(0, Count).Select(Body), bodies);
        Assert.NotEqual(reads, Disk.Reads);
        Assert.Equal(new HistoryExtent(0, Count), page.Extent);
        Assert.Equal("m18 m19", TextOf(Browse(new HistoryRange(HistoryStart.Last, 2))));
        Assert.Equal("m04 m05", TextOf(Browse(HistoryRange.FromPosition(4) with { UntilPosition = 6 })));

        // Nothing was taken, and nobody notices.
        Assert.Equal(Count, ReadyCount());
        Assert.Equal("m00", Get(Resolve()));
    }

    [Fact]
    public void What_a_consumer_holds_is_in_a_page_and_what_has_left_is_not()
    {
        var queue = Declare();
        Fill(queue);
        var consumer = Probe("consumer");
        Consume(queue, consumer, prefetch: 3);
        Delivered(consumer, 3);
        Settle(queue, consumer, 1);
        Delivered(consumer, 1);
        var page = Browse(HistoryRange.All with { UntilPosition = 5 });
        Assert.Equal("m00 m02 m03 m04", TextOf(page));
        Assert.Equal(
            [MessageStanding.Unacknowledged, MessageStanding.Unacknowledged, MessageStanding.Unacknowledged, MessageStanding.Ready],
            page.Messages.Select(static message => message.Standing!.Value));

        StopAndAwait(consumer.Ref);
        page = Browse(HistoryRange.All with { UntilPosition = 5 });
        Assert.Equal([true, true, true, false], page.Messages.Select(static message => message.Redelivered));
    }

    [Fact]
    public void Keys_headers_and_texts_select()
    {
        var queue = Declare();
        for (var i = 0; i < Count; i++)
        {
            var headers = ArgumentTable.Of(("n", ArgumentValue.FromInt32(i % 4)));
            PublishWith(queue, i + 1, new BasicProperties { Headers = headers }, $"a.{i % 3}", Body(i));
        }

        Assert.Equal("m00 m03 m06 m09 m12 m15 m18", TextOf(Browse(HistoryRange.All, MessageCriteria.None with { RoutingKey = "*.0" })));
        Assert.Equal("m02 m06 m10 m14 m18", TextOf(Browse(HistoryRange.All, MessageCriteria.None with { Headers = ArgumentTable.Of(("n", ArgumentValue.FromInt64(2))) })));
        Assert.Equal("m07 m17", TextOf(Browse(HistoryRange.All, MessageCriteria.None with { Text = "7" })));
        Assert.Empty(Browse(HistoryRange.All, MessageCriteria.None with { Text = "7m" }).Messages);
    }

    [Fact]
    public void A_message_that_leaves_between_the_look_and_the_reading_is_looked_for_again()
    {
        var queue = Declare();
        Fill(queue);
        Disk.Lost = new HashSet<long>(Enumerable.Range(0, 100).Select(static number => (long)number));
        var page = Browse(HistoryRange.All);
        Assert.True(page is { Refusal: null, IsEnd: true });
        Assert.True(page.Messages.Count < Count);
    }

    [Fact]
    public void What_cannot_be_read_now_is_refused()
    {
        Fill(Declare());
        Disk.IsBroken = true;
        Assert.Equal(RefusalReason.Unavailable, Browse(HistoryRange.All).Refusal?.Reason);
        Assert.Equal(RefusalReason.PreconditionFailed, Browse(new HistoryRange(HistoryStart.Time, 5)).Refusal?.Reason);
        Assert.Equal(RefusalReason.PreconditionFailed, Browse(HistoryRange.FromPosition(-5)).Refusal?.Reason);
    }

    [Fact]
    public void A_stream_shows_its_history_and_gives_nothing_away()
    {
        Fill(Declare(Durable with { Arguments = ArgumentTable.Of(("x-queue-type", ArgumentValue.FromString("stream"))) }));
        Assert.Equal("m03 m04", TextOf(Browse(HistoryRange.FromPosition(3) with { UntilPosition = 5 })));
        Assert.Equal(RefusalReason.PreconditionFailed, Remove([new PositionRange(3, 1)]).Refusal?.Reason);
    }

    [Fact]
    public void Removed_messages_are_gone_for_good_and_the_journal_knows_who_did_it()
    {
        var queue = Declare();
        Fill(queue);
        var watcher = Probe("watcher");
        Sys.EventStream.Subscribe(watcher.Ref, typeof(MessagesRemoved));
        PositionRange[] positions = [new(0, 1), new(7, 2), new(50, 1)];
        var handled = Remove(positions);
        Assert.Equal((null, 3L, 1L), (handled.Refusal, handled.Done, handled.Left));
        watcher.ExpectMsg<MessagesRemoved>(static removed => removed is { Count: 3, DeadLettered: false } && removed.Origin == Someone);
        Assert.Equal(Someone, Assert.Single(Events.OfType<MessagesPurged>()).Origin);
        Assert.Equal(Count - 3, ReadyCount());

        Restart(queue);
        queue = Resolve();
        Assert.Equal(Count - 3, ReadyCount());
        Assert.Equal("m01 m02 m03 m04 m05 m06 m09", TextOf(Browse(HistoryRange.All with { UntilPosition = 10 })));
        Assert.Equal("m01", Get(queue));
    }

    [Fact]
    public void What_a_consumer_holds_cannot_be_removed()
    {
        var queue = Declare();
        Fill(queue);
        var consumer = Probe("consumer");
        Consume(queue, consumer, prefetch: 2);
        Delivered(consumer, 2);
        Assert.Equal((1L, 2L), (Remove([new PositionRange(0, 3)]) is var handled ? handled.Done : 0, handled.Left));
        Settle(queue, consumer, 0, 2);
        Assert.Equal(["m03", "m04"], Delivered(consumer, 2));
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(-1, 3)]
    [InlineData(0, 10_001)]
    [InlineData(4, 0)]
    [InlineData(long.MaxValue, 1)]
    public void Positions_that_make_no_sense_are_refused(long first, long count)
    {
        Declare();
        Assert.Equal(RefusalReason.PreconditionFailed, Remove([new PositionRange(first, count), new PositionRange(0, 1)]).Refusal?.Reason);
    }

    [Fact]
    public void A_removal_that_the_journal_does_not_take_is_not_answered_as_one()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a", "b");
        Journal.Next(JournalId, JournalFault.Fail);
        Watch(queue);
        Assert.Equal((RefusalReason.Interrupted, 0L), (Remove([new PositionRange(0, 1)]) is var handled ? handled.Refusal!.Reason : default, handled.Done));
        ExpectTerminated(queue);
        Assert.Equal(2, ReadyCount());
    }

    [Fact]
    public void Removed_messages_are_dead_lettered_where_that_is_asked_for()
    {
        var queue = Declare(Durable with
        {
            Arguments = ArgumentTable.Of(
                ("x-dead-letter-exchange", ArgumentValue.FromString("")), ("x-dead-letter-routing-key", ArgumentValue.FromString("r"))),
        });
        var other = DeclareOther();
        Fill(queue);
        Assert.Equal(2, Remove([new PositionRange(3, 2)], deadLetter: true).Done);
        var consumer = Probe("consumer");
        Consume(other, consumer);
        Assert.Equal(["m03", "m04"], Delivered(consumer, 2));
        Assert.Equal(1, Remove([new PositionRange(5, 1)]).Done);
        Assert.Equal(Count - 3, ReadyCount());
    }

    [Fact]
    public void Moved_messages_are_in_the_other_queue_as_they_were_and_in_this_one_no_more()
    {
        var queue = Declare();
        var other = DeclareOther();
        Fill(queue);
        var watcher = Probe("watcher");
        Sys.EventStream.Subscribe(watcher.Ref, typeof(MessagesTransferred));
        var handled = Transfer([new PositionRange(2, 1), new PositionRange(11, 2), new PositionRange(40, 3)], keeps: false);
        Assert.Equal((null, 3L, 3L), (handled.Refusal, handled.Done, handled.Left));
        watcher.ExpectMsg<MessagesTransferred>(static moved => moved is { Count: 3, Kept: false } && moved.Origin == Someone);
        Assert.Equal(Count - 3, ReadyCount());
        Assert.Equal("m00 m01 m03", TextOf(Browse(HistoryRange.All with { UntilPosition = 4 })));
        var consumer = Probe("consumer");
        Consume(other, consumer);
        var segments = new List<DeliverySegment>();
        while (segments.Sum(static segment => segment.Count) < 3)
        {
            segments.AddRange(consumer.ExpectMsg<DeliverMessages>().Segments);
        }

        Assert.Equal(["m02", "m11", "m12"], Bodies(segments));
        Assert.Equal(("x", "key"), (segments[0].Batch.RouteOf(0).Exchange, segments[0].Batch.RouteOf(0).RoutingKey));
        Assert.Null(BasicProperties.Read(segments[0].Batch[0].Properties).Headers);
    }

    [Fact]
    public void Replayed_messages_stay_also_those_that_a_consumer_holds()
    {
        var queue = Declare();
        var other = DeclareOther();
        Fill(queue);
        var holder = Probe("holder");
        Consume(queue, holder, prefetch: 2);
        Delivered(holder, 2);
        Assert.Equal((2L, 0L), (Transfer([new PositionRange(1, 2)], keeps: true) is var handled ? handled.Done : 0, handled.Left));
        Assert.Equal(Count - 2, ReadyCount());
        var consumer = Probe("consumer");
        Consume(other, consumer);
        var segment = consumer.ExpectMsg<DeliverMessages>().Segments[0];
        Assert.Equal(ArgumentTable.Of(
            ("x-replayed-from-queue", ArgumentValue.FromString("q")), ("x-replayed-position", ArgumentValue.FromInt64(1)), ("x-replay-id", ArgumentValue.FromString("t"))),
            BasicProperties.Read(segment.Batch[segment.StartIndex].Properties).Headers);
    }

    [Fact]
    public void Messages_that_do_not_arrive_are_back_in_their_places()
    {
        var queue = Declare();
        Fill(queue);
        Tables.SetNames("/", [Destination.Queue("q"), Destination.Queue("r")]);

        // The name is known, and the queue is not there.
        var handled = Transfer([new PositionRange(0, 2), new PositionRange(9, 1)], keeps: false);
        Assert.Equal((RefusalReason.PreconditionFailed, 0L, 3L), (handled.Refusal!.Reason, handled.Done, handled.Left));
        Assert.Equal("m00", Get(queue));
        Assert.Equal(Count - 1, ReadyCount());
        Assert.All(Browse(HistoryRange.All).Messages, static message => Assert.Equal((MessageStanding.Ready, false), (message.Standing, message.Redelivered)));
    }

    [Fact]
    public void A_destination_that_is_not_there_is_refused_before_anything_is_taken()
    {
        var queue = Declare();
        Fill(queue);
        Tables.SetNames("/", [Destination.Queue("q")]);
        Assert.Equal(RefusalReason.NotFound, Transfer([new PositionRange(0, 2)], keeps: false).Refusal?.Reason);
        Assert.Equal(Count, ReadyCount());
    }

    [Fact]
    public void What_is_being_moved_when_the_queue_stops_is_in_it_afterwards()
    {
        var queue = Declare();
        Fill(queue);
        Tables.SetNames("/", [Destination.Queue("q"), Destination.Queue("r")]);
        Disk.IsBroken = false;
        KeepSilent(Catalogue);

        // Being declared: whoever looks for it waits.
        Queues.Tell(new DeclareQueue(Other, 1, Durable, false, Someone), Client.Ref);
        Queues.Tell(new TransferMessages(Key, 8, "t", [new PositionRange(0, 3)], Destination.Queue("r"), null, false, Someone), Asker.Ref);
        AwaitAssert(() => Assert.Equal(Count - 3, ReadyCountBy(Client)));
        Restart(queue);
        Assert.Equal(RefusalReason.Unavailable, Asker.ExpectMsg<MessagesHandled>().Refusal?.Reason);
        Assert.Equal(Count, ReadyCount());
        Assert.Equal("m00 m01", TextOf(Browse(HistoryRange.All with { UntilPosition = 2 })));
    }

    [Fact]
    public void An_exclusive_queue_and_one_that_is_not_there_are_not_looked_into()
    {
        Assert.Equal(RefusalReason.NotFound, Browse(HistoryRange.All).Refusal?.Reason);
        Assert.Equal(RefusalReason.NotFound, Remove([new PositionRange(0, 1)]).Refusal?.Reason);
        Declare(Transient with { Exclusive = true });
        Assert.Equal(RefusalReason.ResourceLocked, Browse(HistoryRange.All).Refusal?.Reason);
        Assert.Equal(RefusalReason.ResourceLocked, Remove([new PositionRange(0, 1)]).Refusal?.Reason);
        Assert.Equal(RefusalReason.ResourceLocked, Transfer([new PositionRange(0, 1)], keeps: true).Refusal?.Reason);
    }

    private static string Body(int i) => $"m{i:00}";

    private static string BodyOf(BrowsedMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    private static string TextOf(QueueBrowsed page)
    {
        Assert.Null(page.Refusal);
        return string.Join(' ', page.Messages.Select(BodyOf));
    }

    private QueueBrowsed Browse(HistoryRange range, MessageCriteria? criteria = null, PageLimits? limits = null)
    {
        Queues.Tell(new BrowseQueue(Key, 8, range, criteria ?? MessageCriteria.None, limits ?? PageLimits.Default, Someone) { Scope = BrowseScope.Queue }, Asker.Ref);
        return Asker.ExpectMsg<QueueBrowsed>();
    }

    private MessagesHandled Remove(PositionRange[] positions, bool deadLetter = false)
    {
        Queues.Tell(new RemoveMessages(Key, 8, positions, deadLetter, Someone), Asker.Ref);
        return Asker.ExpectMsg<MessagesHandled>();
    }

    private MessagesHandled Transfer(PositionRange[] positions, bool keeps)
    {
        Queues.Tell(new TransferMessages(Key, 8, "t", positions, Destination.Queue("r"), null, keeps, Someone), Asker.Ref);
        return Asker.ExpectMsg<MessagesHandled>();
    }

    private IActorRef DeclareOther()
    {
        Tables.SetNames("/", [Destination.Queue("q"), Destination.Queue("r")]);
        Queues.Tell(new DeclareQueue(Other, 1, Durable, false, Someone), Client.Ref);
        Client.ExpectMsg<QueueAnswered>();
        Queues.Tell(new ResolveQueue(Other, 2), Asker.Ref);
        return Asker.ExpectMsg<QueueResolved>().Actor;
    }

    private long ReadyCountBy(TestProbe probe)
    {
        Queues.Tell(new DescribeQueue(Key, 9), probe.Ref);
        return probe.ExpectMsg<QueueDescribed>().ReadyCount;
    }

    private void Fill(IActorRef queue)
    {
        for (var i = 0; i < Count; i++)
        {
            PublishWith(queue, i + 1, new BasicProperties { DeliveryMode = 2 }, "key", Body(i));
        }
    }

    private void PublishWith(IActorRef queue, long linkSequence, BasicProperties properties, string key, string body)
    {
        var message = new TestMessage(Encoding.UTF8.GetBytes(body), Properties: properties.ToArray());
        queue.Tell(new PublishBatch(linkSequence, TestBatches.Of([MessageRoute.Create("x", key)], [message])), Client.Ref);
        Confirmed(Client, linkSequence);
    }
}
