using ActorBroker.Broker.Queues;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

public sealed class QueueJournalTests : QueueActorSpec
{
    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_write_that_fails_nacks_every_unconfirmed_publish_and_the_next_incarnation_has_what_was_committed(JournalFault fault)
    {
        var queue = Declare();
        var other = Probe("other");
        PublishConfirmed(queue, 1, "committed");
        Journal.Hold(JournalId);
        Publish(queue, 2, "lost");
        queue.Tell(new PublishBatch(1, TestBatches.Persistent("lost too")), other.Ref);
        other.ExpectMsg(new PublishProgress(1, 0));
        Journal.Next(JournalId, fault);
        Watch(queue);
        Journal.Release(JournalId);
        Client.ExpectMsg(new PublishProgress(2, 1));
        Client.ExpectMsg(new PublishFailed(2, 2));
        other.ExpectMsg(new PublishFailed(1, 1));
        ExpectTerminated(queue);
        var next = Resolve();
        Assert.Equal("committed", Get(next));
        Assert.Null(Get(next));
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_declaration_that_cannot_be_written_is_refused_and_may_be_tried_again(JournalFault fault)
    {
        Journal.Next(JournalId, fault);
        Queues.Tell(new DeclareQueue(Key, 6, Durable, false, Someone), Client.Ref);
        Assert.Equal(RefusalReason.Interrupted, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        ExpectTerminatedEntity();
        Declare();
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void Whoever_waits_for_a_write_that_fails_is_refused(JournalFault fault)
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a");
        Watch(queue);
        Journal.Hold(JournalId);
        Publish(queue, 2, "b");
        Queues.Tell(new PurgeQueue(Key, 6, Someone), Client.Ref);
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Queues.Tell(new AddBindingSource(Key, "c", "e", null, true), Client.Ref);
        ReadyCount();
        Journal.Next(JournalId, fault);
        Journal.Release(JournalId);
        Client.ExpectMsg(new PublishProgress(2, 1));
        Client.ExpectMsg(new PublishFailed(2, 2));
        Assert.Equal(RefusalReason.Interrupted, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        Assert.Equal(RefusalReason.Interrupted, Client.ExpectMsg<BindingSourceAnswered>().Refusal?.Reason);
        Assert.Equal(RefusalReason.Interrupted, Client.ExpectMsg<BindingSourceAnswered>().Refusal?.Reason);
        ExpectTerminated(queue);
    }

    [Fact]
    public void What_is_written_when_the_queue_is_deleted_is_confirmed_with_the_deletion()
    {
        var queue = DeleteDuringWrite();
        Watch(queue);
        Client.ExpectNoMsg(0);
        Journal.Release(JournalId);
        Client.ExpectMsg(new PublishProgress(2, 2));
        Assert.Null(Asker.ExpectMsg<QueueAnswered>().Refusal);
        ExpectTerminated(queue);
    }

    [Fact]
    public void What_is_written_when_the_queue_is_deleted_has_failed_when_neither_can_be_written()
    {
        var queue = DeleteDuringWrite();
        Journal.Next(JournalId, JournalFault.Fail);
        Watch(queue);
        Journal.Release(JournalId);
        Client.ExpectMsg(new PublishFailed(2, 2));
        Assert.Equal(RefusalReason.Interrupted, Asker.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        ExpectTerminated(queue);
        var next = Resolve();
        Assert.Equal("a", Get(next));
        Assert.Null(Get(next));
    }

    [Fact]
    public void A_second_request_for_a_binding_source_waits_for_the_first_ones_write()
    {
        Declare();
        Journal.Hold(JournalId);
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Queues.Tell(new AddBindingSource(Key, "c", "e", null, true), Client.Ref);
        ReadyCount();
        Journal.Release(JournalId);
        Client.ExpectMsg(new BindingSourceAnswered("b", null, true));
        Client.ExpectMsg(new BindingSourceAnswered("c", null, true));
        Assert.Single(Events.OfType<BindingSourceAdded>());
    }

    [Fact]
    public void A_purge_is_answered_when_what_left_before_it_is_written_too()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a");
        Assert.Equal("a", Get(queue));
        Journal.Hold(JournalId);
        Queues.Tell(new PurgeQueue(Key, 6, Someone), Client.Ref);
        Queues.Tell(new PurgeQueue(Key, 7, Someone), Client.Ref);
        Client.ExpectNoMsg(0);
        Journal.Release(JournalId);
        Client.ExpectMsg(new QueueAnswered(6, null, 0, 0));
        Client.ExpectMsg(new QueueAnswered(7, null, 0, 0));
        Assert.Equal([new PositionRange(0, 1)], Assert.Single(Events.OfType<MessagesPurged>()).Positions);
    }

    [Fact]
    public void A_delivery_goes_out_before_the_commit_a_confirm_after_it()
    {
        var queue = Declare();
        Consume(queue, Client);
        Journal.Hold(JournalId);
        Publish(queue, 1, "a");
        Assert.Equal(["a"], Delivered(Client, 1));
        Client.ExpectMsg(new PublishProgress(1, 0));
        Client.ExpectNoMsg(0);
        Journal.Release(JournalId);
        Client.ExpectMsg(new PublishProgress(1, 1));
    }

    [Fact]
    public void What_comes_during_a_write_is_gathered_into_the_next_event()
    {
        var queue = Declare();
        Journal.Hold(JournalId);
        for (var i = 1; i <= 20; i++)
            Publish(queue, i, $"m{i}");
        Assert.Equal(20, ReadyCount());
        Journal.Release(JournalId);
        Confirmed(Client, 20);
        var writes = Events.OfType<MessagesWritten>().ToList();
        Assert.Equal([1, 19], writes.Select(static written => written.Write.Batches.Length));
    }

    [Fact]
    public void A_message_that_is_settled_before_its_turn_to_be_written_is_confirmed_and_not_written()
    {
        var queue = Declare();
        Consume(queue, Client);
        Journal.Hold(JournalId);
        Publish(queue, 1, "a");
        Publish(queue, 2, "b");
        Client.FishForMessage(static message => message is PublishProgress { AcceptedSequence: 2 });
        Settle(queue, Client, 1);
        ReadyCount();
        Journal.Release(JournalId);
        Confirmed(Client, 2);
        Assert.Equal([0L], Events.OfType<MessagesWritten>().SelectMany(static written => written.Write.Batches).Select(static placed => placed.FirstPosition));
    }

    [Fact]
    public void Settlements_are_written_after_the_interval_when_nothing_else_is()
    {
        var queue = Declare();
        Consume(queue, Client);
        Publish(queue, 1, "a", "b", "c");
        Client.FishForMessage(static message => message is PublishProgress { ConfirmedSequence: 1 });
        Settle(queue, Client, 0, 2);
        ReadyCount();
        Assert.Equal(2, Events.Count());
        Advance(FlushInterval);
        AwaitEvents(3);
        var written = Assert.IsType<MessagesWritten>(Events.Last());
        Assert.Equal([new PositionRange(0, 2)], written.Write.Settled);
        Restart(queue);
        Assert.Equal("c", Get(Resolve()));
        Assert.Null(Get(Resolve()));
    }

    [Fact]
    public void Settlements_go_with_the_next_batch()
    {
        var queue = Declare();
        Consume(queue, Client);
        Publish(queue, 1, "a", "b");
        Client.FishForMessage(static message => message is PublishProgress { ConfirmedSequence: 1 });
        Settle(queue, Client, 0);
        Publish(queue, 2, "c");
        Client.FishForMessage(static message => message is PublishProgress { ConfirmedSequence: 2 });
        var written = Assert.IsType<MessagesWritten>(Events.Last());
        Assert.Equal([new PositionRange(0, 1)], written.Write.Settled);
        Assert.Single(written.Write.Batches);
        Assert.Equal(3, Events.Count());
    }

    [Fact]
    public void A_settlement_that_was_not_written_costs_a_redelivery()
    {
        var queue = Declare();
        Consume(queue, Client);
        Publish(queue, 1, "a");
        Client.FishForMessage(static message => message is PublishProgress { ConfirmedSequence: 1 });
        Settle(queue, Client, 0);
        ReadyCount();
        Restart(queue);
        Consume(Resolve(), Client);
        var again = Client.ExpectMsg<DeliverMessages>().Segments.Single();
        Assert.Equal(["a"], Bodies([again]));
    }

    [Fact]
    public void Handing_off_writes_what_waits_before_it_stops()
    {
        var queue = Declare();
        Consume(queue, Client);
        Journal.Hold(JournalId);
        Publish(queue, 1, "a", "b");
        Client.ExpectMsg<DeliverMessages>();
        Publish(queue, 2, "c");
        Client.FishForMessage(static message => message is PublishProgress { AcceptedSequence: 2 });
        Settle(queue, Client, 0);
        ReadyCount();
        Watch(queue);
        queue.Tell(QueueActor.StopQueue.Instance);
        Publish(queue, 3, "too late");
        Client.FishForMessage(static message => message is PublishFailed { FirstSequence: 3, LastSequence: 3 });
        ExpectNoMsg(0);
        Journal.Release(JournalId);
        Confirmed(Client, 2);
        ExpectTerminated(queue);
        var next = Resolve();
        Assert.Equal("b", Get(next));
        Assert.Equal("c", Get(next));
        Assert.Null(Get(next));
    }

    [Fact]
    public void A_bug_ends_the_actor_so_that_connections_learn_of_it()
    {
        var queue = Declare();
        Watch(queue);
        Clock.IsBroken = true;
        Publish(queue, 1, "a");
        ExpectTerminated(queue);
        Clock.IsBroken = false;
        PublishConfirmed(Resolve(), 1, "b");
    }

    [Fact]
    public void A_transient_queue_writes_nothing()
    {
        var queue = Declare(Transient);
        PublishConfirmed(queue, 1, "a");
        Assert.Equal("a", Get(queue));
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        Client.ExpectMsg<QueueAnswered>(static answered => answered.Refusal is null);
        Assert.Empty(Events);
    }

    // Its consumer learns of the deletion as it begins; the publish is still on its way to the journal.
    private IActorRef DeleteDuringWrite()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a");
        var consumer = Probe("consumer");
        queue.Tell(Start(1, windowBytes: 0), consumer.Ref);
        consumer.ExpectMsg(new ConsumerStarted(3, 1));
        Journal.Hold(JournalId);
        Publish(queue, 2, "b");
        Client.ExpectMsg(new PublishProgress(2, 1));
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Asker.Ref);
        consumer.FishForMessage(static message => message is ConsumerCancelled);
        return queue;
    }

    private void ExpectTerminatedEntity()
    {
        var entity = Client.LastSender;
        Watch(entity);
        ExpectTerminated(entity);
    }
}
