using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>A stream behind the queue's actor: in the journal, read back from it, trimmed, and there again after a restart.</summary>
public sealed class StreamActorTests() : QueueActorSpec(
    Roomy with { SegmentBytes = 60, ResidentBytes = 120, SnapshotAfterEvents = 5, TrimAfterEvents = 3 })
{
    private const int Count = 20;

    [Fact]
    public void Every_reader_is_given_everything_from_its_offset_on()
    {
        var stream = DeclareStream();
        Fill(stream);
        var other = Probe("other");
        Read(stream, Client, From(0));
        Read(stream, other, From(15));
        Assert.Equal(Enumerable.Range(0, Count).Select(Body), Delivered(Client, Count));
        Assert.Equal(Enumerable.Range(15, 5).Select(Body), Delivered(other, 5));
        Publish(stream, Count + 1, "new");
        Assert.Equal("new", Assert.Single(Delivered(other, 1)));
        Assert.NotEqual(0, Disk.Reads);
    }

    [Fact]
    public void A_delivery_says_that_it_is_of_a_stream_and_settling_it_makes_room_for_the_next()
    {
        var stream = DeclareStream();
        Fill(stream);
        Read(stream, Client, From(3), prefetch: 1);
        for (var i = 3; i < 6; i++)
        {
            var segment = Assert.Single(Client.ExpectMsg<DeliverMessages>().Segments);
            Assert.Equal((i, true, false), (segment.FirstPosition, segment.IsOfStream, segment.Redelivered));
            Settle(stream, Client, i);
        }

        Assert.Equal(Count, ReadyCount());
    }

    [Fact]
    public void A_stream_comes_back_whole_from_snapshot_and_tail()
    {
        var stream = DeclareStream();
        Fill(stream);
        Restart(stream);
        var next = Resolve();
        Assert.Equal(Count, ReadyCount());
        Read(next, Asker, ("x-stream-offset", ArgumentValue.FromString("first")));
        Assert.Equal(Enumerable.Range(0, Count).Select(Body), Delivered(Asker, Count));
        PublishConfirmed(next, 1, "new");
        Assert.Equal("new", Assert.Single(Delivered(Asker, 1)));
    }

    [Fact]
    public void Transient_messages_are_kept_as_well()
    {
        var stream = DeclareStream();
        stream.Tell(new PublishBatch(1, Core.Tests.Messages.TestBatches.Transient("a", "b")), Client.Ref);
        Confirmed(Client, 1);
        Restart(stream);
        Read(Resolve(), Asker, From(0));
        Assert.Equal(["a", "b"], Delivered(Asker, 2));
    }

    [Fact]
    public void Events_of_what_has_left_the_stream_are_deleted()
    {
        var stream = DeclareStream(("x-max-length-bytes", ArgumentValue.FromInt64(200)));
        Fill(stream);
        AwaitAssert(() => Assert.DoesNotContain(Journal.Written(JournalId), static written => written.SequenceNr < 5));
        Restart(stream);
        var next = Resolve();
        var left = (int)ReadyCount();
        Assert.InRange(left, 5, 13);
        Read(next, Asker, From(0));
        Assert.Equal(Enumerable.Range(Count - left, left).Select(Body), Delivered(Asker, left));
    }

    [Fact]
    public void Events_of_what_became_too_old_are_deleted_although_nothing_more_comes()
    {
        var stream = DeclareStream(("x-max-age", ArgumentValue.FromString("1m")));
        Fill(stream);
        Clock.Passed = TimeSpan.FromMinutes(2);
        Advance(TimeSpan.FromMinutes(2));
        AwaitAssert(() => Assert.DoesNotContain(Journal.Written(JournalId), static written => written.SequenceNr < 15));
        var left = (int)ReadyCount();
        Assert.InRange(left, 1, 5);
        Read(stream, Asker, From(0));
        Assert.Equal(Enumerable.Range(Count - left, left).Select(Body), Delivered(Asker, left));
    }

    [Fact]
    public void What_a_stream_does_not_do_is_refused()
    {
        var stream = DeclareStream();
        Queues.Tell(new PurgeQueue(Key, 6, Someone), Client.Ref);
        Assert.Equal("queue.purge not supported by stream queues queue 'q' in vhost '/'", Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
        stream.Tell(new GetMessage(7, 1, NoAck: false), Client.Ref);
        Assert.Equal("basic.get not supported by stream queues queue 'q' in vhost '/'", Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
        stream.Tell(Start(1), Client.Ref);
        Assert.Equal(
            "consumer prefetch count is not set for stream queue 'q' in vhost '/'", Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
    }

    [Fact]
    public void A_write_that_fails_confirms_nothing_and_gives_nobody_the_message()
    {
        var stream = DeclareStream();
        Read(stream, Asker, From(0));
        Watch(stream);
        Journal.Next(JournalId, JournalFault.Fail);
        Publish(stream, 1, "lost");
        Client.FishForMessage(static message => message is PublishFailed);
        ExpectTerminated(stream);
        Assert.Equal(0, ReadyCount());
    }

    private static string Body(int i) => $"m{i:00}";

    private static (string, ArgumentValue) From(long offset) => ("x-stream-offset", ArgumentValue.FromInt64(offset));

    private IActorRef DeclareStream(params (string, ArgumentValue)[] arguments) =>
        Declare(Durable with { Arguments = ArgumentTable.Of([("x-queue-type", ArgumentValue.FromString("stream")), .. arguments]) });

    private void Fill(IActorRef stream)
    {
        for (var i = 0; i < Count; i++)
        {
            PublishConfirmed(stream, i + 1, Body(i));
        }
    }

    private static void Read(IActorRef stream, TestProbe by, (string, ArgumentValue) argument, int prefetch = 100)
    {
        var settings = new ConsumerSettings("tag", false, false, prefetch, 1 << 20, ArgumentTable.Of(argument));
        stream.Tell(new StartConsumer(3, 1, settings, Someone), by.Ref);
        Assert.NotNull(by.ExpectMsg<ConsumerStarted>().StreamOffset);
    }
}
