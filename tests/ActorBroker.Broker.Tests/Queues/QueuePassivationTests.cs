using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>A queue that nobody is connected to leaves memory, and is as it was when it is back.</summary>
public sealed class QueuePassivationTests : QueueLifetimeSpec
{
    private const long Hour = 3_600_000;

    // Beyond the longest that a queue stays, with the spread.
    private static readonly TimeSpan Long = Roomy.PassivateAfter * 1.3;

    [Fact]
    public void Without_connections_a_durable_queue_leaves_memory_and_is_back_with_the_next_question_for_it()
    {
        Create(Durable);
        var publisher = Probe("publisher");
        var queue = ResolveAs(publisher);
        queue.Tell(new PublishBatch(1, TestBatches.Persistent("a", "b")), publisher.Ref);
        Confirmed(publisher, 1);

        Disconnect(publisher);
        AwaitPassivation(queue);

        var next = Resolve();
        Assert.NotEqual(queue, next);
        Assert.Equal("a", Get(next));
        Assert.Equal("b", Get(next));
    }

    [Fact]
    public void Whoever_has_asked_for_the_queues_actor_keeps_it_in_memory()
    {
        Create(Durable);
        var publisher = Probe("publisher");
        var queue = ResolveAs(publisher);
        Watch(queue);

        PassFor(Long * 4);

        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        queue.Tell(new PublishBatch(1, TestBatches.Persistent("a")), publisher.Ref);
        Confirmed(publisher, 1);
    }

    [Fact]
    public void A_question_that_crosses_with_the_queues_leaving_is_answered_by_its_next_incarnation()
    {
        Create(Durable);
        for (var round = 1; round <= 20; round++)
        {
            var publisher = Probe($"publisher{round}");
            var queue = ResolveAs(publisher);
            queue.Tell(new PublishBatch(1, TestBatches.Persistent($"m{round}")), publisher.Ref);
            Confirmed(publisher, 1);
            Restart(queue);

            // It leaves as soon as it has recovered, but the region has sent it the next two on its way already.
            Queues.Tell(new WakeQueue(Key), Client.Ref);
            Queues.Tell(new ResolveQueue(Key, 7), publisher.Ref);
            Queues.Tell(new DescribeQueue(Key, 8), Client.Ref);

            Client.ExpectMsg<QueueWoken>();
            Assert.Equal(round, Client.ExpectMsg<QueueDescribed>().ReadyCount);
            var next = publisher.ExpectMsg<QueueResolved>().Actor;
            next.Tell(new GetMessage(9, 9, NoAck: false), publisher.Ref);
            Assert.NotNull(publisher.ExpectMsg<MessageTaken>().Segment);
        }
    }

    [Fact]
    public void A_queue_that_was_only_woken_leaves_at_once()
    {
        Create(Durable);
        var publisher = Probe("publisher");
        Restart(ResolveAs(publisher));

        Queues.Tell(new WakeQueue(Key), Client.Ref);
        Client.ExpectMsg(new QueueWoken(Key));

        // The first was declared, the second woken.
        Assert.Equal("entity-3", Resolve().Path.Name);
    }

    [Fact]
    public void A_queue_that_does_not_exist_answers_who_wakes_it_too()
    {
        Queues.Tell(new WakeQueue(Key), Client.Ref);

        Client.ExpectMsg(new QueueWoken(Key));
    }

    [Fact]
    public void A_transient_message_keeps_a_durable_queue_in_memory()
    {
        Create(Durable);
        var publisher = Probe("publisher");
        var queue = ResolveAs(publisher);
        queue.Tell(new PublishBatch(1, TestBatches.Of([new TestMessage("t"u8.ToArray(), Persistent: false)])), publisher.Ref);
        Confirmed(publisher, 1);
        Watch(queue);

        Disconnect(publisher);
        PassFor(Long * 4);

        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Assert.Equal("t", Get(Resolve()));
    }

    [Fact]
    public void A_transient_queue_stays_in_memory()
    {
        Create(Transient);
        var publisher = Probe("publisher");
        Watch(ResolveAs(publisher));

        Disconnect(publisher);
        PassFor(Long * 4);

        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void What_was_delivered_before_is_still_marked_as_redelivered()
    {
        Create(Durable);
        var consumer = Probe("consumer");
        var queue = ResolveAs(consumer);
        queue.Tell(new PublishBatch(1, TestBatches.Persistent("a", "b")), consumer.Ref);
        Confirmed(consumer, 1);
        Consume(queue, consumer, prefetch: 1);
        Assert.False(consumer.ExpectMsg<DeliverMessages>().Segments[0].Redelivered);

        Disconnect(consumer);
        AwaitPassivation(queue);

        Consume(Resolve(), Client, prefetch: 1);
        Assert.True(Client.ExpectMsg<DeliverMessages>().Segments[0].Redelivered);
    }

    [Fact]
    public void The_time_that_a_queue_is_unused_goes_on_while_it_sleeps()
    {
        Create(With(("x-expires", Number(Hour))));
        var publisher = Probe("publisher");
        var queue = ResolveAs(publisher);
        Disconnect(publisher);
        AwaitPassivation(queue);
        Assert.Equal(Key, Assert.Single(Sleeping.Due(Hour)));
        Assert.Empty(Sleeping.Due(Hour - 1));

        Clock.Passed = TimeSpan.FromMilliseconds(Hour - 1_000);
        Queues.Tell(new WakeQueue(Key), Client.Ref);
        Client.ExpectMsg<QueueWoken>();
        PassFor(TimeSpan.FromSeconds(1));

        Assert.False(IsThere());
    }

    [Fact]
    public void A_sleeping_queue_is_due_when_the_first_of_its_messages_is()
    {
        Create(Durable);
        var publisher = Probe("publisher");
        var queue = ResolveAs(publisher);
        queue.Tell(new PublishBatch(1, TestBatches.Of([Message("late", new BasicProperties { Expiration = $"{3 * Hour}" })])), publisher.Ref);
        queue.Tell(new PublishBatch(2, TestBatches.Of([Message("soon", new BasicProperties { Expiration = $"{2 * Hour}" })])), publisher.Ref);
        Confirmed(publisher, 2);

        Disconnect(publisher);
        AwaitPassivation(queue);

        Assert.Empty(Sleeping.Due(2 * Hour - 1));
        Assert.Equal(Key, Assert.Single(Sleeping.Due(2 * Hour)));
        Assert.Equal(2, ReadyCount());
        Assert.Empty(Sleeping.Due(long.MaxValue - 1));
    }

    private void Create(QueueDefinition definition)
    {
        Queues.Tell(new DeclareQueue(Key, 1, definition, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(1, null, 0, 0));
    }

    private IActorRef ResolveAs(TestProbe connection)
    {
        Queues.Tell(new ResolveQueue(Key, 2), connection.Ref);
        return connection.ExpectMsg<QueueResolved>().Actor;
    }

    private void Disconnect(TestProbe connection) => StopAndAwait(connection.Ref);

    // In steps, since timers that run out set further ones.
    private void PassFor(TimeSpan time)
    {
        for (var i = 0; i < 10; i++)
        {
            Clock.Passed += time / 10;
            Advance(time / 10);
        }
    }

    private void AwaitPassivation(IActorRef queue)
    {
        Watch(queue);
        AwaitAssert(
            () =>
            {
                PassFor(TimeSpan.FromMinutes(1));
                ExpectTerminated(queue, TimeSpan.FromMilliseconds(50));
            },
            interval: TimeSpan.FromMilliseconds(1));
    }
}
