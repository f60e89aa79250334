using ActorBroker.Broker.Clustering;
using ActorBroker.Contracts.Clustering;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Clustering;

/// <summary>What a node is told of its links, with Akka.Remote's events made up, of the only member that there is.</summary>
public sealed class MembersActorTests : EntityTestKit
{
    private readonly Address _node;
    private readonly IActorRef _members;

    public MembersActorTests()
        : base(ConfigurationFactory.ParseString("""
            akka.actor.provider = cluster
            akka.actor.serialize-messages = off
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            """))
    {
        var cluster = Cluster.Get(Sys);
        _node = cluster.SelfAddress;
        cluster.Join(_node);
        AwaitCondition(() => !cluster.State.Members.IsEmpty);
        _members = Sys.ActorOf(MembersActor.Props);
        Settle();
        Sys.EventStream.Subscribe(TestActor, typeof(NodeLinkBroken));
        Sys.EventStream.Subscribe(TestActor, typeof(NodeLinkRestored));
    }

    [Fact]
    public void Attempts_that_fail_one_after_the_other_are_told_once_in_a_while()
    {
        Fail(1000);
        Assert.Equal(new NodeLinkBroken(_node), ExpectMsg<NodeLinkBroken>());
        ExpectNoMsg(0);

        Pass(MembersActor.BrokenInterval);
        ExpectMsg<NodeLinkBroken>();
        Fail(1000);
        ExpectNoMsg(0);

        Pass(MembersActor.BrokenInterval);
        ExpectMsg<NodeLinkBroken>();
        Pass(MembersActor.BrokenInterval);
        ExpectNoMsg(0);
        Fail(1);
        ExpectMsg<NodeLinkBroken>();
    }

    [Fact]
    public void A_connection_that_is_made_is_told_behind_what_had_failed_and_its_end_at_once()
    {
        Fail(2);
        ExpectMsg<NodeLinkBroken>();
        Sys.EventStream.Publish(new AssociatedEvent(_node, _node, inbound: false));
        ExpectMsg<NodeLinkBroken>();
        ExpectMsg<NodeLinkRestored>();
        Sys.EventStream.Publish(new DisassociatedEvent(_node, _node, inbound: false));
        ExpectMsg<NodeLinkBroken>();
        Settle();
        ExpectNoMsg(0);
    }

    private void Fail(int times)
    {
        for (var failed = 0; failed < times; failed++)
            Sys.EventStream.Publish(new AssociationErrorEvent(new InvalidOperationException("refused"), _node, _node, false, LogLevel.WarningLevel));
        Settle();
    }

    private void Pass(TimeSpan time)
    {
        ((TestScheduler)Sys.Scheduler).Advance(time);
        Settle();
    }

    private void Settle() => _members.Ask<ActorIdentity>(new Identify(0), RemainingOrDefault).GetAwaiter().GetResult();
}
