using ActorBroker.Broker.Access;
using ActorBroker.Testing.Serialization;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using Akka.Cluster;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Broker.Tests.Access;

public sealed class AccessShardingSpec() : TestKit(Settings, nameof(AccessShardingSpec))
{
    private static Config Settings { get; } = ConfigurationFactory.ParseString(
            """
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.persistence {
              journal { plugin = "akka.persistence.journal.inmem", auto-start-journals = [] }
              snapshot-store { plugin = "akka.persistence.snapshot-store.inmem", auto-start-snapshot-stores = [] }
            }
            """)
        .WithFallback(ConfigurationFactory.ParseString(InProcessSerializer.Bindings))
        .WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test))
        .WithFallback(DefaultConfig);

    [Fact]
    public void The_entity_answers_through_its_region()
    {
        var cluster = Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        var options = new AccessOptions("guest", "secret", "/", new HashSet<string>());

        var region = AccessSharding.Start(Sys, options, TimeProvider.System);
        region.Tell(new AuthenticateUser(1, "guest", "secret", Loopback: false), TestActor);

        Assert.Null(ExpectMsg<UserAuthenticated>().Refusal);
    }
}
