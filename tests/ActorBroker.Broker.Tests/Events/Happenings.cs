using ActorBroker.Contracts.Events;
using Akka.TestKit;

namespace ActorBroker.Broker.Tests.Events;

/// <summary>What is told on the event stream of a test's node.</summary>
internal static class Happenings
{
    /// <summary>A probe that hears every event from now on.</summary>
    public static TestProbe Watch(TestKitBase kit)
    {
        var probe = kit.CreateTestProbe("watcher");
        kit.Sys.EventStream.Subscribe(probe, typeof(BrokerEvent));
        return probe;
    }
}
