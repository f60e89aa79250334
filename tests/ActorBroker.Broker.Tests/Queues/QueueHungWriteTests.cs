using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Tests.Messages;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>The journal takes a write and does not answer for a long time.</summary>
public sealed class QueueHungWriteTests : QueueActorSpec
{
    [Theory]
    [InlineData(30)]
    [InlineData(90)]
    public void Publishers_wait_for_a_write_that_hangs_and_consumers_are_served(int seconds)
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a", "b");
        Consume(queue, Client, prefetch: 1);
        Assert.Equal(["a"], Delivered(Client, 1));
        Journal.Hold(JournalId);
        var publisher = Probe("publisher");
        queue.Tell(new PublishBatch(1, TestBatches.Persistent("c")), publisher.Ref);
        publisher.ExpectMsg(new PublishProgress(1, 0));

        Settle(queue, Client, 0);
        Assert.Equal(["b"], Delivered(Client, 1));
        for (var passed = 0; passed < seconds; passed += 10)
        {
            Clock.Passed += TimeSpan.FromSeconds(10);
            Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(1, ReadyCount());
        }

        Settle(queue, Client, 1);
        Assert.Equal(["c"], Delivered(Client, 1));
        publisher.ExpectNoMsg(0);
        Journal.Release(JournalId);

        publisher.ExpectMsg(new PublishProgress(1, 1));
        Settle(queue, Client, 2);
        Advance(FlushInterval);
        Assert.Equal(0, ReadyCount());
        Client.ExpectNoMsg(0);
        Assert.Equal(queue, Resolve());
    }
}
