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
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Exchanges;

public sealed class ExchangeActorTests : EntityTestKit
{
    private static readonly ExchangeKey Key = new("/", "e");
    private static readonly string EntityId = EntityIds.Of(Key);
    private static readonly string JournalId = EntityIds.PersistenceId(EntityIds.ExchangeType, EntityId);
    private static readonly ExchangeDefinition Durable = new(ExchangeTypes.Direct, true, false, false, ArgumentTable.Empty);

    private readonly TestProbe _shard;
    private readonly TestProbe _queues;
    private readonly TestProbe _exchanges;
    private readonly TestProbe _catalogue;
    private readonly TestProbe _node;
    private readonly TestProbe _routing;
    private readonly NodePolicies _policies;
    private IActorRef _exchange = ActorRefs.Nobody;

    public ExchangeActorTests()
    {
        _shard = Probe("shard");
        _queues = Probe("queues");
        _exchanges = Probe("exchanges");
        _catalogue = Probe("catalogue");
        _node = Probe("node");
        _routing = Probe("routing");
        _policies = new NodePolicies(_ => _routing.Ref);
        Start();
    }

    [Fact]
    public void A_declaration_is_answered_when_the_catalogue_has_the_name_and_outlives_a_restart()
    {
        _exchange.Tell(new DeclareExchange(Key, 7, Durable, false, Someone), TestActor);
        var register = _catalogue.ExpectMsg<RegisterName>();
        Assert.Equal(("/", DestinationKind.Exchange, "e", true), (register.VirtualHost, register.Kind, register.Name, register.Durable));
        ExpectNoMsg(0);
        _catalogue.Reply(new NameRegistered(register.RequestId, null));
        Assert.Equal(new ExchangeAnswered(7, null), ExpectMsg<ExchangeAnswered>());
        Restart();
        AssertRefusal(null, new DeclareExchange(Key, 8, Durable, true, Someone));
        AssertRefusal(
            "inequivalent arg 'type' for exchange 'e' in vhost '/': received 'fanout' but current is 'direct'",
            new DeclareExchange(Key, 9, Durable with { Type = "fanout" }, false, Someone));
    }

    [Fact]
    public void A_binding_is_answered_when_the_queue_the_journal_and_every_node_have_it()
    {
        Declare();
        Subscribe(0);
        Journal.Hold(JournalId);
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        var ask = _queues.ExpectMsg<AddBindingSource>();
        Assert.Equal((new QueueKey("/", "q"), "e", TestActor, true), (ask.Queue, ask.Exchange, ask.Connection, ask.Durable));
        _node.ExpectNoMsg(0);
        _queues.Reply(new BindingSourceAnswered(ask.RequestId, null, true));
        Journal.Release(JournalId);
        var changed = _node.ExpectMsg<RoutesChanged>();
        Assert.Equal([new RouteChange(true, ToQueue("q"))], changed.Changes);
        ExpectNoMsg(0);
        _node.Reply(new RoutesApplied(Key, changed.Version));
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
        Restart();
        Subscribe(1);
    }

    [Fact]
    public void A_binding_to_a_transient_queue_is_in_force_and_not_written()
    {
        Declare();
        Bind("q", queueIsDurable: false);
        Bind("r");
        Subscribe(2);
        Restart();
        Assert.Equal([ToQueue("r")], Subscribe(1).Bindings);
    }

    [Fact]
    public void Binds_that_wait_share_one_round()
    {
        Declare();
        Subscribe(0);
        for (var i = 0; i < 50; i++)
            _exchange.Tell(new BindDestination(Key, i, ToQueue($"q{i}"), Someone), TestActor);
        AnswerQueues(1);
        var first = _node.ExpectMsg<RoutesChanged>();
        Assert.Single(first.Changes);
        _node.Reply(new RoutesApplied(Key, first.Version));
        AnswerQueues(49);
        var second = _node.ExpectMsg<RoutesChanged>();
        Assert.Equal(49, second.Changes.Count);
        _node.Reply(new RoutesApplied(Key, second.Version));
        for (var i = 0; i < 50; i++)
            Assert.Equal(new ExchangeAnswered(i, null), ExpectMsg<ExchangeAnswered>());
    }

    [Fact]
    public void What_the_queue_refuses_is_not_bound()
    {
        Declare();
        var locked = new Refusal(RefusalReason.ResourceLocked, "cannot obtain exclusive access");
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        _queues.Reply(new BindingSourceAnswered(_queues.ExpectMsg<AddBindingSource>().RequestId, locked, false));
        Assert.Equal(locked, ExpectMsg<ExchangeAnswered>().Refusal);
        Subscribe(0);
    }

    [Theory]
    [InlineData(RefusalReason.ResourceLocked, true)]
    [InlineData(RefusalReason.NotFound, false)]
    public void An_exclusive_queue_stands_against_unbinding_for_another_connection_and_one_that_is_gone_does_not(RefusalReason reason, bool isKept)
    {
        Declare();
        Bind("q", queueIsDurable: false);
        var refusal = new Refusal(reason, "says the queue");

        _exchange.Tell(new UnbindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        var ask = _queues.ExpectMsg<AddBindingSource>();
        Assert.Equal((new QueueKey("/", "q"), TestActor), (ask.Queue, ask.Connection));
        _queues.Reply(new BindingSourceAnswered(ask.RequestId, refusal, false));

        Assert.Equal(isKept ? refusal : null, ExpectMsg<ExchangeAnswered>().Refusal);
        Subscribe(isKept ? 1 : 0);
    }

    [Fact]
    public void A_queue_that_does_not_answer_makes_the_binding_unavailable()
    {
        Start(settings => settings with { AnswerTimeout = TimeSpan.FromMilliseconds(20) });
        _exchange.Tell(new BindDestination(new ExchangeKey("/", "amq.direct"), 1, ToQueue("q"), Someone), TestActor);
        Assert.Equal(RefusalReason.Unavailable, ExpectMsg<ExchangeAnswered>().Refusal!.Reason);
    }

    [Fact]
    public void A_queue_that_is_being_deleted_does_not_hold_up_the_exchange_that_asks_it()
    {
        Declare();
        Bind("q");
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        _queues.ExpectMsg<AddBindingSource>();
        _exchange.Tell(new RemoveDestination(Key, "r", Destination.Queue("q"), Someone), _queues.Ref);
        Assert.Equal(new Refusal(RefusalReason.NotFound, "no queue 'q' in vhost '/'"), ExpectMsg<ExchangeAnswered>().Refusal);
        Assert.Equal(new DestinationRemoved("r", null), _queues.ExpectMsg<DestinationRemoved>());
        Subscribe(0);
        Restart();
        Subscribe(0);
    }

    [Fact]
    public void A_node_that_does_not_follow_is_told_to_load_again_and_holds_up_nobody_for_long()
    {
        Start(settings => settings with { NodeTimeout = TimeSpan.FromMilliseconds(20) });
        Declare();
        Subscribe(0);
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        AnswerQueues(1);
        _node.ExpectMsg<RoutesChanged>();
        Assert.Equal(new ReloadRoutes(Key), _node.ExpectMsg<ReloadRoutes>());
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    [Fact]
    public void A_pause_is_no_time_in_which_a_queue_did_not_answer()
    {
        var clock = new StandingClock(readings: 4);
        Start(settings => settings with
        {
            AnswerTimeout = TimeSpan.FromMilliseconds(1), Forwarding = settings.Forwarding with { Clock = clock },
        });
        _exchange.Tell(new BindDestination(new ExchangeKey("/", "amq.direct"), 1, ToQueue("q"), Someone), TestActor);
        Assert.Equal(RefusalReason.Unavailable, ExpectMsg<ExchangeAnswered>().Refusal!.Reason);
        Assert.True(clock.Read > 4);
    }

    [Fact]
    public void A_node_that_terminates_holds_up_nobody()
    {
        Declare();
        Subscribe(0);
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        AnswerQueues(1);
        _node.ExpectMsg<RoutesChanged>();
        Sys.Stop(_node.Ref);
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_write_that_goes_wrong_refuses_what_waits_and_leaves_nothing(JournalFault fault)
    {
        Declare();
        Watch(_exchange);
        Journal.Next(JournalId, fault);
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("q"), Someone), TestActor);
        _exchange.Tell(new DeleteExchange(Key, 2, false, Someone), TestActor);
        AnswerQueues(1);
        Assert.Equal(RefusalReason.Interrupted, ExpectMsg<ExchangeAnswered>(answer => answer.RequestId == 1).Refusal!.Reason);
        Assert.Equal(RefusalReason.Interrupted, ExpectMsg<ExchangeAnswered>(answer => answer.RequestId == 2).Refusal!.Reason);
        ExpectTerminated(_exchange);
        Unwatch(_exchange);
        Start();
        Subscribe(0);
    }

    [Fact]
    public void A_deletion_takes_the_exchange_from_its_sources_the_catalogue_and_the_nodes()
    {
        Declare();
        _exchange.Tell(new AddExchangeBindingSource(Key, "a", "source", true), _exchanges.Ref);
        Assert.Equal(new BindingSourceAnswered("a", null, true), _exchanges.ExpectMsg<BindingSourceAnswered>());
        Restart();
        Subscribe(0);
        _exchange.Tell(new DeleteExchange(Key, 1, true, Someone), TestActor);
        var remove = _exchanges.ExpectMsg<RemoveDestination>();
        Assert.Equal((new ExchangeKey("/", "source"), Destination.Exchange("e")), (remove.Exchange, remove.Destination));

        // The source may be asking at this very moment, or be deleted itself.
        _exchange.Tell(new AddExchangeBindingSource(Key, "b", "source", true), _exchanges.Ref);
        Assert.Equal(RefusalReason.NotFound, _exchanges.ExpectMsg<BindingSourceAnswered>().Refusal!.Reason);
        _exchange.Tell(new RemoveDestination(Key, "c", Destination.Exchange("source"), Someone), _exchanges.Ref);
        _exchanges.ExpectMsg<DestinationRemoved>();
        _exchange.Tell(new DestinationRemoved(remove.RequestId, null), _exchanges.Ref);
        var unregister = _catalogue.ExpectMsg<UnregisterName>();
        _catalogue.Reply(new NameUnregistered(unregister.RequestId, null));
        var removed = _node.ExpectMsg<RoutesRemoved>();
        ExpectNoMsg(0);
        _node.Reply(new RoutesApplied(Key, removed.Version));
        Assert.Equal(new ExchangeAnswered(1, null), ExpectMsg<ExchangeAnswered>());
        Assert.IsType<Passivate>(_shard.ExpectMsg<object>());
        Restart();
        AssertRefusal("no exchange 'e' in vhost '/'", new DeclareExchange(Key, 2, Durable, true, Someone));
    }

    [Fact]
    public void An_auto_delete_exchange_goes_with_its_last_binding_and_later_binds_find_it_gone()
    {
        Declare(Durable with { AutoDelete = true });
        Bind("q");
        _exchange.Tell(new BindDestination(Key, 1, ToQueue("other"), Someone), TestActor);
        _exchange.Tell(new UnbindDestination(Key, 2, ToQueue("other"), Someone), TestActor);
        _exchange.Tell(new UnbindDestination(Key, 3, ToQueue("q"), Someone), TestActor);
        _exchange.Tell(new BindDestination(Key, 4, ToQueue("q"), Someone), TestActor);
        AnswerQueues(2);
        for (var i = 1; i <= 2; i++)
            Assert.Equal(new ExchangeAnswered(i, null), ExpectMsg<ExchangeAnswered>());
        _catalogue.Reply(new NameUnregistered(_catalogue.ExpectMsg<UnregisterName>().RequestId, null));
        Assert.Equal(new ExchangeAnswered(3, null), ExpectMsg<ExchangeAnswered>());
        Assert.Equal("no exchange 'e' in vhost '/'", ExpectMsg<ExchangeAnswered>().Refusal!.Text);
    }

    [Fact]
    public void An_exchange_that_does_not_exist_leaves_and_sends_on_what_still_comes()
    {
        AssertRefusal("no exchange 'e' in vhost '/'", new BindDestination(Key, 1, ToQueue("q"), Someone));
        var passivate = _shard.ExpectMsg<Passivate>();
        var declare = new DeclareExchange(Key, 2, Durable, false, Someone);
        _exchange.Tell(declare, TestActor);
        Assert.Equal(declare, _exchanges.ExpectMsg<DeclareExchange>());
        Assert.Equal(TestActor, _exchanges.LastSender);
        Watch(_exchange);
        _exchange.Tell(passivate.StopMessage);
        ExpectTerminated(_exchange);
    }

    [Fact]
    public void A_node_that_asks_for_what_is_not_there_is_told_so_and_the_catalogue_too()
    {
        _exchange.Tell(new SubscribeRoutes(Key), _node.Ref);
        Assert.Equal(new RoutesNotFound(Key), _node.ExpectMsg<RoutesNotFound>());
        Assert.Equal("e", _catalogue.ExpectMsg<UnregisterName>().Name);
    }

    [Fact]
    public void A_snapshot_and_the_events_after_it_give_all_bindings_and_a_long_table_comes_in_parts()
    {
        Start(settings => settings with { SnapshotAfterEvents = 300, BatchMax = 100 });
        Declare();
        var longKey = new string('k', 200);
        for (var i = 0; i < 1000; i++)
            _exchange.Tell(new BindDestination(Key, i, ToQueue($"q{i}") with { RoutingKey = longKey }, Someone), TestActor);
        AnswerQueues(1000);
        for (var i = 0; i < 1000; i++)
            ExpectMsg<ExchangeAnswered>();
        Restart();
        _exchange.Tell(new SubscribeRoutes(Key), _node.Ref);
        var bindings = new HashSet<Binding>();
        var parts = 0;
        RoutesSnapshot part;
        do
        {
            part = _node.ExpectMsg<RoutesSnapshot>();
            Assert.Equal(parts++ == 0, part.IsFirst);
            bindings.UnionWith(part.Bindings);
        }
        while (!part.IsLast);
        Assert.Equal(1000, bindings.Count);
        Assert.True(parts > 2);
    }

    [Fact]
    public void More_requests_than_may_wait_are_refused()
    {
        Start(settings => settings with { WaitingMax = 1 });
        Declare();
        for (var i = 1; i <= 3; i++)
            _exchange.Tell(new BindDestination(Key, i, ToQueue("q"), Someone), TestActor);
        var refused = ExpectMsg<ExchangeAnswered>();
        Assert.Equal((3L, RefusalReason.Unavailable), (refused.RequestId, refused.Refusal!.Reason));
    }

    [Fact]
    public void An_exchange_is_described_with_its_policy_once_the_node_knows_the_policies()
    {
        Start(static settings => settings with { AskerTimeout = TimeSpan.FromMilliseconds(50) });
        _exchange.Tell(new DescribeExchange(Key, 1), TestActor);
        Assert.Equal(new Refusal(RefusalReason.NotFound, "no exchange 'e' in vhost '/'"), ExpectMsg<ExchangeDescribed>().Refusal);
        _shard.ExpectMsg<Passivate>();
        Restart();
        Declare();
        _exchange.Tell(new DescribeExchange(Key, 2), TestActor);
        Assert.Equal("/", _routing.ExpectMsg<LoadVirtualHost>().VirtualHost);
        var definition = ArgumentTable.Of(("alternate-exchange", ArgumentValue.FromString("other")));
        _policies.Set("/", VirtualHostPolicies.Empty.With(new Policy("p", false, "^e$", PolicyTarget.Exchanges, 0, definition)));
        _routing.Reply(new VirtualHostLoaded("/"));
        var described = ExpectMsg<ExchangeDescribed>();
        Assert.Equal((Durable, "p", "other"), (described.Definition, described.Policy.Policy?.Name, described.AlternateExchange));
    }

    private static Binding ToQueue(string name) => new(Destination.Queue(name), "k", ArgumentTable.Empty);

    private void Start(Func<ExchangeSettings, ExchangeSettings>? change = null)
    {
        var settings = new ExchangeSettings(_ => _queues.Ref, _ => _exchanges.Ref, _ => _catalogue.Ref, _policies, Forwarding(_queues.Ref));
        _exchange = _shard.ChildActorOf(ExchangeActor.Props(EntityId, change is null ? settings : change(settings)), SupervisorStrategy.StoppingStrategy);
    }

    private void Restart()
    {
        StopAndAwait(_exchange);
        Start();
    }

    private void Declare(ExchangeDefinition? definition = null)
    {
        _exchange.Tell(new DeclareExchange(Key, 0, definition ?? Durable, false, Someone), TestActor);
        _catalogue.Reply(new NameRegistered(_catalogue.ExpectMsg<RegisterName>().RequestId, null));
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    private void Bind(string queue, bool queueIsDurable = true)
    {
        _exchange.Tell(new BindDestination(Key, 0, ToQueue(queue), Someone), TestActor);
        AnswerQueues(1, queueIsDurable);
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
    }

    private void AnswerQueues(int count, bool durable = true)
    {
        for (var i = 0; i < count; i++)
            _queues.Reply(new BindingSourceAnswered(_queues.ExpectMsg<AddBindingSource>().RequestId, null, durable));
    }

    private RoutesSnapshot Subscribe(int bindings)
    {
        _exchange.Tell(new SubscribeRoutes(Key), _node.Ref);
        var snapshot = _node.ExpectMsg<RoutesSnapshot>();
        Assert.Equal(bindings, snapshot.Bindings.Count);
        Assert.True(snapshot is { IsFirst: true, IsLast: true });
        return snapshot;
    }

    private void AssertRefusal(string? text, ExchangeCommand command)
    {
        _exchange.Tell(command, TestActor);
        Assert.Equal(text, ExpectMsg<ExchangeAnswered>().Refusal?.Text);
    }
}
