using ActorBroker.Broker.Clustering;
using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Clustering;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Clustering;

/// <summary>The actor that nodes find out by whether they fit, with the test as the other node.</summary>
public sealed class TermsActorTests : EntityTestKit
{
    private static readonly ClusterTerms Own = Terms("right");

    public TermsActorTests()
        : base(ConfigurationFactory.ParseString("""
            akka.actor.provider = cluster
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            """))
    {
    }

    [Fact]
    public void A_node_says_what_it_has_and_whether_it_has_a_cluster()
    {
        var terms = Sys.ActorOf(TermsActor.Props(Own, []));
        terms.Tell(new AskTerms(), TestActor);
        var told = ExpectMsg<TermsTold>();
        Assert.Equal(Own.Roles, told.Terms);
        Assert.False(told.IsMember);

        var cluster = Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        AwaitAssert(() =>
        {
            terms.Tell(new AskTerms(), TestActor);
            Assert.True(ExpectMsg<TermsTold>().IsMember);
        });
    }

    [Fact]
    public void One_that_may_begin_asks_the_others_again_and_again_and_forgets_those_that_have_become_silent()
    {
        Sys.ActorOf(Akka.Actor.Props.Create(() => new Other(TestActor)), TermsActor.Name);
        var terms = Sys.ActorOf(TermsActor.Props(Own, [Cluster.Get(Sys).SelfAddress]));
        Assert.Null(Refusal(terms));
        Pass(TimeSpan.Zero);
        ExpectMsg<AskTerms>();

        terms.Tell(new TermsTold([.. Terms("wrong").Roles], IsMember: false), TestActor);
        Assert.Contains("all nodes of a cluster name the same", Refusal(terms), StringComparison.Ordinal);
        for (var asked = 0; asked < 8; asked++)
        {
            Pass(TimeSpan.FromMilliseconds(250));
            ExpectMsg<AskTerms>();
        }

        Assert.NotNull(Refusal(terms));
        Pass(TimeSpan.FromMilliseconds(250));
        ExpectMsg<AskTerms>();
        Assert.Null(Refusal(terms));
    }

    private string? Refusal(IActorRef terms)
    {
        terms.Tell(new TermsActor.MayBegin(), TestActor);
        return ExpectMsg<TermsActor.BeginAnswer>().Refusal;
    }

    private void Pass(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    private static ClusterTerms Terms(string database) => new(100, [new JournalDatabase(null, $"database {database}", database)]);

    private sealed class Other(IActorRef test) : UntypedActor
    {
        protected override void OnReceive(object message) => test.Forward(message);
    }
}
