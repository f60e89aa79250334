using ActorBroker.Broker.Queues;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

public sealed class QueueWakeUpActorSpec : TestKit
{
    [Fact]
    public void All_durable_queues_of_the_catalogue_are_woken_and_then_it_stops()
    {
        var catalogues = CreateTestProbe();
        var queues = CreateTestProbe();
        var wakeUp = Sys.ActorOf(QueueWakeUpActor.Props("/", catalogues, queues));
        Watch(wakeUp);
        var request = catalogues.ExpectMsg<ListNames>();
        var durable = Enumerable.Range(0, 120).Select(static i => new CatalogueName(DestinationKind.Queue, $"q{i}", true)).ToArray();
        catalogues.Reply(new NamesListed(request.RequestId, "/", durable, IsLast: false));
        catalogues.Reply(new NamesListed(
            request.RequestId,
            "/",
            [new CatalogueName(DestinationKind.Queue, "transient", false), new CatalogueName(DestinationKind.Exchange, "x", true)],
            IsLast: true));

        var woken = Enumerable.Range(0, 120).Select(_ => queues.ExpectMsg<WakeQueue>().Queue.Name).ToArray();

        Assert.Equal(durable.Select(static name => name.Name), woken);
        ExpectTerminated(wakeUp);
        queues.ExpectNoMsg(TimeSpan.Zero);
    }
}
