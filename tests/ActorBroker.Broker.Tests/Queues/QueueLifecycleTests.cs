using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using Akka.Actor;
using Akka.Event;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

public sealed class QueueLifecycleTests : QueueActorSpec
{
    private static readonly Refusal Busy = new(RefusalReason.Unavailable, "busy");

    [Fact]
    public void A_declared_queue_is_registered_written_and_there_after_a_restart()
    {
        var queue = Declare();
        var register = Catalogue.ExpectMsg<RegisterName>();
        Assert.Equal(("/", DestinationKind.Queue, "q", true), (register.VirtualHost, register.Kind, register.Name, register.Durable));
        var declared = Assert.IsType<QueueDeclared>(Assert.Single(Events));
        Assert.NotEqual(0, declared.Declaration);
        Assert.Equal(new QueueDeclared(Key, Durable, Someone) { Declaration = declared.Declaration }, declared);
        Restart(queue);
        Queues.Tell(new DeclareQueue(Key, 7, Durable, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(7, null, 0, 0));
        Queues.Tell(new DeclareQueue(Key, 8, Durable with { AutoDelete = true }, false, Someone), Client.Ref);
        Assert.Equal(RefusalReason.PreconditionFailed, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
    }

    [Fact]
    public void A_queue_that_is_not_there_is_not_found()
    {
        foreach (var command in new NamedQueueCommand[]
                 {
                     new DeclareQueue(Key, 1, Durable, true, Someone), new PurgeQueue(Key, 3, Someone),
                 })
        {
            Queues.Tell(command, Client.Ref);
            Assert.Equal(new Refusal(RefusalReason.NotFound, "no queue 'q' in vhost '/'"), Client.ExpectMsg<QueueAnswered>().Refusal);
        }

        Queues.Tell(new DeleteQueue(Key, 4, false, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(4, null, 0, 0));
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Assert.Equal(RefusalReason.NotFound, Client.ExpectMsg<BindingSourceAnswered>().Refusal?.Reason);
        Catalogue.ExpectNoMsg(0);
    }

    [Fact]
    public void Resolving_a_queue_that_is_not_there_takes_its_name_out_of_the_catalogue()
    {
        Queues.Tell(new ResolveQueue(Key, 2), Client.Ref);
        Assert.Equal(new Refusal(RefusalReason.NotFound, "no queue 'q' in vhost '/'"), Client.ExpectMsg<QueueAnswered>().Refusal);
        Assert.Equal("q", Catalogue.ExpectMsg<UnregisterName>().Name);
    }

    [Fact]
    public void Waking_a_queue_that_is_not_there_takes_its_name_out_of_the_catalogue()
    {
        Queues.Tell(new WakeQueue(Key), Client.Ref);
        Assert.Equal("q", Catalogue.ExpectMsg<UnregisterName>().Name);
    }

    [Fact]
    public void A_declaration_that_the_catalogue_refuses_leaves_no_queue()
    {
        Answer(Catalogue, message => message is RegisterName register ? new NameRegistered(register.RequestId, Busy) : null);
        Queues.Tell(new DeclareQueue(Key, 1, Durable, false, Someone), Client.Ref);
        Queues.Tell(new ResolveQueue(Key, 2), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(1, Busy, 0, 0));
        Assert.Equal(RefusalReason.NotFound, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        Assert.Empty(Events);
    }

    [Fact]
    public void A_declaration_that_the_catalogue_does_not_answer_is_given_up_and_its_name_taken_back()
    {
        KeepSilent(Catalogue);
        Queues.Tell(new DeclareQueue(Key, 1, Durable, false, Someone), Client.Ref);
        Catalogue.ExpectMsg<RegisterName>();
        Queues.Tell(new ResolveQueue(Key, 2), Client.Ref);
        Client.ExpectNoMsg(0);
        Clock.Passed = TimeSpan.FromSeconds(10);
        Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(RefusalReason.Unavailable, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        Assert.Equal(RefusalReason.NotFound, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        Assert.Equal("q", Catalogue.ExpectMsg<UnregisterName>().Name);
    }

    [Fact]
    public void What_comes_while_a_queue_is_declared_is_answered_when_it_is_there()
    {
        KeepSilent(Catalogue);
        Queues.Tell(new DeclareQueue(Key, 1, Durable, false, Someone), Client.Ref);
        var register = Catalogue.ExpectMsg<RegisterName>();
        Queues.Tell(new ResolveQueue(Key, 2), Client.Ref);
        Queues.Tell(new DeclareQueue(Key, 3, Durable, true, Someone), Client.Ref);
        Client.ExpectNoMsg(0);
        Catalogue.Reply(new NameRegistered(register.RequestId, null));
        Client.ExpectMsg(new QueueAnswered(1, null, 0, 0));
        Assert.Equal(2, Client.ExpectMsg<QueueResolved>().RequestId);
        Client.ExpectMsg(new QueueAnswered(3, null, 0, 0));
    }

    [Fact]
    public void Deleting_answers_the_count_when_bindings_and_name_are_gone_and_forgets_the_journal()
    {
        var queue = Declare();
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Client.ExpectMsg(new BindingSourceAnswered("b", null, true));
        PublishConfirmed(queue, 1, "a", "b");
        KeepSilent(Exchanges);
        Watch(queue);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        var remove = Exchanges.ExpectMsg<RemoveDestination>();
        Assert.Equal((new ExchangeKey("/", "e"), Destination.Queue("q")), (remove.Exchange, remove.Destination));
        Client.ExpectNoMsg(0);
        Exchanges.Reply(new DestinationRemoved(remove.RequestId, null));
        Client.ExpectMsg(new QueueAnswered(6, null, 2, 0));
        ExpectTerminated(queue);
        Assert.Empty(Events);
        Queues.Tell(new ResolveQueue(Key, 7), Client.Ref);
        Assert.Equal(RefusalReason.NotFound, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
    }

    [Fact]
    public void The_last_events_of_a_deleted_queue_that_are_left_without_its_declaration_are_forgotten()
    {
        var queue = Declare();
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Client.ExpectMsg<BindingSourceAnswered>();
        KeepSilent(Exchanges);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        Exchanges.ExpectMsg<RemoveDestination>();
        Assert.Equal(3, Events.Count());

        // The declaration was in a snapshot, which went first.
        Journal.Replace(JournalId, 1, null);
        Restart(queue);
        Exchanges.ExpectNoMsg(0);
        Queues.Tell(new ResolveQueue(Key, 7), Client.Ref);

        Assert.Equal(RefusalReason.NotFound, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        AwaitAssert(() => Assert.Empty(Events));
        Exchanges.ExpectNoMsg(0);
    }

    [Fact]
    public void A_clean_up_that_is_refused_is_asked_for_again()
    {
        Declare();
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Client.ExpectMsg<BindingSourceAnswered>();
        Catalogue.ExpectMsg<RegisterName>();
        KeepSilent(Exchanges);
        KeepSilent(Catalogue);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        Exchanges.Reply(new DestinationRemoved(Exchanges.ExpectMsg<RemoveDestination>().RequestId, Busy));
        Catalogue.Reply(new NameUnregistered(Catalogue.ExpectMsg<UnregisterName>().RequestId, Busy));
        Client.ExpectNoMsg(0);
        Advance(TimeSpan.FromSeconds(10));
        Exchanges.Reply(new DestinationRemoved(Exchanges.ExpectMsg<RemoveDestination>().RequestId, null));
        Catalogue.Reply(new NameUnregistered(Catalogue.ExpectMsg<UnregisterName>().RequestId, null));
        Client.ExpectMsg(new QueueAnswered(6, null, 0, 0));
    }

    [Fact]
    public void While_it_is_deleted_a_queue_refuses_bindings_at_once_and_answers_the_rest_afterwards()
    {
        var queue = Declare();
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Client.ExpectMsg<BindingSourceAnswered>();
        KeepSilent(Exchanges);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        var remove = Exchanges.ExpectMsg<RemoveDestination>();
        Queues.Tell(new AddBindingSource(Key, "c", "e", null, true), Client.Ref);
        Assert.Equal(RefusalReason.NotFound, Client.ExpectMsg<BindingSourceAnswered>().Refusal?.Reason);
        Queues.Tell(new DeclareQueue(Key, 7, Transient, false, Someone), Client.Ref);
        queue.Tell(new PublishBatch(1, TestBatches.Persistent("late")), Client.Ref);
        Client.ExpectMsg(new PublishProgress(1, 1));
        Exchanges.Reply(new DestinationRemoved(remove.RequestId, null));
        Client.ExpectMsg(new QueueAnswered(6, null, 0, 0));
        Client.ExpectMsg(new QueueAnswered(7, null, 0, 0));
        Assert.NotEqual(queue, Resolve());
    }

    [Fact]
    public void A_deletion_that_a_restart_interrupted_goes_on()
    {
        var queue = Declare();
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Client.ExpectMsg<BindingSourceAnswered>();
        KeepSilent(Exchanges);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        Exchanges.ExpectMsg<RemoveDestination>();
        Restart(queue);
        Queues.Tell(new WakeQueue(Key), Client.Ref);
        Exchanges.Reply(new DestinationRemoved(Exchanges.ExpectMsg<RemoveDestination>().RequestId, null));
        AwaitEvents(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void That_nothing_is_left_of_a_queue_is_damage_where_its_name_was_still_there(bool isNamed)
    {
        Sys.EventStream.SetLogLevel(LogLevel.ErrorLevel);
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        Declare();
        Catalogue.ExpectMsg<RegisterName>();
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(6, null, 0, 0));
        Catalogue.ExpectMsg<UnregisterName>();
        AwaitEvents(0);
        KeepSilent(Catalogue);

        // By somebody who has read its name before it was deleted, or whose catalogue still has it.
        Queues.Tell(new WakeQueue(Key), Client.Ref);
        Client.ExpectMsg(new QueueWoken(Key));
        Catalogue.Reply(new NameUnregistered(Catalogue.ExpectMsg<UnregisterName>().RequestId, null) { WasThere = isNamed });
        Queues.Tell(new DescribeQueue(Key, 7), Client.Ref);
        Client.ExpectMsg<QueueDescribed>();

        if (isNamed)
        {
            Assert.Contains("journal damage: queue 'q' in vhost '/' is named by its catalogue", $"{ExpectMsg<Error>().Message}", StringComparison.Ordinal);
        }

        ExpectNoMsg(0);
    }

    [Fact]
    public void Conditions_of_a_deletion_are_kept()
    {
        var queue = Declare();
        PublishConfirmed(queue, 1, "a");
        Queues.Tell(new DeleteQueue(Key, 6, false, IfEmpty: true, Someone), Client.Ref);
        Assert.Equal("queue 'q' in vhost '/' not empty", Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
        Consume(queue, Client);
        Delivered(Client, 1);
        Queues.Tell(new DeleteQueue(Key, 7, IfUnused: true, false, Someone), Client.Ref);
        Assert.Equal("queue 'q' in vhost '/' in use", Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
        Queues.Tell(new DeleteQueue(Key, 8, false, false, Someone), Client.Ref);
        Client.ExpectMsg<QueueAnswered>(static answered => answered.RequestId == 8 && answered.Refusal is null);
        Client.ExpectMsg(new ConsumerCancelled(1));
    }

    [Fact]
    public void A_deletion_is_answered_before_the_consumers_of_who_asked_are_cancelled_and_after_all_others()
    {
        var queue = Declare();
        var other = Probe("other");
        Consume(queue, Client);
        Consume(queue, other);
        Catalogue.ExpectMsg<RegisterName>();
        KeepSilent(Catalogue);
        Queues.Tell(new DeleteQueue(Key, 6, false, false, Someone), Client.Ref);
        other.ExpectMsg(new ConsumerCancelled(1));
        var unregister = Catalogue.ExpectMsg<UnregisterName>();
        Client.ExpectNoMsg(0);
        Catalogue.Reply(new NameUnregistered(unregister.RequestId, null));
        Client.ExpectMsg(new QueueAnswered(6, null, 0, 0));
        Client.ExpectMsg(new ConsumerCancelled(1));
    }

    [Fact]
    public void A_purge_is_answered_when_it_is_written_and_leaves_what_is_held()
    {
        var queue = Declare();
        Consume(queue, Client, prefetch: 1);
        Publish(queue, 1, "a", "b", "c");
        Client.FishForMessage(static message => message is PublishProgress { ConfirmedSequence: 1 });
        Journal.Hold(JournalId);
        Queues.Tell(new PurgeQueue(Key, 6, Someone), Client.Ref);
        Client.ExpectNoMsg(0);
        Journal.Release(JournalId);
        Client.ExpectMsg(new QueueAnswered(6, null, 2, 1));
        Restart(queue);
        Assert.Equal("a", Get(Resolve()));
        Assert.Null(Get(Resolve()));
    }

    [Fact]
    public void An_exclusive_queue_is_its_connections_alone_and_goes_with_it()
    {
        var owner = Probe("owner");
        Queues.Tell(new DeclareQueue(Key, 1, Transient with { Exclusive = true }, false, Someone), owner.Ref);
        owner.ExpectMsg(new QueueAnswered(1, null, 0, 0));
        var queue = Resolve();
        Queues.Tell(new DeclareQueue(Key, 2, Transient with { Exclusive = true }, false, Someone), Client.Ref);
        Queues.Tell(new PurgeQueue(Key, 3, Someone), Client.Ref);
        Queues.Tell(new DeleteQueue(Key, 4, false, false, Someone), Client.Ref);
        queue.Tell(Start(1), Client.Ref);
        queue.Tell(new GetMessage(5, 1, true), Client.Ref);
        for (var i = 0; i < 5; i++)
            Assert.Equal(RefusalReason.ResourceLocked, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        Queues.Tell(new AddBindingSource(Key, "b", "e", Client.Ref, false), Client.Ref);
        Assert.Equal(RefusalReason.ResourceLocked, Client.ExpectMsg<BindingSourceAnswered>().Refusal?.Reason);
        Queues.Tell(new AddBindingSource(Key, "b", "e", owner.Ref, false), Client.Ref);
        Client.ExpectMsg(new BindingSourceAnswered("b", null, false));
        Watch(queue);
        Sys.Stop(owner.Ref);
        Assert.Equal("e", Exchanges.ExpectMsg<RemoveDestination>().Exchange.Name);
        Assert.Equal("q", Catalogue.FishForMessage<UnregisterName>(static _ => true).Name);
        ExpectTerminated(queue);
        Assert.Empty(Events);
    }

    [Fact]
    public void An_auto_delete_queue_goes_with_its_last_consumer_but_not_before_it_had_one()
    {
        var queue = Declare(Durable with { AutoDelete = true });
        var other = Probe("other");
        Consume(queue, Client);
        Consume(queue, other);
        queue.Tell(new StopConsumer(6, 1), Client.Ref);
        Client.ExpectMsg(new ConsumerStopped(6, 1));
        Assert.Equal(queue, Resolve());
        Watch(queue);
        Sys.Stop(other.Ref);
        ExpectTerminated(queue);
        Assert.Empty(Events);
    }

    [Fact]
    public void An_exclusive_consumer_keeps_others_off_until_it_stops()
    {
        var queue = Declare();
        var other = Probe("other");
        Consume(queue, Client, exclusive: true);
        queue.Tell(Start(1), other.Ref);
        Assert.Equal(RefusalReason.AccessRefused, other.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        queue.Tell(new CloseConsumer(1), Client.Ref);
        Resolve();
        Consume(queue, other);
        queue.Tell(Start(2, exclusive: true), Client.Ref);
        Assert.Equal(RefusalReason.AccessRefused, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
    }

    [Fact]
    public void An_entity_without_a_queue_goes_to_rest()
    {
        Queues.Tell(new ResolveQueue(Key, 1), Client.Ref);
        Client.ExpectMsg<QueueAnswered>();
        var entity = Client.LastSender;
        Watch(entity);
        ExpectNoMsg(0);
        Advance(TimeSpan.FromSeconds(10));
        ExpectTerminated(entity);
    }
}
