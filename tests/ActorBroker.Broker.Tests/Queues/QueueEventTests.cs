using ActorBroker.Broker.Tests.Events;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.TestKit;
using Xunit;
using QueueDeleted = ActorBroker.Contracts.Events.QueueDeleted;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>What a queue tells those who watch.</summary>
public sealed class QueueEventTests : QueueActorSpec
{
    private readonly TestProbe _watcher;

    public QueueEventTests() => _watcher = Happenings.Watch(this);

    [Fact]
    public void A_declaration_and_a_deletion_are_told_once()
    {
        Declare();
        _watcher.ExpectMsg(new QueueCreated(Key, Durable, null, Someone));
        Queues.Tell(new DeclareQueue(Key, 5, Durable, Passive: false, Someone), Client.Ref);
        Client.ExpectMsg<QueueAnswered>();
        Queues.Tell(new DeleteQueue(Key, 6, IfUnused: false, IfEmpty: false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(6, null, 0, 0));
        _watcher.ExpectMsg(new QueueDeleted(Key, Someone));
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void A_queue_that_comes_back_after_a_restart_is_not_created()
    {
        var queue = Declare();
        _watcher.ExpectMsg<QueueCreated>();
        Restart(queue);
        Resolve();
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void An_exclusive_queue_names_its_owner_and_goes_by_nobody()
    {
        var owned = Transient with { Exclusive = true };
        Declare(owned);
        _watcher.ExpectMsg(new QueueCreated(Key, owned, Client.Ref, Someone));
        Sys.Stop(Client.Ref);
        Assert.Equal(string.Empty, _watcher.ExpectMsg<QueueDeleted>().Origin.User);
    }

    [Fact]
    public void A_queue_that_cannot_be_written_was_not_created()
    {
        Journal.Next(JournalId, JournalFault.Fail);
        Queues.Tell(new DeclareQueue(Key, 1, Durable, Passive: false, Someone), Client.Ref);
        Assert.NotNull(Client.ExpectMsg<QueueAnswered>().Refusal);
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void The_stage_of_an_exchange_is_not_told_of()
    {
        var key = new QueueKey("/", Stage.NameOf("e"));
        Queues.Tell(new DeclareQueue(key, 1, Durable, Passive: false, Someone), Client.Ref);
        Assert.Null(Client.ExpectMsg<QueueAnswered>().Refusal);
        Queues.Tell(new DeleteQueue(key, 2, IfUnused: false, IfEmpty: false, Someone), Client.Ref);
        Assert.Null(Client.ExpectMsg<QueueAnswered>().Refusal);
        _watcher.ExpectNoMsg(0);
    }
}
