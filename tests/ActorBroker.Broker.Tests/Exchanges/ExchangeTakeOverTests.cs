using ActorBroker.Broker.Exchanges;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Exchanges;

/// <summary>What an exchange's incarnation owes to one before it that may not know yet that it was taken over from, and to one to come.</summary>
public sealed class ExchangeTakeOverTests : EntityTestKit
{
    private static readonly ExchangeKey Key = new("/", "e");
    private static readonly string JournalId = EntityIds.PersistenceId(EntityIds.ExchangeType, EntityIds.Of(Key));
    private static readonly ExchangeDefinition Durable = new(ExchangeTypes.Direct, true, false, false, ArgumentTable.Empty);

    private readonly TestProbe _shard;
    private readonly TestProbe _queues;
    private readonly TestProbe _catalogue;

    public ExchangeTakeOverTests()
    {
        _shard = Probe("shard");
        _queues = Probe("queues");
        _catalogue = Probe("catalogue");
    }

    [Fact]
    public void That_nothing_leads_to_a_queue_is_said_by_an_incarnation_that_has_written()
    {
        var first = Start();
        first.Tell(new DeclareExchange(Key, 1, Durable, Passive: false, Someone), TestActor);
        _catalogue.Reply(new NameRegistered(_catalogue.ExpectMsg<RegisterName>().RequestId, null));
        Assert.Null(ExpectMsg<ExchangeAnswered>().Refusal);
        StopAndAwait(first);
        var before = Journal.Written(JournalId).Count;
        var second = Start();

        foreach (var request in (string[])["first", "second"])
        {
            second.Tell(new RemoveDestination(Key, request, Destination.Queue("q"), Someone), _queues.Ref);
            Assert.Equal(new DestinationRemoved(request, null), _queues.ExpectMsg<DestinationRemoved>());
        }

        Assert.Equal(new DestinationUnbound(Key, Destination.Queue("q"), Someone), Assert.Single(Journal.Written(JournalId).Skip(before)).Payload);
    }

    [Fact]
    public void Whoever_asks_for_an_exchange_that_is_not_there_can_declare_it_at_the_one_who_answers()
    {
        var exchange = Start();
        exchange.Tell(new DescribeExchange(Key, 1), TestActor);
        Assert.NotNull(ExpectMsg<ExchangeDescribed>().Refusal);
        _shard.ExpectNoMsg(0);

        exchange.Tell(new DeclareExchange(Key, 2, Durable, Passive: false, Someone), TestActor);
        _catalogue.Reply(new NameRegistered(_catalogue.ExpectMsg<RegisterName>().RequestId, null));

        Assert.Equal(new ExchangeAnswered(2, null), ExpectMsg<ExchangeAnswered>());
    }

    private IActorRef Start()
    {
        var settings = new ExchangeSettings(
            _ => _queues.Ref, _ => ActorRefs.Nobody, _ => _catalogue.Ref, new NodePolicies(_ => ActorRefs.Nobody), Forwarding(_queues.Ref));
        return _shard.ChildActorOf(ExchangeActor.Props(EntityIds.Of(Key), settings), SupervisorStrategy.StoppingStrategy);
    }
}
