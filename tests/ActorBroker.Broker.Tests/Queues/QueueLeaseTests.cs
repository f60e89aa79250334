using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Policies;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Queues that may not be unused for long.</summary>
public sealed class QueueLeaseTests : QueueLifetimeSpec
{
    private static readonly Core.Queues.QueueDefinition Leased = With(("x-expires", Number(1000)));

    [Fact]
    public void A_queue_that_nobody_uses_is_deleted_whatever_is_published_to_it()
    {
        var queue = Declare(Leased);
        Watch(queue);
        for (var i = 1; i < 10; i++)
        {
            PublishConfirmed(queue, i, "a");
            Clock.Passed += TimeSpan.FromMilliseconds(100);
            Advance(TimeSpan.FromMilliseconds(100));
        }

        ExpectNoMsg(0);
        Clock.Passed += TimeSpan.FromMilliseconds(100);
        Advance(TimeSpan.FromMilliseconds(100));
        ExpectTerminated(queue);
        Assert.False(IsThere());
        Assert.Empty(Events);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("declare")]
    [InlineData("passive declare")]
    [InlineData("restart")]
    public void Its_use_gives_it_the_whole_time_anew(string use)
    {
        var queue = Declare(Leased);
        Wait(900);
        switch (use)
        {
            case "get":
                Assert.Null(Get(queue));
                break;
            case "restart":
                Restart(queue);
                queue = Resolve();
                break;
            default:
                Queues.Tell(new DeclareQueue(Key, 5, Leased, use == "passive declare", Someone), Client.Ref);
                Client.ExpectMsg(new QueueAnswered(5, null, 0, 0));
                break;
        }

        Wait(999);
        Assert.True(IsThere());
        Watch(queue);
        Wait(1);
        ExpectTerminated(queue);
        Assert.False(IsThere());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_consumer_holds_it_off_and_its_end_gives_the_whole_time(bool byConnection)
    {
        var queue = Declare(Leased);
        var consumer = Probe("consumer");
        Consume(queue, consumer);
        Wait(50_000);
        Assert.True(IsThere());
        Wait(50_000);
        if (byConnection)
        {
            StopAndAwait(consumer.Ref);
            AwaitAssert(() => Assert.Equal(0, ConsumerCount()));
        }
        else
        {
            queue.Tell(new StopConsumer(6, 1), consumer.Ref);
            consumer.ExpectMsg(new ConsumerStopped(6, 1));
        }

        Wait(999);
        Assert.True(IsThere());
        Watch(queue);
        Wait(1);
        ExpectTerminated(queue);
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_deletion_that_cannot_be_written_leaves_the_queue_whole_and_happens_later(JournalFault fault)
    {
        var queue = Declare(Leased);
        PublishConfirmed(queue, 1, "a");
        Journal.Next(JournalId, fault);
        Watch(queue);
        Wait(1000);
        ExpectTerminated(queue);
        var next = Resolve();
        Assert.Equal(1, ReadyCount());
        Watch(next);
        Wait(1000);
        ExpectTerminated(next);
        Assert.False(IsThere());
    }

    [Fact]
    public void A_policy_gives_a_queue_that_has_been_unused_for_long_its_whole_time()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a");
        Wait(50_000);
        Policies.Set("/", Only(PolicyOf(("expires", Number(1000)))));
        Assert.True(IsThere());
        Wait(999);
        Assert.True(IsThere());
        Watch(queue);
        Wait(1);
        ExpectTerminated(queue);
    }

    [Fact]
    public void A_policy_that_ends_in_time_saves_the_queue()
    {
        Policies.Set("/", Only(PolicyOf(("expires", Number(1000)))));
        Declare();
        Wait(999);
        Policies.Set("/", VirtualHostPolicies.Empty);
        Assert.True(IsThere());
        Wait(5000);
        Assert.True(IsThere());
    }

    [Fact]
    public void A_clock_that_goes_back_deletes_nothing_early()
    {
        Declare(Leased);
        Clock.Passed = TimeSpan.FromHours(-1);
        Advance(TimeSpan.FromSeconds(5));
        Assert.True(IsThere());
    }

    // To describe the queue, unlike to declare it, is no use of it.
    private void Wait(long milliseconds)
    {
        Assert.True(IsThere());
        Clock.Passed += TimeSpan.FromMilliseconds(milliseconds);
        Advance(TimeSpan.FromMilliseconds(milliseconds));
    }

    private int ConsumerCount()
    {
        Queues.Tell(new DescribeQueue(Key, 9), Asker.Ref);
        return Asker.ExpectMsg<QueueDescribed>().ConsumerCount;
    }
}
