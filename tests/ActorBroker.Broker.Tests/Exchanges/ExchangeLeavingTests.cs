using ActorBroker.Broker.Exchanges;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Exchanges;

/// <summary>An exchange that does not exist, with many questions in its mailbox when it leaves.</summary>
public sealed class ExchangeLeavingTests : EntityTestKit
{
    private static readonly ExchangeKey Key = new("/", "e");
    private static readonly ExchangeDefinition Durable = new(ExchangeTypes.Direct, true, false, false, ArgumentTable.Empty);

    private readonly TestProbe _shard;
    private readonly TestProbe _exchanges;
    private readonly IActorRef _exchange;

    public ExchangeLeavingTests()
    {
        _shard = Probe("shard");
        _exchanges = Probe("exchanges");
        var others = Probe("others").Ref;
        var settings = new ExchangeSettings(
            _ => others, _ => _exchanges.Ref, _ => others, new NodePolicies(_ => ActorRefs.Nobody), Forwarding(others));
        _exchange = _shard.ChildActorOf(ExchangeActor.Props(EntityIds.Of(Key), settings), SupervisorStrategy.StoppingStrategy);
    }

    [Fact]
    public void What_has_come_is_answered_by_the_one_that_leaves()
    {
        for (var asked = 0; asked < 100; asked++)
            _exchange.Tell(new SubscribeRoutes(Key), TestActor);
        _exchange.Tell(new DescribeExchange(Key, 1), TestActor);
        _exchange.Tell(new DeclareExchange(Key, 2, Durable, Passive: true, Someone), TestActor);
        _exchange.Tell(new BindDestination(Key, 3, new Binding(Destination.Queue("q"), string.Empty, ArgumentTable.Empty), Someone), TestActor);
        _exchange.Tell(new RemoveDestination(Key, "4", Destination.Queue("q"), Someone), TestActor);
        _exchange.Tell(new AddExchangeBindingSource(Key, "5", "source", Durable: true), TestActor);
        for (var answered = 0; answered < 100; answered++)
            ExpectMsg<RoutesNotFound>();
        Assert.Equal(RefusalReason.NotFound, ExpectMsg<ExchangeDescribed>().Refusal!.Reason);
        Assert.Equal(RefusalReason.NotFound, ExpectMsg<ExchangeAnswered>().Refusal!.Reason);
        Assert.Equal(RefusalReason.NotFound, ExpectMsg<ExchangeAnswered>().Refusal!.Reason);
        Assert.Null(ExpectMsg<DestinationRemoved>().Refusal);
        Assert.Equal(RefusalReason.NotFound, ExpectMsg<ActorBroker.Contracts.Queues.BindingSourceAnswered>().Refusal!.Reason);
        _shard.ExpectMsg<Passivate>();
        _shard.ExpectNoMsg(0);
        _exchanges.ExpectNoMsg(0);
    }

    [Fact]
    public void What_comes_behind_a_declaration_goes_with_it_to_the_next_incarnation()
    {
        var declare = new DeclareExchange(Key, 1, Durable, Passive: false, Someone);
        _exchange.Tell(new SubscribeRoutes(Key), TestActor);
        ExpectMsg<RoutesNotFound>();
        _exchange.Tell(declare, TestActor);
        _exchange.Tell(new SubscribeRoutes(Key), TestActor);
        Assert.Equal(declare, _exchanges.ExpectMsg<DeclareExchange>());
        _exchanges.ExpectMsg<SubscribeRoutes>();
        Assert.Equal(TestActor, _exchanges.LastSender);
        ExpectNoMsg(0);
    }
}
