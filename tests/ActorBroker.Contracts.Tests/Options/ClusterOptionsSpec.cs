using ActorBroker.Contracts.Options;
using Xunit;

namespace ActorBroker.Contracts.Tests.Options;

public sealed class ClusterOptionsSpec
{
    [Theory]
    [InlineData("broker-1:25672", "broker-1", 25672)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void An_address_is_a_host_and_a_port(string text, string host, int port)
    {
        var address = NodeAddress.Parse("key", text);

        Assert.Equal(new NodeAddress(host, port), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("broker-1")]
    [InlineData(":25672")]
    [InlineData("broker-1:0")]
    [InlineData("broker-1:65536")]
    [InlineData("broker-1:port")]
    [InlineData("::1:25672")]
    [InlineData("[broker-1]:25672")]
    [InlineData("bro ker:25672")]
    public void Anything_else_is_refused_with_its_key(string text)
    {
        var failure = Assert.Throws<StartupException>(() => NodeAddress.Parse("actorbroker.cluster.seeds", text));

        Assert.StartsWith($"actorbroker.cluster.seeds = {text}: expected HOST:PORT", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_node_is_by_itself_and_does_everything()
    {
        var options = Read(BrokerConfiguration.Embedded);

        Assert.False(options.IsOneOfSeveral);
        Assert.Equal([ClusterOptions.Edge, ClusterOptions.Store], options.Roles);
    }

    [Fact]
    public void A_node_that_names_others_is_one_of_several()
    {
        Assert.True(Read(BrokerConfiguration.Embedded, "actorbroker.cluster.join=[\"a:1\"]").IsOneOfSeveral);
        Assert.True(Read(BrokerConfiguration.Embedded, "actorbroker.cluster.seeds=[\"a:1\"]").IsOneOfSeveral);
        Assert.True(Read(BrokerConfiguration.Cluster).IsOneOfSeveral);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[edge, disk]")]
    public void Roles_are_edge_and_store(string roles)
    {
        var failure = Assert.Throws<StartupException>(() => Read(BrokerConfiguration.Cluster, $"actorbroker.cluster.roles={roles}"));

        Assert.Equal($"actorbroker.cluster.roles = {roles}: expected edge, store or both", failure.Message);
    }

    [Fact]
    public void A_profile_that_is_no_servers_is_refused()
    {
        var failure = Assert.Throws<StartupException>(() => BrokerConfiguration.Load(BrokerConfiguration.Test, null, []));

        Assert.Equal("--profile test: expected embedded or cluster", failure.Message);
    }

    private static ClusterOptions Read(string profile, params string[] settings) =>
        BrokerOptions.Read(BrokerConfiguration.Load(profile, null, settings)).Cluster;
}
