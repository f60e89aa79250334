using System.Net;
using ActorBroker.Broker.Access;
using ActorBroker.Testing.Serialization;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
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
        region.Tell(new ListVirtualHosts(1), TestActor);

        Assert.Equal(["/"], ExpectMsg<VirtualHostsListed>().VirtualHosts);
    }

    [Fact]
    public async Task The_node_lets_users_in_by_its_own_table()
    {
        var cluster = Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        var options = new AccessOptions("guest", "secret", "/", new HashSet<string> { "guest" });
        var users = AccessSharding.StartTables(Sys, AccessSharding.Start(Sys, options, TimeProvider.System), options, TimeProvider.System);
        await users.Tables.Known.WaitAsync(TimeSpan.FromSeconds(20));

        var let = await users.Logins.LoginAsync(new LoginAttempt(new Credential.Password("guest", "secret"), IPAddress.Loopback), default);

        Assert.Equal(["administrator"], let.Identity?.Tags);
        Assert.Equal(AccessDecision.Allowed, let.Identity!.Authorization.Enter("/", static () => { }));
    }
}
