using ActorBroker.Contracts.Options;
using Akka.Remote;
using Xunit;

namespace ActorBroker.Server.Tests;

public sealed class ClusterProfileTests
{
    [Fact]
    public void Nodes_that_fall_silent_together_are_missed_before_it_is_decided_about_any_of_them()
    {
        var cluster = BrokerConfiguration.Shipped("cluster").GetConfig("akka.cluster");
        var detector = cluster.GetConfig("failure-detector");
        var interval = detector.GetTimeSpan("heartbeat-interval");

        // One has just answered, the other an interval ago; or it has just joined, and is waited for once it was asked and did
        // not answer in time. It is looked from time to time.
        var between = interval
                      + interval + detector.GetTimeSpan("expected-response-after")
                      + cluster.GetTimeSpan("unreachable-nodes-reaper-interval");

        Assert.Equal(typeof(DeadlineFailureDetector), Type.GetType(detector.GetString("implementation-class")));
        Assert.True(between < cluster.GetTimeSpan("split-brain-resolver.stable-after"), $"{between}");
    }
}
