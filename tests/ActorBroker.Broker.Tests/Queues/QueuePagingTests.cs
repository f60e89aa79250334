using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>A queue that keeps about two of its messages in memory: what is beyond is read back from the journal.</summary>
public sealed class QueuePagingTests() : QueueActorSpec(Roomy with { SegmentBytes = 100, ResidentBytes = 200 })
{
    private const int Count = 20;

    [Fact]
    public void A_backlog_is_read_back_in_order()
    {
        var queue = Backlog();
        Consume(queue, Client);
        Assert.Equal(Enumerable.Range(0, Count).Select(Body), Delivered(Client, Count));
        Assert.NotEqual(0, Disk.Reads);
    }

    [Fact]
    public void A_get_waits_for_its_message_to_be_read_back()
    {
        var queue = Backlog();
        Restart(queue);
        var next = Resolve();
        for (var i = 0; i < Count; i++)
            Assert.Equal(Body(i), Get(next));
        Assert.Null(Get(next));
    }

    [Fact]
    public void A_transient_queue_that_is_deleted_while_it_spills_leaves_nothing_and_makes_room_for_the_next()
    {
        var queue = Declare(Transient);
        Publish(queue, 1, [.. Enumerable.Range(0, 5).Select(Body)]);
        Spill();
        AwaitEvents(1);
        Journal.Hold(JournalId);
        Publish(queue, 2, [.. Enumerable.Range(5, 5).Select(Body)]);
        Spill();
        Watch(queue);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Asker.Ref);
        Asker.ExpectMsg<QueueAnswered>(static answered => answered.Refusal is null);

        Journal.Release(JournalId);

        ExpectTerminated(queue);
        Assert.Empty(Events);
    }

    [Fact]
    public void A_read_that_fails_is_tried_again()
    {
        Disk.IsBroken = true;
        var queue = Backlog();
        Consume(queue, Client);
        var delivered = DeliveredUntilReadFails();
        Disk.IsBroken = false;

        // The timer of the next attempt starts only when the failure has come through the mailbox: time passes until then.
        AwaitAssert(() =>
        {
            Advance(TimeSpan.FromSeconds(1));
            while (Client.HasMessages)
                delivered.AddRange(Bodies(Client.ExpectMsg<DeliverMessages>().Segments));
            Assert.Equal(Count, delivered.Count);
        });
        Assert.Equal(Enumerable.Range(0, Count).Select(Body), delivered);
    }

    [Fact]
    public void Messages_that_cannot_be_read_back_are_set_aside_and_the_rest_goes_on()
    {
        var queue = Backlog();

        // The declaration is event 1, so message i is event i + 2.
        Disk.Lost = new HashSet<long> { 10 };
        Consume(queue, Client);
        var expected = Enumerable.Range(0, Count).Where(static i => i != 8).Select(Body).ToList();
        Assert.Equal(expected, Delivered(Client, Count - 1));
        Assert.Equal(0, ReadyCount());
        Settle(queue, Client, 0, Count);
        Assert.Equal(0, ReadyCount());
        Advance(FlushInterval);
        AwaitEvents(Count + 2);

        Disk.Lost = new HashSet<long>();
        Restart(queue);
        var next = Resolve();
        Assert.Equal(Body(8), Get(next));
        Assert.Null(Get(next));
    }

    [Fact]
    public void A_segment_that_can_never_be_read_holds_the_queue_up_for_a_while_only()
    {
        var queue = Backlog();
        Disk.IsBroken = true;
        Consume(queue, Client);
        DeliveredUntilReadFails();
        AwaitAssert(
            () =>
            {
                Advance(TimeSpan.FromSeconds(1));
                Assert.Equal(0, ReadyCount());
            },
            TimeSpan.FromSeconds(10),
            TimeSpan.FromMilliseconds(1));
        Publish(queue, Count + 1, "new");
        Assert.Equal(["new"], Delivered(Client, 1));
    }

    [Fact]
    public void What_was_held_when_its_body_was_lost_can_still_be_settled_or_released()
    {
        var queue = Backlog();
        Consume(queue, Client, prefetch: 2);
        Assert.Equal([Body(0), Body(1)], Delivered(Client, 2));
        Disk.Lost = Enumerable.Range(1, Count + 1).Select(static i => (long)i).ToHashSet();
        queue.Tell(new CloseConsumer(1), Client.Ref);
        var other = Probe("other");
        Consume(queue, other);
        Publish(queue, Count + 1, "new");
        var got = new List<string>();
        while (got.LastOrDefault() != "new")
            got.AddRange(Bodies(other.ExpectMsg<DeliverMessages>().Segments));
        Assert.Equal(0, ReadyCount());
    }

    private static string Body(int index) => $"message number {index:00} of a backlog, fifty bytes or so";

    private IActorRef Backlog()
    {
        var queue = Declare();
        for (var i = 0; i < Count; i++)
            PublishConfirmed(queue, i + 1, Body(i));
        return queue;
    }

    // What the queue cannot keep in memory is on its way to the journal.
    private void Spill()
    {
        ReadyCount();
        Advance(TimeSpan.FromMilliseconds(500));
        ReadyCount();
    }

    private List<string> DeliveredUntilReadFails()
    {
        var delivered = new List<string>();
        AwaitAssert(() => Assert.NotEqual(0, Disk.Reads));
        ReadyCount();
        while (Client.HasMessages)
            delivered.AddRange(Bodies(Client.ExpectMsg<DeliverMessages>().Segments));

        // The failure reaches the actor by way of its mailbox.
        var reads = Disk.Reads;
        AwaitAssert(() =>
        {
            Advance(TimeSpan.FromSeconds(1));
            Assert.True(Disk.Reads > reads);
        });
        return delivered;
    }
}
