using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>One message is never acknowledged: the journal gives back what comes and goes after it all the same.</summary>
public sealed class QueueSpaceTests()
    : QueueActorSpec(Roomy with { SegmentBytes = 2000, ResidentBytes = 2000, CompactAfterBytes = 20_000, SnapshotAfterBytes = 100_000, TrimAfterBytes = 100_000 })
{
    private const int Count = 400;

    [Fact]
    public void A_journal_stays_short_though_its_first_message_stays()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "stays");
        Consume(queue, Client, consumerId: 1, prefetch: 1);
        Assert.Equal(["stays"], Delivered(Client, 1));
        var worker = Probe("worker");
        Consume(queue, worker, consumerId: 2);
        var most = 0;
        for (var i = 1; i <= Count; i++)
        {
            Publish(queue, i + 1, Body(i));
            Client.FishForMessage(message => message is PublishProgress progress && progress.ConfirmedSequence == i + 1);
            Assert.Equal([Body(i)], Delivered(worker, 1));
            Settle(queue, worker, i, consumerId: 2);
            most = Math.Max(most, Events.Count());
        }

        Assert.InRange(most, 1, Count / 2);
        AwaitAssert(() => Assert.DoesNotContain(Journal.Written(JournalId), static written => written.SequenceNr < Count / 2));
        ReadyCount();
        Advance(FlushInterval);
        ReadyCount();
        Restart(queue);
        var next = Resolve();
        Assert.Equal("stays", Get(next));
    }

    private static string Body(int number) => $"{number:0000} {new string('m', 200)}";
}
