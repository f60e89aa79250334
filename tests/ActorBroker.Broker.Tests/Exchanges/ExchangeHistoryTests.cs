using ActorBroker.Broker.Exchanges;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Exchanges;

/// <summary>An exchange that remembers, between probes: when a binding is answered, and what its history is asked for before.</summary>
public sealed class ExchangeHistoryTests : EntityTestKit
{
    private static readonly ExchangeKey Key = new("/", "h");
    private static readonly QueueKey HistoryKey = new("/", "amq.stage.h");

    private readonly TestProbe _queues;
    private readonly TestProbe _exchanges;
    private readonly TestProbe _catalogue;
    private readonly TestProbe _history;
    private readonly TestProbe _node;
    private readonly IActorRef _exchange;

    public ExchangeHistoryTests()
    {
        var shard = Probe("shard");
        (_queues, _exchanges, _catalogue, _history, _node) =
            (Probe("queues"), Probe("exchanges"), Probe("catalogue"), Probe("history"), Probe("node"));
        var settings = new ExchangeSettings(
            _ => _queues.Ref, _ => _exchanges.Ref, _ => _catalogue.Ref, new NodePolicies(_ => ActorRefs.Nobody), Forwarding(_queues.Ref));
        _exchange = shard.ChildActorOf(ExchangeActor.Props(EntityIds.Of(Key), settings));
        Declare();
        _exchange.Tell(new SubscribeRoutes(Key), _node.Ref);
        _node.ExpectMsg<RoutesSnapshot>();
    }

    [Fact]
    public void A_binding_is_in_force_when_its_destination_has_the_history_and_answered_when_it_has_the_rest()
    {
        Bind(1, "q");
        AgreeTo("q");
        FindHistory();
        _node.ExpectNoMsg(0);
        Assert.Empty(Journal.Written(PersistenceId).Select(written => written.Payload).OfType<BindingAdded>());
        Describe();
        var changed = _node.ExpectMsg<RoutesChanged>();
        Assert.Single(Journal.Written(PersistenceId).Select(written => written.Payload).OfType<BindingAdded>());
        _history.ExpectMsg<StartConsumer>();
        _history.ExpectNoMsg(0);
        _node.Reply(new RoutesApplied(Key, changed.Version));
        ExpectNoMsg(0);
        Describe();
        Assert.Equal(new ExchangeAnswered(1, null), ExpectMsg<ExchangeAnswered>());
        _history.ExpectMsg<CloseConsumer>();

        Bind(2, "q");
        AgreeTo("q");
        Assert.Equal(new ExchangeAnswered(2, null), ExpectMsg<ExchangeAnswered>());
        _queues.ExpectNoMsg(0);
    }

    [Fact]
    public void Bindings_that_come_together_are_added_one_after_the_other()
    {
        Bind(1, "q");
        Bind(2, "q");
        AgreeTo("q");
        FindHistory();
        Describe();
        Apply();
        Describe();
        Assert.Equal(new ExchangeAnswered(1, null), ExpectMsg<ExchangeAnswered>());
        AgreeTo("q");
        Assert.Equal(new ExchangeAnswered(2, null), ExpectMsg<ExchangeAnswered>());
    }

    [Fact]
    public void A_binding_whose_history_cannot_be_copied_is_refused_and_not_there()
    {
        Bind(1, "q");
        AgreeTo("q");
        FindHistory();
        _history.ExpectMsg<DescribeQueue>();
        Sys.Stop(_history.Ref);
        Assert.Equal(
            new Refusal(RefusalReason.Unavailable, "the history of exchange 'h' in vhost '/' was interrupted"), ExpectMsg<ExchangeAnswered>().Refusal);
        Assert.Empty(Journal.Written(PersistenceId).Select(written => written.Payload).OfType<BindingAdded>());
    }

    [Fact]
    public void A_binding_that_is_in_force_before_its_history_fails_is_refused_and_stays()
    {
        Bind(1, "q");
        AgreeTo("q");
        FindHistory();
        Describe();
        var changed = _node.ExpectMsg<RoutesChanged>();
        Watch(_history.Ref);
        Sys.Stop(_history.Ref);
        ExpectTerminated(_history.Ref);
        _node.Reply(new RoutesApplied(Key, changed.Version));
        Assert.Equal(RefusalReason.Unavailable, ExpectMsg<ExchangeAnswered>().Refusal?.Reason);
        Bind(2, "q");
        AgreeTo("q");
        Assert.Equal(new ExchangeAnswered(2, null), ExpectMsg<ExchangeAnswered>());
    }

    [Fact]
    public void A_destination_that_is_being_deleted_does_not_wait_for_its_history()
    {
        Bind(1, "q");
        AgreeTo("q");
        FindHistory();
        _history.ExpectMsg<DescribeQueue>();
        _exchange.Tell(new RemoveDestination(Key, "r", Destination.Queue("q"), Someone), TestActor);
        Assert.Equal(new Refusal(RefusalReason.NotFound, "no queue 'q' in vhost '/'"), ExpectMsg<ExchangeAnswered>().Refusal);
        Assert.Equal(new DestinationRemoved("r", null), ExpectMsg<DestinationRemoved>());
    }

    [Fact]
    public void An_exchange_that_binds_itself_gives_itself_nothing()
    {
        _exchange.Tell(new BindDestination(Key, 1, new Binding(Destination.Exchange("h"), "k", ArgumentTable.Empty), Someone), TestActor);
        var add = _exchanges.ExpectMsg<AddExchangeBindingSource>();
        _exchanges.Reply(new BindingSourceAnswered(add.RequestId, null, true));
        Apply();
        Assert.Equal(new ExchangeAnswered(1, null), ExpectMsg<ExchangeAnswered>());
        _queues.ExpectNoMsg(0);
    }

    private static string PersistenceId => EntityIds.PersistenceId(EntityIds.ExchangeType, EntityIds.Of(Key));

    private void Declare()
    {
        var definition = new ExchangeDefinition(ExchangeTypes.RecentHistory, true, false, false, ArgumentTable.Empty);
        _exchange.Tell(new DeclareExchange(Key, 0, definition, false, Someone), TestActor);
        _catalogue.Reply(new NameRegistered(_catalogue.ExpectMsg<RegisterName>().RequestId, null));
        var declare = _queues.ExpectMsg<DeclareQueue>();
        Assert.Equal((HistoryKey, 20), (declare.Queue, StageDefinition.SettingsOf(declare.Definition.Arguments)?.MaxLength));
        _queues.Reply(new QueueAnswered(declare.RequestId, null, 0, 0));
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    private void Bind(long request, string queue) =>
        _exchange.Tell(new BindDestination(Key, request, new Binding(Destination.Queue(queue), "k", ArgumentTable.Empty), Someone), TestActor);

    private void AgreeTo(string queue)
    {
        var add = _queues.ExpectMsg<AddBindingSource>();
        Assert.Equal(queue, add.Queue.Name);
        _queues.Reply(new BindingSourceAnswered(add.RequestId, null, true));
    }

    private void FindHistory()
    {
        var resolve = _queues.ExpectMsg<ResolveQueue>();
        Assert.Equal(HistoryKey, resolve.Queue);
        _queues.Reply(new QueueResolved(resolve.RequestId, resolve.Queue, _history.Ref));
    }

    // The history is empty.
    private void Describe()
    {
        var describe = (DescribeQueue)_history.FishForMessage(static message => message is DescribeQueue);
        _history.Reply(new QueueDescribed(describe.RequestId, describe.Queue, null, null, EffectivePolicy.None, 0, 0, 1));
    }

    private void Apply()
    {
        var changed = _node.ExpectMsg<RoutesChanged>();
        _node.Reply(new RoutesApplied(Key, changed.Version));
    }
}
