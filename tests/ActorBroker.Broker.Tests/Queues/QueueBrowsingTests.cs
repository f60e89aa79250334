using System.Text;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>What a queue keeps, browsed page by page: a stream most of which is out of memory.</summary>
public sealed class QueueBrowsingTests() : QueueActorSpec(
    Roomy with { SegmentBytes = 60, ResidentBytes = 120, SnapshotAfterEvents = 5, TrimAfterEvents = 3 })
{
    private const int Count = 20;

    [Fact]
    public void Pages_follow_each_other_up_to_the_end()
    {
        Fill(DeclareStream());
        var next = 0L;
        var bodies = new List<string>();
        var pages = 0;
        QueueBrowsed page;
        do
        {
            page = Browse(HistoryRange.FromPosition(next), limits: new PageLimits(7, 1 << 16));
            Assert.Equal(new HistoryExtent(0, Count), page.Extent);
            Assert.Equal(next, page.Messages[0].Position);
            bodies.AddRange(page.Messages.Select(BodyOf));
            next = page.Next;
            pages++;
        }
        while (!page.IsEnd);
        Assert.Equal(Enumerable.Range(0, Count).Select(Body), bodies);
        Assert.Equal((3, Count), (pages, next));

        var empty = Browse(HistoryRange.FromPosition(next));
        Assert.Empty(empty.Messages);
        Assert.Equal((Count, true), (empty.Next, empty.IsEnd));
    }

    [Fact]
    public void A_page_says_everything_of_its_messages()
    {
        var stream = DeclareStream();
        Clock.Passed = TimeSpan.FromSeconds(90);
        var properties = new BasicProperties
        {
            ContentType = "text/plain", DeliveryMode = 2, Priority = 3, Timestamp = 12, MessageId = "m1",
            Headers = ArgumentTable.Of(("h", ArgumentValue.FromInt32(1))),
        };
        PublishWith(stream, 1, properties, "orders", "eu.new", "body");
        var message = Assert.Single(Browse(HistoryRange.All).Messages);
        Assert.Equal((0L, 90_000L, "orders", "eu.new", 4), (message.Position, message.WrittenAt, message.Exchange, message.RoutingKey, message.BodyLength));
        Assert.Equal(
            ArgumentTable.Of(
                ("content_type", ArgumentValue.FromString("text/plain")), ("message_id", ArgumentValue.FromString("m1")),
                ("delivery_mode", ArgumentValue.FromByte(2)), ("priority", ArgumentValue.FromByte(3)), ("timestamp", ArgumentValue.FromTimestamp(12))),
            message.Properties);
        Assert.Equal(properties.Headers, message.Headers);
        Assert.Equal("body", BodyOf(message));
    }

    [Fact]
    public void A_range_is_of_positions_or_times_and_the_last_ones_are_found_too()
    {
        var stream = DeclareStream();
        Fill(stream);
        Assert.Equal("m03 m04", TextOf(Browse(HistoryRange.FromPosition(3) with { UntilPosition = 5 })));
        Assert.Equal("m18 m19", TextOf(Browse(new HistoryRange(HistoryStart.Last, 2))));
        Assert.Equal("m17 m18 m19", TextOf(Browse(new HistoryRange(HistoryStart.Last, 0), limits: new PageLimits(3, 1000))));

        // Each message was written a second after the one before.
        Assert.Equal("m05 m06", TextOf(Browse(new HistoryRange(HistoryStart.Time, 5_500, UntilTime: 8_000))));
        Assert.Equal("m00", TextOf(Browse(HistoryRange.All with { UntilTime = 1_500 })));
        var past = Browse(HistoryRange.FromTime(DateTimeOffset.FromUnixTimeSeconds(100)));
        Assert.Equal(("", true, Count), (TextOf(past), past.IsEnd, past.Next));
        Assert.True(Browse(HistoryRange.FromPosition(3) with { UntilPosition = 2 }).IsEnd);
    }

    [Theory]
    [InlineData("x-queue-type", "stream")]
    [InlineData("x-retention", "1GB")]
    public void Only_what_is_wanted_is_in_a_page(string argument, string value)
    {
        var stream = Declare(Durable with { Arguments = ArgumentTable.Of((argument, ArgumentValue.FromString(value))) });
        for (var i = 0; i < Count; i++)
        {
            var headers = ArgumentTable.Of(("n", ArgumentValue.FromInt32(i % 4)), ("x-stream-filter-value", ArgumentValue.FromString($"{i % 5}")));
            PublishWith(stream, i + 1, new BasicProperties { Headers = headers, Type = $"t{i % 2}" }, "x", $"a.{i % 3}", Body(i));
        }

        Assert.Equal("m00 m03 m06 m09 m12 m15 m18", TextOf(Browse(HistoryRange.All, MessageCriteria.None with { RoutingKey = "*.0" })));
        Assert.Equal("m02 m06 m10 m14 m18", TextOf(Browse(HistoryRange.All, MessageCriteria.None with { Headers = ArgumentTable.Of(("n", ArgumentValue.FromInt64(2))) })));
        Assert.Equal("m04 m14", TextOf(Browse(HistoryRange.All, MessageCriteria.None with { FilterValues = ["4"], Type = "t0" })));
        Assert.Empty(Browse(HistoryRange.All, MessageCriteria.None with { Exchange = "y" }).Messages);
        Assert.Empty(Browse(HistoryRange.All, MessageCriteria.None with { FilterValues = ["9"] }).Messages);
    }

    [Fact]
    public void A_page_is_bounded_in_bytes_and_bodies_by_what_is_asked_for()
    {
        var stream = DeclareStream();
        var sequence = 0;
        foreach (var body in new[] { new string('a', 100), new string('b', 100), "c" })
        {
            PublishWith(stream, ++sequence, new BasicProperties(), "x", "key", body);
        }

        var page = Browse(HistoryRange.All, limits: new PageLimits(10, 150));
        Assert.Equal((1, 1L, false), (page.Messages.Count, page.Next, page.IsEnd));

        page = Browse(HistoryRange.All, limits: new PageLimits(10, 40));
        var cut = Assert.Single(page.Messages);
        Assert.Equal((38, 100), (cut.Body.Length, cut.BodyLength));

        page = Browse(HistoryRange.All, limits: new PageLimits(10, 150, BodyBytes: 2));
        Assert.Equal(["aa", "bb", "c"], page.Messages.Select(BodyOf));
        Assert.Equal([100, 100, 1], page.Messages.Select(static message => message.BodyLength));

        page = Browse(HistoryRange.All, limits: new PageLimits(-1, -1, -1));
        Assert.Equal(0, Assert.Single(page.Messages).Body.Length);
    }

    [Fact]
    public void Nobody_notices_that_a_queue_is_browsed()
    {
        var stream = DeclareStream();
        Fill(stream);
        Browse(HistoryRange.All, limits: new PageLimits(3, 1000));
        AwaitAssert(() =>
        {
            Queues.Tell(new DescribeQueue(Key, 9), Asker.Ref);
            var described = Asker.ExpectMsg<QueueDescribed>();
            Assert.Equal((0, Count, 0), (described.ConsumerCount, described.ReadyCount, described.UnsettledCount));
        });
    }

    [Fact]
    public void A_queue_with_retention_is_browsed_although_it_is_empty_and_stays_although_it_is_deleted_after_its_last_consumer()
    {
        var queue = Declare(Durable with { AutoDelete = true, Arguments = ArgumentTable.Of(("x-retention", ArgumentValue.FromString("1GB"))) });
        Fill(queue);
        while (Get(queue) is not null)
        {
        }

        Assert.Equal("m02 m03", TextOf(Browse(HistoryRange.FromPosition(2) with { UntilPosition = 4 })));
        Assert.Equal(Count, Browse(HistoryRange.All).Messages.Count);

        // Whoever browsed has gone when somebody else has come and gone.
        Asker.ExpectNoMsg(0);
        var other = Probe("other");
        Queues.Tell(new ResolveQueue(Key, 2), other.Ref);
        other.ExpectMsg<QueueResolved>();
        StopAndAwait(other.Ref);
        Assert.Equal(0, ReadyCount());

        var consumer = Probe("consumer");
        Consume(queue, consumer);
        Watch(queue);
        StopAndAwait(consumer.Ref);
        ExpectTerminated(queue);
    }

    [Fact]
    public void A_queue_without_a_history_says_so()
    {
        Declare();
        var page = Browse(HistoryRange.All);
        Assert.Equal(RefusalReason.PreconditionFailed, page.Refusal?.Reason);
        Assert.Equal("queue 'q' in vhost '/' keeps no history: it is no stream and has no x-retention", page.Refusal?.Text);
    }

    [Fact]
    public void What_cannot_be_browsed_is_refused()
    {
        Assert.Equal(RefusalReason.NotFound, Browse(HistoryRange.All).Refusal?.Reason);
        DeclareStream();
        Assert.Equal(RefusalReason.PreconditionFailed, Browse(HistoryRange.FromPosition(-1)).Refusal?.Reason);
        Assert.Equal(RefusalReason.PreconditionFailed, Browse(HistoryRange.All, MessageCriteria.None with { RoutingKey = new string('a', 300) }).Refusal?.Reason);
    }

    [Fact]
    public void An_exclusive_queue_belongs_to_its_connection_alone()
    {
        Declare(Transient with { Exclusive = true });
        Assert.Equal(RefusalReason.ResourceLocked, Browse(HistoryRange.All).Refusal?.Reason);
    }

    [Fact]
    public void Who_browses_while_the_queue_is_deleted_hears_of_it()
    {
        var stream = DeclareStream();
        Fill(stream);
        Disk.IsBroken = true;
        var reads = Disk.Reads;
        Queues.Tell(Request(HistoryRange.All), Asker.Ref);
        AwaitAssert(() => Assert.NotEqual(reads, Disk.Reads));
        Queues.Tell(new DeleteQueue(Key, 4, false, false, Someone), Client.Ref);
        Assert.Equal("queue 'q' in vhost '/' was deleted", Asker.ExpectMsg<QueueBrowsed>().Refusal?.Text);
    }

    [Fact]
    public void Who_browses_while_the_queue_stops_hears_of_it()
    {
        var stream = DeclareStream();
        Fill(stream);
        Disk.IsBroken = true;
        var reads = Disk.Reads;
        Queues.Tell(Request(HistoryRange.All), Asker.Ref);
        AwaitAssert(() => Assert.NotEqual(reads, Disk.Reads));
        Sys.Stop(stream);
        Assert.Equal(RefusalReason.Unavailable, Asker.ExpectMsg<QueueBrowsed>().Refusal?.Reason);
    }

    [Fact]
    public void A_stream_is_replayed_into_itself_up_to_the_end_that_it_had()
    {
        var stream = DeclareStream();
        Fill(stream);
        Tables.SetNames("/", [Destination.Queue("q")]);
        var consumer = Probe("consumer");
        stream.Tell(
            new StartConsumer(3, 1, new ConsumerSettings("tag", false, false, 100, 1 << 20, ArgumentTable.Of(("x-stream-offset", ArgumentValue.FromString("next")))), Someone),
            consumer.Ref);
        consumer.ExpectMsg<ConsumerStarted>();
        var replay = new ReplayMessages(
            Key, "again", HistoryRange.FromPosition(15), MessageCriteria.None, Destination.Queue("q"), null, Someone);
        Queues.Tell(replay, Asker.Ref);
        Assert.Equal(new ReplayProgress(0, 0, 0, 0, 0, 15, Count), Asker.ExpectMsg<ReplayReported>().Progress);
        var ended = Asker.ExpectMsg<ReplayReported>(static report => report.State == ReplayState.Finished);
        Assert.Equal((new ReplayProgress(5, 5, 5, 0, 0, Count, Count), null), (ended.Progress, ended.Refusal));
        Assert.Equal(["m15", "m16", "m17", "m18", "m19"], Delivered(consumer, 5));
        Assert.Equal("m15 m16 m17 m18 m19", TextOf(Browse(HistoryRange.FromPosition(Count))));
        Assert.Equal(
            Enumerable.Range(15, 5).Select(static position => ArgumentValue.FromInt64(position)),
            Browse(HistoryRange.FromPosition(Count)).Messages.Select(static message => message.Headers.TryGetValue("x-replayed-position", out var value) ? value : default));

        // The same once more is asked for, not done.
        Queues.Tell(replay, Asker.Ref);
        Assert.Equal(ended, Asker.ExpectMsg<ReplayReported>());
        Queues.Tell(new DescribeReplay(Key, "again"), Asker.Ref);
        Assert.Equal(ended, Asker.ExpectMsg<ReplayReported>());
        Assert.Equal(Count + 5, ReadyCount());
        for (var tick = 0; tick < 2; tick++)
        {
            Advance(TimeSpan.FromMinutes(1));
        }

        AwaitAssert(() =>
        {
            Queues.Tell(new CancelReplay(Key, "again"), Asker.Ref);
            Assert.Equal("no replay 'again' of queue 'q' in vhost '/'", Asker.ExpectMsg<ReplayReported>().Refusal?.Text);
        });
    }

    [Fact]
    public void A_replay_that_its_queue_did_not_survive_goes_on_where_it_was()
    {
        var stream = DeclareStream();
        Fill(stream);
        Tables.SetNames("/", [Destination.Queue("q")]);
        Watch(stream);
        Journal.Next(JournalId, JournalFault.Fail);
        var replay = new ReplayMessages(Key, "first", HistoryRange.FromPosition(15), MessageCriteria.None, Destination.Queue("q"), null, Someone);
        Queues.Tell(replay, Asker.Ref);
        var failed = Asker.FishForMessage<ReplayReported>(static report => report.State != ReplayState.Running);
        Assert.Equal((ReplayState.Failed, RefusalReason.Unavailable, 15, 0), (failed.State, failed.Refusal!.Reason, failed.Progress.Next, failed.Progress.Replayed));
        ExpectTerminated(stream);

        Queues.Tell(new DescribeReplay(Key, "first"), Asker.Ref);
        Assert.Equal(RefusalReason.NotFound, Asker.ExpectMsg<ReplayReported>().Refusal?.Reason);
        Queues.Tell(replay with { ReplayId = "second", Range = HistoryRange.FromPosition(failed.Progress.Next) }, Asker.Ref);
        var finished = Asker.FishForMessage<ReplayReported>(static report => report.State != ReplayState.Running);
        Assert.Equal((ReplayState.Finished, 5), (finished.State, finished.Progress.Replayed));
        Assert.Equal("m15 m16 m17 m18 m19", TextOf(Browse(HistoryRange.FromPosition(Count))));
    }

    [Fact]
    public void More_readers_than_a_queue_has_room_for_are_refused()
    {
        var stream = DeclareStream();
        Fill(stream);
        Disk.IsBroken = true;
        for (var i = 0; i < 32; i++)
        {
            Queues.Tell(Request(HistoryRange.All), Asker.Ref);
        }

        Asker.ExpectNoMsg(0);
        Assert.Equal("queue 'q' in vhost '/' is being browsed or replayed 32 times already", Browse(HistoryRange.All).Refusal?.Text);
    }

    [Fact]
    public void A_replay_without_a_name_is_refused()
    {
        DeclareStream();
        Queues.Tell(new ReplayMessages(Key, "", HistoryRange.All, MessageCriteria.None, Destination.Queue("q"), null, Someone), Asker.Ref);
        Assert.Equal(RefusalReason.PreconditionFailed, Asker.ExpectMsg<ReplayReported>().Refusal?.Reason);
    }

    private static string Body(int i) => $"m{i:00}";

    private static string BodyOf(BrowsedMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    private static string TextOf(QueueBrowsed page)
    {
        Assert.Null(page.Refusal);
        return string.Join(' ', page.Messages.Select(BodyOf));
    }

    private static BrowseQueue Request(HistoryRange range, MessageCriteria? criteria = null, PageLimits? limits = null) =>
        new(Key, 8, range, criteria ?? MessageCriteria.None, limits ?? PageLimits.Default, Someone);

    private QueueBrowsed Browse(HistoryRange range, MessageCriteria? criteria = null, PageLimits? limits = null)
    {
        Queues.Tell(Request(range, criteria, limits), Asker.Ref);
        var page = Asker.ExpectMsg<QueueBrowsed>();
        Assert.Equal((8, Key), (page.RequestId, page.Queue));
        return page;
    }

    private IActorRef DeclareStream() =>
        Declare(Durable with { Arguments = ArgumentTable.Of(("x-queue-type", ArgumentValue.FromString("stream"))) });

    private void Fill(IActorRef stream)
    {
        for (var i = 0; i < Count; i++)
        {
            Clock.Passed = TimeSpan.FromSeconds(i + 1);
            PublishWith(stream, i + 1, new BasicProperties(), "x", "key", Body(i));
        }
    }

    private void PublishWith(IActorRef queue, long linkSequence, BasicProperties properties, string exchange, string key, string body)
    {
        var message = new TestMessage(Encoding.UTF8.GetBytes(body), Properties: properties.ToArray());
        queue.Tell(new PublishBatch(linkSequence, TestBatches.Of([MessageRoute.Create(exchange, key)], [message])), Client.Ref);
        Confirmed(Client, linkSequence);
    }
}
