using ActorBroker.Broker.Catalogue;
using ActorBroker.Broker.Exchanges;
using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Routing;

/// <summary>What catalogues and exchanges do about nodes that they do not know yet, as after they have moved.</summary>
public sealed class FollowerSearchTests : EntityTestKit
{
    private static readonly ExchangeKey Key = new("/", "amq.fanout");
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly TestProbe _node;
    private readonly TestProbe _queues;

    public FollowerSearchTests()
    {
        _node = Probe("node");
        _queues = Probe("queues");
    }

    [Fact]
    public void A_name_is_registered_when_a_node_follows_that_the_catalogue_did_not_know()
    {
        StartRouting();
        var catalogue = StartCatalogue();
        Register(catalogue);
        Assert.Equal(new FollowNames("/"), _node.ExpectMsg<FollowNames>());
        ExpectNoMsg(0);

        catalogue.Tell(new SubscribeNames("/"), _node.Ref);
        var snapshot = _node.ExpectMsg<NamesSnapshot>();
        Assert.Empty(snapshot.Names);
        _node.ExpectNoMsg(0);
        catalogue.Tell(new NamesApplied("/", snapshot.Version), _node.Ref);

        var changed = _node.ExpectMsg<NamesChanged>();
        Assert.Equal("q", Assert.Single(changed.Changes).Name.Name);
        ExpectNoMsg(0);
        _node.Reply(new NamesApplied("/", changed.Version));
        Assert.Equal(new NameRegistered("1", null), ExpectMsg<NameRegistered>());
    }

    [Fact]
    public void A_node_that_is_known_to_follow_is_not_asked_to()
    {
        StartRouting();
        var catalogue = StartCatalogue();
        catalogue.Tell(new SubscribeNames("/"), _node.Ref);
        catalogue.Tell(new NamesApplied("/", _node.ExpectMsg<NamesSnapshot>().Version), _node.Ref);
        Register(catalogue);
        catalogue.Tell(new NamesApplied("/", _node.ExpectMsg<NamesChanged>().Version), _node.Ref);
        Assert.Null(ExpectMsg<NameRegistered>().Refusal);
    }

    [Fact]
    public void A_node_that_has_not_said_that_it_follows_is_asked_to()
    {
        StartRouting();
        var exchange = StartExchange();
        exchange.Tell(new SubscribeRoutes(Key), _node.Ref);
        var snapshot = _node.ExpectMsg<RoutesSnapshot>();
        Bind(exchange);
        _node.ExpectMsg<FollowRoutes>();
        _queues.ExpectNoMsg(0);
        exchange.Tell(new RoutesApplied(Key, snapshot.Version), _node.Ref);
        AnswerQueue();
        exchange.Tell(new RoutesApplied(Key, _node.ExpectMsg<RoutesChanged>().Version), _node.Ref);
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    [Fact]
    public void Names_are_listed_behind_the_changes_that_wait_for_nodes()
    {
        StartRouting();
        var catalogue = StartCatalogue();
        catalogue.Tell(new ListNames("/", "before"), TestActor);
        Assert.Empty(ExpectMsg<NamesListed>().Names);
        Register(catalogue);
        catalogue.Tell(new ListNames("/", "after"), TestActor);
        _node.ExpectMsg<FollowNames>();
        ExpectNoMsg(0);
        _node.Reply(new NamesApplied("/", 0));
        Assert.Null(ExpectMsg<NameRegistered>().Refusal);
        Assert.Single(ExpectMsg<NamesListed>().Names);
    }

    [Fact]
    public void What_waits_for_nodes_counts_as_waiting_and_is_refused_when_the_catalogue_moves()
    {
        StartRouting();
        var catalogue = StartCatalogue(settings => settings with { WaitingMax = 1 });
        Register(catalogue);
        Register(catalogue);
        Assert.Equal("the catalogue of vhost '/' has too many requests waiting", ExpectMsg<NameRegistered>().Refusal?.Text);
        catalogue.Tell(CatalogueActor.StopCatalogue.Instance);
        Assert.Equal("the catalogue of vhost '/' is moving", ExpectMsg<NameRegistered>().Refusal?.Text);
    }

    [Fact]
    public void A_node_without_routing_is_not_waited_for()
    {
        Register(StartCatalogue(settings => settings with { NodeTimeout = TimeSpan.FromMinutes(5) }));
        Assert.Null(ExpectMsg<NameRegistered>().Refusal);
    }

    [Fact]
    public void A_node_that_is_not_heard_of_is_told_to_load_the_names_again()
    {
        StartRouting();
        Register(StartCatalogue(settings => settings with { NodeTimeout = Soon }));
        _node.ExpectMsg<FollowNames>();
        Assert.Equal(new ReloadNames("/"), _node.ExpectMsg<ReloadNames>());
        Assert.Null(ExpectMsg<NameRegistered>().Refusal);
    }

    [Fact]
    public void A_binding_is_answered_when_a_node_follows_that_the_exchange_did_not_know()
    {
        StartRouting();
        var exchange = StartExchange();
        Bind(exchange);
        Assert.Equal(new FollowRoutes(Key), _node.ExpectMsg<FollowRoutes>());
        _queues.ExpectNoMsg(0);

        exchange.Tell(new SubscribeRoutes(Key), _node.Ref);
        var snapshot = _node.ExpectMsg<RoutesSnapshot>();
        Assert.Empty(snapshot.Bindings);
        _queues.ExpectNoMsg(0);
        _node.Reply(new RoutesApplied(Key, snapshot.Version));

        AnswerQueue();
        var changed = _node.ExpectMsg<RoutesChanged>();
        ExpectNoMsg(0);
        _node.Reply(new RoutesApplied(Key, changed.Version));
        Assert.Equal(new ExchangeAnswered(1, null), ExpectMsg<ExchangeAnswered>());
    }

    [Fact]
    public void An_exchange_asks_its_nodes_once_and_not_before_it_is_to_change()
    {
        StartRouting();
        var exchange = StartExchange();
        exchange.Tell(new ListRoutes(Key), TestActor);
        Assert.Empty(ExpectMsg<RoutesSnapshot>().Bindings);
        Bind(exchange);
        _node.ExpectMsg<FollowRoutes>();
        _node.Reply(new RoutesApplied(Key, 0));
        AnswerQueue();
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
        exchange.Tell(new UnbindDestination(Key, 2, ToQueue, Someone), TestActor);
        Assert.Equal(new ExchangeAnswered(2, null), ExpectMsg<ExchangeAnswered>());
        _node.ExpectNoMsg(0);
    }

    [Fact]
    public void A_node_that_is_not_heard_of_is_told_to_load_the_exchange_again()
    {
        StartRouting();
        Bind(StartExchange(settings => settings with { NodeTimeout = Soon }));
        _node.ExpectMsg<FollowRoutes>();
        Assert.Equal(new ReloadRoutes(Key), _node.ExpectMsg<ReloadRoutes>());
        AnswerQueue();
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    [Fact]
    public void What_waits_for_nodes_is_refused_when_the_exchange_moves()
    {
        StartRouting();
        var exchange = StartExchange();
        Bind(exchange);
        _node.ExpectMsg<FollowRoutes>();
        exchange.Tell(ExchangeActor.StopExchange.Instance);
        Assert.Contains("is moving", ExpectMsg<ExchangeAnswered>().Refusal?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void However_much_waits_a_node_is_told_the_names()
    {
        var catalogue = StartCatalogue(settings => settings with { WaitingMax = 1, Nodes = static _ => [] });
        var journalId = EntityIds.PersistenceId(EntityIds.CatalogueType, EntityIds.OfVirtualHost("/"));
        Journal.Hold(journalId);
        Register(catalogue);
        catalogue.Tell(new ListNames("/", "waits"), TestActor);
        Register(catalogue);
        Assert.Equal("the catalogue of vhost '/' has too many requests waiting", ExpectMsg<NameRegistered>().Refusal?.Text);
        catalogue.Tell(new SubscribeNames("/"), _node.Ref);
        Journal.Release(journalId);
        Assert.Null(ExpectMsg<NameRegistered>().Refusal);
        Assert.Single(_node.ExpectMsg<NamesSnapshot>().Names);
    }

    [Fact]
    public void However_much_waits_a_node_is_told_the_routes()
    {
        var exchange = StartExchange(settings => settings with { WaitingMax = 1, Nodes = static _ => [] });
        Bind(exchange);
        var asked = _queues.ExpectMsg<AddBindingSource>();
        Bind(exchange);
        Bind(exchange);
        Assert.Contains("has too many requests waiting", ExpectMsg<ExchangeAnswered>().Refusal?.Text, StringComparison.Ordinal);
        exchange.Tell(new SubscribeRoutes(Key), _node.Ref);
        _queues.Reply(new BindingSourceAnswered(asked.RequestId, null, DestinationIsDurable: true));
        AnswerQueue();
        Assert.Single(_node.ExpectMsg<RoutesSnapshot>().Bindings);
    }

    private static Binding ToQueue => new(Destination.Queue("q"), "k", ArgumentTable.Empty);

    private void Register(IActorRef catalogue) =>
        catalogue.Tell(new RegisterName("/", DestinationKind.Queue, "q", Durable: true, "1"), TestActor);

    private void Bind(IActorRef exchange) => exchange.Tell(new BindDestination(Key, 1, ToQueue, Someone), TestActor);

    private void AnswerQueue() =>
        _queues.Reply(new BindingSourceAnswered(_queues.ExpectMsg<AddBindingSource>().RequestId, null, DestinationIsDurable: true));

    private void StartRouting() => LoneNode.StartFollower(Sys, RoutingTableActor.Name, _node.Ref);

    private IActorRef StartCatalogue(Func<CatalogueSettings, CatalogueSettings>? change = null)
    {
        var settings = new CatalogueSettings { Nodes = LoneNode.Addresses };
        return Sys.ActorOf(CatalogueActor.Props(EntityIds.OfVirtualHost("/"), change is null ? settings : change(settings)));
    }

    private IActorRef StartExchange(Func<ExchangeSettings, ExchangeSettings>? change = null)
    {
        var nobody = ActorRefs.Nobody;
        var settings = new ExchangeSettings(
            _ => _queues.Ref, _ => nobody, _ => nobody, new NodePolicies(_ => nobody), Forwarding(_queues.Ref)) { Nodes = LoneNode.Addresses };
        return Sys.ActorOf(ExchangeActor.Props(EntityIds.Of(Key), change is null ? settings : change(settings)));
    }
}
