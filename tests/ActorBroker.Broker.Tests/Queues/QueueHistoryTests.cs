using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>What a queue keeps though it was consumed: in the journal as long as it should be, and read from there.</summary>
public sealed class QueueHistoryTests() : QueueLifetimeSpec(
    Roomy with { SegmentBytes = 60, ResidentBytes = 120, SnapshotAfterEvents = 5, TrimAfterEvents = 3 })
{
    private const int Count = 20;

    [Fact]
    public void What_was_consumed_is_read_again_by_offset_after_a_restart_too()
    {
        var queue = Declare(With(Keeping("1GB")));
        Consume(queue, Asker, settles: true);
        Fill(queue);
        Delivered(Asker, Count);
        Settle(queue, Asker, 0, Count);
        var reader = Probe("reader");
        Read(queue, reader, ArgumentValue.FromInt64(3));
        Assert.Equal(Enumerable.Range(3, Count - 3).Select(Body), Delivered(reader, Count - 3));
        Assert.Equal((0L, (long)Count), (Described().ReadyCount, Described().RetainedCount));

        Advance(FlushInterval);
        ReadyCount();
        Restart(queue);
        var next = Resolve();
        Assert.Equal((0L, (long)Count), (Described().ReadyCount, Described().RetainedCount));
        Read(next, Client, ArgumentValue.FromString("first"));
        var segments = Client.ExpectMsg<DeliverMessages>().Segments;
        Assert.All(segments, static segment => Assert.True(segment.IsOfStream));
        Assert.Equal(Body(0), Bodies(segments).First());
    }

    [Fact]
    public void The_journal_is_deleted_up_to_the_history_and_no_further()
    {
        var queue = Declare(With(Keeping("200B")));
        Consume(queue, Asker, settles: false);
        Fill(queue);
        Delivered(Asker, Count);
        AwaitAssert(() => Assert.DoesNotContain(Journal.Written(JournalId), static written => written.SequenceNr < 5));
        Restart(queue);
        var next = Resolve();
        var left = (int)Described().RetainedCount;
        Assert.InRange(left, 5, 13);
        Assert.InRange(Described().RetainedBytes, 60, 200);
        Read(next, Client, ArgumentValue.FromString("first"));
        Assert.Equal(Enumerable.Range(Count - left, left).Select(Body), Delivered(Client, left));
    }

    [Fact]
    public void What_became_too_old_is_deleted_although_nothing_more_comes()
    {
        var queue = Declare(With(Keeping("1m")));
        Consume(queue, Asker, settles: false);
        Fill(queue);
        Delivered(Asker, Count);
        Pass(120_000);
        AwaitAssert(() => Assert.DoesNotContain(Journal.Written(JournalId), static written => written.Payload is MessagesWritten));
        Assert.Equal(0, Described().RetainedCount);
    }

    [Fact]
    public void A_queue_that_sleeps_wakes_to_delete_what_became_too_old()
    {
        var publisher = Probe("publisher");
        Queues.Tell(new DeclareQueue(Key, 1, With(Keeping("10h")), false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(1, null, 0, 0));
        Queues.Tell(new ResolveQueue(Key, 2), publisher.Ref);
        var queue = publisher.ExpectMsg<QueueResolved>().Actor;
        Consume(queue, publisher, settles: false);
        for (var i = 0; i < 4; i++)
        {
            queue.Tell(new PublishBatch(i + 1, TestBatches.Persistent(Body(i))), publisher.Ref);
            publisher.FishForMessage(message => message is PublishProgress progress && progress.ConfirmedSequence == i + 1);
        }

        Watch(queue);
        StopAndAwait(publisher.Ref);
        AwaitAssert(
            () =>
            {
                Clock.Passed += TimeSpan.FromMinutes(1);
                Advance(TimeSpan.FromMinutes(1));
                ExpectTerminated(queue, TimeSpan.FromMilliseconds(50));
            },
            interval: TimeSpan.FromMilliseconds(1));
        const long Due = 36_000_001;
        Assert.NotEmpty(Sleeping.Due(Due));
        Assert.Empty(Sleeping.Due(Due - 1));

        Clock.Passed = TimeSpan.FromMilliseconds(Due);
        Queues.Tell(new WakeQueue(Key), Client.Ref);
        Client.ExpectMsg<QueueWoken>();
        AwaitAssert(() => Assert.DoesNotContain(Journal.Written(JournalId), static written => written.Payload is MessagesWritten));
    }

    [Fact]
    public void A_policy_turns_retention_on_and_off()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "before");
        Policies.Set("/", Only(PolicyOf(("retention", ArgumentValue.FromString("1GB")))));
        ReadyCount();
        PublishConfirmed(queue, 2, "after");
        var reader = Probe("reader");
        Read(queue, reader, ArgumentValue.FromString("first"));
        Assert.Equal("after", Assert.Single(Delivered(reader, 1)));
        Restart(queue);
        queue = Resolve();
        Assert.Equal(1, Described().RetainedCount);

        var next = Probe("next");
        Read(queue, next, ArgumentValue.FromString("next"));
        Policies.Set("/", ActorBroker.Core.Policies.VirtualHostPolicies.Empty);
        next.ExpectMsg<ConsumerCancelled>();
        Assert.Equal((2L, 0L), (Described().ReadyCount, Described().RetainedCount));
        queue.Tell(StartFrom(ArgumentValue.FromString("first")), next.Ref);
        Assert.Equal(
            "invalid arg 'x-stream-offset' for queue 'q' in vhost '/' of queue type rabbit_classic_queue",
            next.ExpectMsg<QueueAnswered>().Refusal?.Text);
    }

    [Fact]
    public void A_history_that_is_not_to_be_kept_any_more_leaves_the_journal_at_once()
    {
        Policies.Set("/", Only(PolicyOf(("retention", ArgumentValue.FromString("1GB")))));
        var queue = Declare();
        Consume(queue, Asker, settles: false);
        Fill(queue);
        Delivered(Asker, Count);
        Advance(FlushInterval);
        Assert.Equal(Count, Described().RetainedCount);
        Assert.Contains(Journal.Written(JournalId), static written => written.Payload is MessagesWritten);

        Policies.Set("/", ActorBroker.Core.Policies.VirtualHostPolicies.Empty);
        AwaitAssert(() => Assert.DoesNotContain(Journal.Written(JournalId), static written => written.Payload is MessagesWritten));
        Restart(queue);
        Resolve();
        Assert.Equal((0L, 0L), (Described().ReadyCount, Described().RetainedCount));
    }

    private static string Body(int i) => $"m{i:00}";

    private static (string, ArgumentValue) Keeping(string retention) => ("x-retention", ArgumentValue.FromString(retention));

    private void Fill(IActorRef queue)
    {
        for (var i = 0; i < Count; i++)
        {
            PublishConfirmed(queue, i + 1, Body(i));
        }
    }

    private static void Consume(IActorRef queue, TestProbe by, bool settles)
    {
        queue.Tell(new StartConsumer(3, 1, new ConsumerSettings("tag", NoAck: !settles, false, 0, 1 << 20, ArgumentTable.Empty), Someone), by.Ref);
        by.ExpectMsg<ConsumerStarted>();
    }

    private static StartConsumer StartFrom(ArgumentValue offset) =>
        new(3, 7, new ConsumerSettings("tag", false, false, 100, 1 << 20, ArgumentTable.Of(("x-stream-offset", offset))), Someone);

    private static void Read(IActorRef queue, TestProbe by, ArgumentValue offset)
    {
        queue.Tell(StartFrom(offset), by.Ref);
        Assert.NotNull(by.ExpectMsg<ConsumerStarted>().StreamOffset);
    }

    private QueueDescribed Described()
    {
        Queues.Tell(new DescribeQueue(Key, 9), Asker.Ref);
        return Asker.FishForMessage<QueueDescribed>(static _ => true);
    }
}
