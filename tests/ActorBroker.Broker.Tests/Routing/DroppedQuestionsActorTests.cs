using ActorBroker.Broker.Routing;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Broker.Tests.Routing;

public sealed class DroppedQuestionsActorTests : TestKit
{
    private static readonly Origin Someone = new("someone", "somewhere", DateTimeOffset.UnixEpoch);

    [Fact]
    public void What_a_region_drops_it_is_told_again_in_order_for_those_who_asked()
    {
        var (first, second, queues, exchanges) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        Start((EntityIds.QueueType, queues), (EntityIds.ExchangeType, exchanges));
        var purge = new PurgeQueue(new QueueKey("/", "q"), 1, Someone);
        var delete = new DeleteExchange(new ExchangeKey("/", "e"), 2, IfUnused: false, Someone);

        Drop((purge, first), (purge with { RequestId = 3 }, second), (delete, first));

        Assert.Equal(purge, queues.ExpectMsg<PurgeQueue>());
        Assert.Equal(first, queues.LastSender);
        Assert.Equal(3, queues.ExpectMsg<PurgeQueue>().RequestId);
        Assert.Equal(second, queues.LastSender);
        Assert.Equal(delete, exchanges.ExpectMsg<DeleteExchange>());
        Assert.Equal(first, exchanges.LastSender);
    }

    [Fact]
    public void What_comes_too_late_for_an_actor_is_left_alone()
    {
        var (asker, regions) = (CreateTestProbe(), CreateTestProbe());
        Start((EntityIds.CatalogueType, regions));
        var ended = CreateTestProbe();
        Watch(ended);
        Sys.Stop(ended);
        ExpectTerminated(ended);

        ended.Ref.Tell(new SubscribeNames("/"), asker);
        Drop((new SubscribeNames("other"), asker), ("no question", asker));

        Assert.Equal("other", regions.ExpectMsg<SubscribeNames>().VirtualHost);
        regions.ExpectNoMsg(0);
    }

    private void Start(params (string Type, IActorRef Region)[] regions)
    {
        var actor = Sys.ActorOf(DroppedQuestionsActor.Props(regions.ToDictionary(region => region.Type, region => region.Region)));
        actor.Tell(new Identify(1), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    // As a region does when it is about to hand a shard over.
    private void Drop(params (object Message, IActorRef Sender)[] gathered)
    {
        foreach (var (message, sender) in gathered)
        {
            Sys.DeadLetters.Tell(new Dropped(message, "the shard is handed over", sender, ActorRefs.NoSender));
        }
    }
}
