using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>A queue that takes a snapshot every few events and deletes those that it does not need.</summary>
public sealed class QueueRecoveryTests() : QueueActorSpec(Roomy with { SegmentBytes = 60, SnapshotAfterEvents = 5, TrimAfterEvents = 3 })
{
    [Fact]
    public void A_queue_comes_back_from_snapshot_and_tail()
    {
        var queue = Declare();
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Client.ExpectMsg<BindingSourceAnswered>();
        Consume(queue, Client, prefetch: 4);
        for (var i = 1; i <= 12; i++)
        {
            Publish(queue, i, $"m{i:00}");
            Client.FishForMessage(message => message is PublishProgress progress && progress.ConfirmedSequence == i);
        }

        Settle(queue, Client, 1);
        Settle(queue, Client, 3);
        Settle(queue, Client, 5);
        ReadyCount();
        Advance(FlushInterval);
        AwaitEventOf(static write => write.Settled.Length > 0);
        Restart(queue);
        var next = Resolve();
        Assert.Equal(
            new string?[] { "m01", "m03", "m05", "m07", "m08", "m09", "m10", "m11", "m12", null },
            Enumerable.Range(0, 10).Select(_ => Get(next)));
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        Assert.Equal("e", Exchanges.ExpectMsg<Contracts.Exchanges.RemoveDestination>().Exchange.Name);
    }

    [Fact]
    public void Events_of_consumed_messages_are_deleted_and_the_rest_is_there_after_a_restart()
    {
        var queue = Declare();
        Consume(queue, Client);
        for (var i = 1; i <= 40; i++)
        {
            Publish(queue, i, $"m{i:00}");
            Client.FishForMessage(message => message is PublishProgress progress && progress.ConfirmedSequence == i);
            if (i != 30)
                Settle(queue, Client, i - 1);
        }

        AwaitAssert(() => Assert.DoesNotContain(Journal.Written(JournalId), static written => written.SequenceNr < 20));
        Restart(queue);
        var next = Resolve();
        var left = new List<string>();
        while (Get(next) is { } body)
            left.Add(body);
        Assert.Contains("m30", left);
        Assert.DoesNotContain("m29", left);
    }

    [Fact]
    public void A_deleted_queue_leaves_neither_events_nor_snapshot()
    {
        var queue = Declare();
        for (var i = 1; i <= 12; i++)
            PublishConfirmed(queue, i, "m");
        Watch(queue);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(6, null, 12, 0));
        ExpectTerminated(queue);
        Assert.Empty(Events);
        Queues.Tell(new ResolveQueue(Key, 7), Client.Ref);
        Assert.Equal(RefusalReason.NotFound, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        var again = Declare();
        Assert.Null(Get(again));
        PublishConfirmed(again, 1, "new");
        Restart(again);
        Assert.Equal("new", Get(Resolve()));
    }

    private void AwaitEventOf(Predicate<Core.Queues.QueueWrite> isIt) =>
        AwaitAssert(() => Assert.Contains(Events.OfType<MessagesWritten>(), written => isIt(written.Write)));
}
