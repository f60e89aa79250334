using ActorBroker.Broker.Exchanges;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Exchanges;

/// <summary>The hidden queue of an exchange that keeps messages before it routes them, between probes.</summary>
public sealed class ExchangeStageTests : EntityTestKit
{
    private static readonly ExchangeKey Key = new("/", "e");
    private static readonly QueueKey StageKey = new("/", "amq.stage.e");
    private static readonly ExchangeDefinition Delayed = new(
        ExchangeTypes.Delayed, true, false, false, ArgumentTable.Of((ExchangeArguments.DelayedType, ArgumentValue.FromString("direct"))));

    private readonly TestProbe _queues;
    private readonly TestProbe _catalogue;
    private readonly IActorRef _exchange;

    public ExchangeStageTests()
    {
        var (shard, exchanges) = (Probe("shard"), Probe("exchanges"));
        _queues = Probe("queues");
        _catalogue = Probe("catalogue");
        var settings = new ExchangeSettings(_ => _queues.Ref, _ => exchanges.Ref, _ => _catalogue.Ref, new NodePolicies(_ => ActorRefs.Nobody), Forwarding(_queues.Ref));
        _exchange = shard.ChildActorOf(ExchangeActor.Props(EntityIds.Of(Key), settings));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_exchange_is_declared_when_it_has_its_stage_and_deleted_when_that_is_gone(bool durable)
    {
        Tell(new DeclareExchange(Key, 1, Delayed with { Durable = durable }, false, Someone));
        var declare = _queues.ExpectMsg<DeclareQueue>();
        Assert.Equal((StageKey, durable, false, false), (declare.Queue, declare.Definition.Durable, declare.Definition.Exclusive, declare.Definition.AutoDelete));
        Assert.Equal(new Stage("e", StageKind.Delay), StageDefinition.SettingsOf(declare.Definition.Arguments)?.Stage);
        Registered();
        ExpectNoMsg(0);
        _queues.Reply(new QueueAnswered(declare.RequestId, null, 0, 0));
        Assert.Equal(new ExchangeAnswered(1, null), ExpectMsg<ExchangeAnswered>());

        Tell(new DeleteExchange(Key, 2, false, Someone));
        var delete = _queues.ExpectMsg<DeleteQueue>();
        Assert.Equal((StageKey, false, false), (delete.Queue, delete.IfEmpty, delete.IfUnused));
        var unregister = _catalogue.ExpectMsg<UnregisterName>();
        _catalogue.Reply(new NameUnregistered(unregister.RequestId, null));
        ExpectNoMsg(0);
        _queues.Reply(new QueueAnswered(delete.RequestId, null, 5, 0));
        Assert.Equal(new ExchangeAnswered(2, null), ExpectMsg<ExchangeAnswered>());
    }

    [Fact]
    public void An_exchange_whose_stage_is_refused_is_refused()
    {
        Tell(new DeclareExchange(Key, 1, Delayed, false, Someone));
        Registered();
        var declare = _queues.ExpectMsg<DeclareQueue>();
        var refusal = new Refusal(RefusalReason.Unavailable, "the journal could not write");
        _queues.Reply(new QueueAnswered(declare.RequestId, refusal, 0, 0));
        Assert.Equal(new ExchangeAnswered(1, refusal), ExpectMsg<ExchangeAnswered>());
        Assert.Empty(Journal.Written(EntityIds.PersistenceId(EntityIds.ExchangeType, EntityIds.Of(Key))));
    }

    [Fact]
    public void An_exchange_that_routes_at_once_has_no_stage()
    {
        Tell(new DeclareExchange(Key, 1, Delayed with { Type = ExchangeTypes.Direct }, false, Someone));
        Registered();
        Assert.Equal(new ExchangeAnswered(1, null), ExpectMsg<ExchangeAnswered>());
        _queues.ExpectNoMsg(0);
    }

    private void Tell(ExchangeCommand command) => _exchange.Tell(command, TestActor);

    private void Registered()
    {
        var register = _catalogue.ExpectMsg<RegisterName>();
        _catalogue.Reply(new NameRegistered(register.RequestId, null));
    }
}
