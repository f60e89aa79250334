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
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Routing;

/// <summary>The node's tables with real exchanges and catalogues behind them; queues say yes to every binding.</summary>
public sealed class RoutingTableActorTests : EntityTestKit
{
    private static readonly ExchangeDefinition Direct = new(ExchangeTypes.Direct, true, false, false, ArgumentTable.Empty);

    // What is sent to an entity that is about to stop gets no answer, and is sent again.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly RoutingTables _tables = new();
    private readonly RouteResult _result = new();
    private readonly IActorRef _exchanges;
    private readonly IActorRef _catalogues;
    private readonly IActorRef _routing;
    private readonly NodePolicies _policies;
    private readonly ExchangeSettings _exchangeSettings;

    public RoutingTableActorTests()
    {
        var queues = Sys.ActorOf(Props.Create(() => new WillingQueues()));
        var catalogues = Sys.ActorOf(LocalRegion.Props(id => CatalogueActor.Props(id, new CatalogueSettings())));
        IActorRef? exchanges = null;
        _policies = new NodePolicies(_ => _routing!);
        _exchangeSettings = new ExchangeSettings(_ => queues, _ => exchanges!, _ => catalogues, _policies, Forwarding(queues));
        exchanges = Sys.ActorOf(LocalRegion.Props(id => ExchangeActor.Props(id, _exchangeSettings)));
        _exchanges = exchanges;
        _catalogues = catalogues;
        _routing = RoutingTableStart.Start(Sys, _tables, new RoutingTableSettings(_ => exchanges, _ => catalogues, _policies));
        Load(new LoadVirtualHost("/"));
    }

    [Fact]
    public void What_was_answered_is_in_force()
    {
        Assert.Equal(RouteStatus.NotFound, Route("e"));
        Assert.Null(Ask(new DeclareExchange(Key("e"), 1, Direct, false, Someone)));
        Assert.Equal(RouteStatus.Loading, Route("e"));
        Load(new LoadExchange(_result.Missing!.Value));
        Assert.Equal(RouteStatus.Ready, Route("e"));
        Assert.Null(Ask(new BindDestination(Key("e"), 2, To(Destination.Queue("q")), Someone)));
        Assert.False(_result.IsCurrent);
        AssertRoutes("e", "q");
        Assert.Null(Ask(new UnbindDestination(Key("e"), 3, To(Destination.Queue("q")), Someone)));
        AssertRoutes("e");
        Assert.Null(Ask(new DeleteExchange(Key("e"), 4, false, Someone)));
        Assert.Equal(RouteStatus.NotFound, Route("e"));
        Assert.Null(Ask(new DeclareExchange(Key("e"), 5, Direct with { Type = ExchangeTypes.Fanout }, false, Someone)));
        AssertRoutes("e");
    }

    [Fact]
    public void A_policy_that_was_set_names_the_alternate_exchange_and_one_that_was_cleared_does_not()
    {
        Ask(new DeclareExchange(Key("e"), 1, Direct, false, Someone));
        Ask(new DeclareExchange(Key("spare"), 2, Direct with { Type = ExchangeTypes.Fanout }, false, Someone));
        Ask(new BindDestination(Key("spare"), 3, To(Destination.Queue("q")), Someone));
        AssertRoutes("e");
        var definition = ArgumentTable.Of((ExchangeArguments.AlternateExchange, ArgumentValue.FromString("spare")));
        _catalogues.Tell(new SetPolicy("/", "4", new Policy("p", false, "^e$", PolicyTarget.All, 0, definition), Someone), TestActor);
        Assert.Equal(new PolicyAnswered("4", null), ExpectMsg<PolicyAnswered>());
        Assert.False(_result.IsCurrent);
        AssertRoutes("e", "q");
        Assert.Equal("p", _policies.Of("/", Sys, TestActor)?.OfExchange("e").Policy?.Name);
        _catalogues.Tell(new ClearPolicy("/", "5", "p", false, Someone), TestActor);
        Assert.Equal(new PolicyAnswered("5", null), ExpectMsg<PolicyAnswered>());
        AssertRoutes("e");
    }

    [Fact]
    public void Who_asks_the_table_sees_tracing_go_on_and_off()
    {
        Assert.Null(_tables.TracingOf("other"));
        var tracing = _tables.TracingOf("/");
        Assert.False(tracing!.IsOn);
        _catalogues.Tell(new SetTracing("/", "1", IsOn: true, Someone), TestActor);
        ExpectMsg(new PolicyAnswered("1", null));
        Assert.True(tracing.IsOn);
        _catalogues.Tell(new SetTracing("/", "2", IsOn: false, Someone), TestActor);
        ExpectMsg(new PolicyAnswered("2", null));
        Assert.False(tracing.IsOn);
    }

    [Fact]
    public void Exchanges_that_bind_each_other_and_themselves_do_not_wait_for_each_other()
    {
        Ask(new DeclareExchange(Key("a"), 1, Direct, false, Someone));
        Ask(new DeclareExchange(Key("b"), 2, Direct, false, Someone));
        _exchanges.Tell(new BindDestination(Key("a"), 3, To(Destination.Exchange("b")), Someone), TestActor);
        _exchanges.Tell(new BindDestination(Key("b"), 4, To(Destination.Exchange("a")), Someone), TestActor);
        _exchanges.Tell(new BindDestination(Key("a"), 5, To(Destination.Exchange("a")), Someone), TestActor);
        for (var i = 0; i < 3; i++)
            Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
        Ask(new BindDestination(Key("b"), 6, To(Destination.Queue("q")), Someone));
        AssertRoutes("a", "q");
        _exchanges.Tell(new DeleteExchange(Key("a"), 7, false, Someone), TestActor);
        _exchanges.Tell(new DeleteExchange(Key("b"), 8, false, Someone), TestActor);
        for (var i = 0; i < 2; i++)
            Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
        Assert.Equal(RouteStatus.NotFound, Route("a"));
    }

    [Fact]
    public void A_queue_that_is_deleted_is_bound_no_more()
    {
        Ask(new BindDestination(Key("amq.direct"), 1, To(Destination.Queue("q")), Someone));
        AssertRoutes("amq.direct", "q");
        _exchanges.Tell(new RemoveDestination(Key("amq.direct"), "r", Destination.Queue("q"), Someone), TestActor);
        Assert.Equal(new DestinationRemoved("r", null), ExpectMsg<DestinationRemoved>());
        AssertRoutes("amq.direct");
    }

    [Fact]
    public void Names_are_known_on_the_node_before_their_registration_is_answered()
    {
        _catalogues.Tell(new RegisterName("/", DestinationKind.Queue, "k", true, "1"), TestActor);
        Assert.Null(ExpectMsg<NameRegistered>().Refusal);
        AssertRoutes(string.Empty, "k");
        _catalogues.Tell(new UnregisterName("/", DestinationKind.Queue, "k", "2"), TestActor);
        Assert.Null(ExpectMsg<NameUnregistered>().Refusal);
        AssertRoutes(string.Empty);
    }

    [Fact]
    public void The_next_incarnation_of_an_exchange_is_followed_like_the_one_before()
    {
        Ask(new BindDestination(Key("amq.direct"), 1, To(Destination.Queue("q")), Someone));
        AssertRoutes("amq.direct", "q");
        Journal.Next(EntityIds.PersistenceId(EntityIds.ExchangeType, EntityIds.Of(Key("amq.direct"))), JournalFault.Fail);
        Assert.Equal(RefusalReason.Interrupted, Ask(new BindDestination(Key("amq.direct"), 2, To(Destination.Queue("r")), Someone))!.Reason);
        AssertRoutes("amq.direct", "q");
        AwaitAssert(() =>
        {
            Assert.Null(Ask(new BindDestination(Key("amq.direct"), 3, To(Destination.Queue("s")), Someone), AskAgainAfter));
            AssertRoutes("amq.direct", "q", "s");
        });
    }

    [Fact]
    public void What_an_exchange_answers_that_has_just_moved_is_in_force()
    {
        Ask(new BindDestination(Key("amq.direct"), 1, To(Destination.Queue("q")), Someone));
        AssertRoutes("amq.direct", "q");
        var moved = Sys.ActorOf(ExchangeActor.Props(EntityIds.Of(Key("amq.direct")), _exchangeSettings with { Nodes = LoneNode.Addresses }));
        moved.Tell(new BindDestination(Key("amq.direct"), 2, To(Destination.Queue("r")), Someone), TestActor);
        Assert.Equal(new ExchangeAnswered(2, null), ExpectMsg<ExchangeAnswered>());
        AssertRoutes("amq.direct", "q", "r");
    }

    [Fact]
    public void What_a_catalogue_answers_that_has_just_moved_is_in_force()
    {
        _catalogues.Tell(new RegisterName("/", DestinationKind.Queue, "k", false, "1"), TestActor);
        ExpectMsg<NameRegistered>();
        var moved = Sys.ActorOf(CatalogueActor.Props(EntityIds.OfVirtualHost("/"), new CatalogueSettings { Nodes = LoneNode.Addresses }));
        moved.Tell(new RegisterName("/", DestinationKind.Queue, "l", true, "2"), TestActor);
        Assert.Equal(new NameRegistered("2", null), ExpectMsg<NameRegistered>());
        AssertRoutes(string.Empty, "k");
        Assert.Equal(RouteStatus.Ready, Route(string.Empty, "l"));
        Assert.Equal(["l"], _result.Queues);
    }

    [Fact]
    public void A_node_that_does_not_use_them_says_so()
    {
        _routing.Tell(new FollowNames("other"), TestActor);
        Assert.Equal(new NamesApplied("other", 0), ExpectMsg<NamesApplied>());
        _routing.Tell(new FollowRoutes(Key("amq.topic")), TestActor);
        Assert.Equal(new RoutesApplied(Key("amq.topic"), 0), ExpectMsg<RoutesApplied>());
        _routing.Tell(new RoutesNotFound(Key("amq.topic")), TestActor);
        Assert.Equal(new RoutesApplied(Key("amq.topic"), 0), ExpectMsg<RoutesApplied>());
    }

    [Fact]
    public void Transient_names_survive_the_catalogue()
    {
        _catalogues.Tell(new RegisterName("/", DestinationKind.Queue, "k", false, "1"), TestActor);
        ExpectMsg<NameRegistered>();
        Journal.Next(EntityIds.PersistenceId(EntityIds.CatalogueType, EntityIds.OfVirtualHost("/")), JournalFault.Fail);
        _catalogues.Tell(new RegisterName("/", DestinationKind.Queue, "other", true, "2"), TestActor);
        Assert.NotNull(ExpectMsg<NameRegistered>().Refusal);
        AssertRoutes(string.Empty, "k");
        AwaitAssert(() =>
        {
            _catalogues.Tell(new ListNames("/", "l"), TestActor);
            Assert.Equal(["k"], ExpectMsg<NamesListed>(AskAgainAfter).Names.Select(name => name.Name));
        });
        AssertRoutes(string.Empty, "k");
    }

    [Fact]
    public void A_name_without_an_exchange_is_found_out()
    {
        _catalogues.Tell(new RegisterName("/", DestinationKind.Exchange, "ghost", true, "1"), TestActor);
        ExpectMsg<NameRegistered>();
        Assert.Equal(RouteStatus.Loading, Route("ghost"));
        Load(new LoadExchange(Key("ghost")));
        Assert.Equal(RouteStatus.NotFound, Route("ghost"));
    }

    [Fact]
    public void Ten_thousand_bindings_are_loaded_and_followed()
    {
        for (var i = 0; i < 10_000; i++)
            _exchanges.Tell(new BindDestination(Key("amq.fanout"), i, To(Destination.Queue($"q{i}")), Someone), TestActor);
        for (var i = 0; i < 10_000; i++)
            ExpectMsg<ExchangeAnswered>();
        Load(new LoadExchange(Key("amq.fanout")));
        Assert.Equal(RouteStatus.Ready, Route("amq.fanout"));
        Assert.Equal(10_000, _result.Queues.Count);
    }

    private static ExchangeKey Key(string name) => new("/", name);

    private static Binding To(Destination destination) => new(destination, "k", ArgumentTable.Empty);

    private Refusal? Ask(ExchangeCommand command, TimeSpan? patience = null)
    {
        _exchanges.Tell(command, TestActor);
        return ExpectMsg<ExchangeAnswered>(patience).Refusal;
    }

    private void Load(object request)
    {
        _routing.Tell(request, TestActor);
        if (request is LoadExchange)
            ExpectMsg<ExchangeLoaded>();
        else
            ExpectMsg<VirtualHostLoaded>();
    }

    private RouteStatus Route(string exchange, string routingKey = "k")
    {
        var message = new RoutedMessage(routingKey, ArgumentTable.Empty);
        return _tables.Route(Key(exchange), ref message, _result);
    }

    private void AssertRoutes(string exchange, params string[] queues)
    {
        RouteStatus status;
        while ((status = Route(exchange)) == RouteStatus.Loading)
            Load(new LoadExchange(_result.Missing!.Value));
        Assert.Equal(RouteStatus.Ready, status);
        Assert.Equal(queues, _result.Queues.Order());
    }

    private sealed class WillingQueues : ReceiveActor
    {
        public WillingQueues() =>
            Receive<AddBindingSource>(add => Sender.Tell(new BindingSourceAnswered(add.RequestId, null, DestinationIsDurable: true)));
    }
}
