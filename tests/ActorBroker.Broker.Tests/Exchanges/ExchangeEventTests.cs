using ActorBroker.Broker.Exchanges;
using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Tests.Events;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.TestKit;
using Xunit;
using ExchangeDeleted = ActorBroker.Contracts.Events.ExchangeDeleted;

namespace ActorBroker.Broker.Tests.Exchanges;

/// <summary>What an exchange tells those who watch, between probes.</summary>
public sealed class ExchangeEventTests : EntityTestKit
{
    private static readonly ExchangeKey Key = new("/", "e");
    private static readonly ExchangeDefinition Durable = new(ExchangeTypes.Direct, true, false, false, ArgumentTable.Empty);

    private readonly TestProbe _queues;
    private readonly TestProbe _catalogue;
    private readonly TestProbe _watcher;
    private readonly IActorRef _exchange;

    public ExchangeEventTests()
    {
        var (shard, exchanges) = (Probe("shard"), Probe("exchanges"));
        _queues = Probe("queues");
        _catalogue = Probe("catalogue");
        var settings = new ExchangeSettings(_ => _queues.Ref, _ => exchanges.Ref, _ => _catalogue.Ref, new NodePolicies(_ => ActorRefs.Nobody), Forwarding(_queues.Ref));
        _exchange = shard.ChildActorOf(ExchangeActor.Props(EntityIds.Of(Key), settings));
        _watcher = Happenings.Watch(this);
    }

    [Fact]
    public void A_declaration_is_told_once_and_not_when_nothing_is_declared()
    {
        Declare();
        _watcher.ExpectMsg(new ExchangeCreated(Key, Durable, Someone));
        Ask(new DeclareExchange(Key, 2, Durable, Passive: false, Someone));
        Ask(new DeclareExchange(Key, 3, Durable, Passive: true, Someone));
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void A_binding_is_told_when_every_node_has_it_and_before_it_is_answered()
    {
        Declare();
        _watcher.ExpectMsg<ExchangeCreated>();
        var node = CreateTestProbe();
        _exchange.Tell(new SubscribeRoutes(Key), node);
        node.ExpectMsg<RoutesSnapshot>();
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        AnswerQueue();
        var changed = node.ExpectMsg<RoutesChanged>();
        _watcher.ExpectNoMsg(0);
        node.Reply(new RoutesApplied(Key, changed.Version));
        ExpectMsg(new ExchangeAnswered(1, null));
        Assert.True(_watcher.HasMessages);
        _watcher.ExpectMsg(new BindingCreated(Key, ToQueue("q"), Someone));
    }

    [Fact]
    public void What_changes_nothing_or_is_refused_is_not_told()
    {
        Declare();
        _watcher.ExpectMsg<ExchangeCreated>();
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        AnswerQueue(new Refusal(RefusalReason.NotFound, "no queue"));
        ExpectMsg<ExchangeAnswered>();
        Ask(new UnbindDestination(Key, 2, ToQueue("q"), Someone));
        _watcher.ExpectNoMsg(0);
    }

    [Fact]
    public void Bindings_that_go_with_their_destination_say_so_and_those_that_are_undone_do_not()
    {
        Declare();
        Bind("q");
        Bind("r");
        Ask(new UnbindDestination(Key, 2, ToQueue("r"), Someone));
        _exchange.Tell(new RemoveDestination(Key, "3", Destination.Queue("q"), Someone), TestActor);
        ExpectMsg(new DestinationRemoved("3", null));
        _watcher.ReceiveN(3);
        _watcher.ExpectMsg(new BindingDeleted(Key, ToQueue("r"), WithDestination: false, Someone));
        _watcher.ExpectMsg(new BindingDeleted(Key, ToQueue("q"), WithDestination: true, Someone));
    }

    [Fact]
    public void A_deletion_is_told_with_the_bindings_that_go_with_the_exchange()
    {
        Declare();
        Bind("q");
        _exchange.Tell(new DeleteExchange(Key, 4, IfUnused: false, Someone), TestActor);
        var unregister = _catalogue.ExpectMsg<UnregisterName>();
        _catalogue.Reply(new NameUnregistered(unregister.RequestId, null));
        ExpectMsg(new ExchangeAnswered(4, null));
        _watcher.ReceiveN(2);
        _watcher.ExpectMsg(new ExchangeDeleted(Key, Someone));
        _watcher.ExpectMsg(new BindingDeleted(Key, ToQueue("q"), WithDestination: false, Someone));
        _watcher.ExpectNoMsg(0);
    }

    private static Binding ToQueue(string name) => new(Destination.Queue(name), "k", ArgumentTable.Empty);

    private void Declare()
    {
        _exchange.Tell(new DeclareExchange(Key, 0, Durable, Passive: false, Someone), TestActor);
        _catalogue.Reply(new NameRegistered(_catalogue.ExpectMsg<RegisterName>().RequestId, null));
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    private void Bind(string queue)
    {
        _exchange.Tell(new BindDestination(Key, 0, ToQueue(queue), Someone), TestActor);
        AnswerQueue();
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    private void AnswerQueue(Refusal? refusal = null) =>
        _queues.Reply(new BindingSourceAnswered(_queues.ExpectMsg<AddBindingSource>().RequestId, refusal, DestinationIsDurable: true));

    private void Ask(ExchangeCommand command)
    {
        _exchange.Tell(command, TestActor);
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }
}
