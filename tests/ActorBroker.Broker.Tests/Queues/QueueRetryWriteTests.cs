using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Queues;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>A queue whose journal cannot write for now: its disk is full.</summary>
public sealed class QueueRetryWriteTests : QueueActorSpec
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_publish_waits_for_the_journal_and_is_confirmed_when_it_is_written()
    {
        var queue = Declare();
        FillDisk();
        Publish(queue, 1, "a");
        Client.ExpectMsg(new PublishProgress(1, 0));
        AwaitRefused(1);

        FreeDisk();

        Client.ExpectMsg(new PublishProgress(1, 1));
        Restart(queue);
        Assert.Equal("a", Get(Resolve()));
    }

    [Fact]
    public void Consumers_are_served_and_nothing_that_they_settled_is_delivered_again()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a", "b", "c");
        Consume(queue, Client, prefetch: 1);
        Assert.Equal(["a"], Delivered(Client, 1));
        FillDisk();
        Settle(queue, Client, 0);
        Assert.Equal(["b"], Delivered(Client, 1));
        Advance(FlushInterval);
        AwaitRefused(1);
        Settle(queue, Client, 1);
        Assert.Equal(["c"], Delivered(Client, 1));
        Advance(LongestPause);
        AwaitRefused(2);
        Client.ExpectNoMsg(0);

        FreeDisk();

        AwaitAssert(() =>
        {
            Advance(FlushInterval);
            Assert.Equal(4, Events.Count());
        });
        Restart(queue);
        var next = Resolve();
        Assert.Equal("c", Get(next));
        Assert.Null(Get(next));
    }

    [Fact]
    public void Attempts_become_rarer()
    {
        var queue = Declare();
        FillDisk();
        Publish(queue, 1, "a");
        AwaitRefused(1);
        for (var attempt = 1; attempt <= 6; attempt++)
        {
            Advance(TimeSpan.FromMilliseconds(100 << (attempt - 1)) - TimeSpan.FromMilliseconds(1));
            ReadyCount();
            Assert.Equal(attempt, Journal.RefusedWrites);
            Advance(TimeSpan.FromMilliseconds(1));
            AwaitRefused(attempt + 1);
        }
    }

    [Fact]
    public void What_would_have_to_be_written_meanwhile_is_refused_and_says_why()
    {
        var queue = Declare();
        FillDisk();
        Publish(queue, 1, "a");
        AwaitRefused(1);

        Queues.Tell(new PurgeQueue(Key, 6, Someone), Asker.Ref);
        var purge = Asker.ExpectMsg<QueueAnswered>().Refusal;
        Queues.Tell(new DeleteQueue(Key, 7, false, false, Someone), Asker.Ref);
        var delete = Asker.ExpectMsg<QueueAnswered>().Refusal;
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Asker.Ref);
        var bind = Asker.ExpectMsg<BindingSourceAnswered>().Refusal;

        Assert.All([purge, delete, bind], static refusal => Assert.Equal(RefusalReason.Interrupted, refusal?.Reason));
        Assert.Equal("the journal cannot write for queue 'q' in vhost '/' now: the disk is full", purge?.Text);
        Assert.Equal(1, ReadyCount());
        FreeDisk();
        Confirmed(Client, 1);
        Queues.Tell(new PurgeQueue(Key, 8, Someone), Asker.Ref);
        Assert.Equal(new QueueAnswered(8, null, 1, 0), Asker.ExpectMsg<QueueAnswered>());
    }

    [Fact]
    public void A_deletion_behind_the_write_decides_what_becomes_of_its_messages()
    {
        var queue = Declare();
        Watch(queue);
        var consumer = Probe("consumer");
        queue.Tell(Start(1, windowBytes: 0), consumer.Ref);
        consumer.ExpectMsg(new ConsumerStarted(3, 1));
        Journal.Hold(JournalId);
        Publish(queue, 1, "a");
        Client.ExpectMsg(new PublishProgress(1, 0));
        Queues.Tell(new DeleteQueue(Key, 7, false, false, Someone), Asker.Ref);
        consumer.FishForMessage(static message => message is ConsumerCancelled);
        Journal.RefuseNext(JournalId, new JournalUnavailableException("the disk is full"));
        Journal.Release(JournalId);

        Client.ExpectMsg(new PublishProgress(1, 1));
        Assert.Null(Asker.ExpectMsg<QueueAnswered>().Refusal);
        ExpectTerminated(queue);
    }

    [Fact]
    public void A_queue_that_stops_tries_once_more_and_fails_what_it_cannot_write()
    {
        var queue = Declare();
        FillDisk();
        Publish(queue, 1, "a");
        Client.ExpectMsg(new PublishProgress(1, 0));
        AwaitRefused(1);

        Watch(queue);
        queue.Tell(QueueActor.StopQueue.Instance);
        ExpectTerminated(queue);

        Assert.Equal(2, Journal.RefusedWrites);
        Client.ExpectMsg(new PublishFailed(1, 1));
    }

    private void FillDisk() => Journal.Refuse(JournalId, new JournalUnavailableException("the disk is full"));

    private void FreeDisk()
    {
        Journal.Accept(JournalId);
        ReadyCount();
        Advance(LongestPause);
    }

    private void AwaitRefused(int writes)
    {
        AwaitAssert(() => Assert.Equal(writes, Journal.RefusedWrites));
        ReadyCount();
    }
}
