using System.Collections.Frozen;
using ActorBroker.Contracts.Options;
using ActorBroker.Server.Composition;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Server.Tests;

public sealed class ClusterSidesTests
{
    [Theory]
    [InlineData("b", "a b c", true, true)]
    [InlineData("a c", "a b c", true, false)]
    [InlineData("a", "a b", true, false)]
    [InlineData("b", "a b", true, true)]
    [InlineData("a b c", "a b c", false, false)]
    [InlineData("a b c", "b c", false, false)]
    [InlineData("a b c", "", false, false)]
    public void The_larger_stays_and_of_two_that_are_as_large_the_one_with_the_first_name(string members, string holders, bool areTwo, bool isTheOtherLarger)
    {
        var sides = new ClusterSides(Names(members), Names(holders));

        Assert.Equal(areTwo, sides.AreTwo);
        Assert.Equal(isTheOtherLarger, sides.AreTwo && sides.IsTheOtherLarger);
    }

    [Fact]
    public void Of_two_clusters_just_one_goes()
    {
        string[] nodes = ["a", "b", "c", "d", "e"];
        var all = nodes.ToFrozenSet();
        for (var chosen = 1; chosen < (1 << nodes.Length) - 1; chosen++)
        {
            var one = nodes.Where((_, node) => (chosen & (1 << node)) != 0).ToFrozenSet();
            var other = all.Except(one).ToFrozenSet();

            Assert.NotEqual(new ClusterSides(one, all).IsTheOtherLarger, new ClusterSides(other, all).IsTheOtherLarger);
        }
    }

    [Fact]
    public void Nodes_are_known_by_the_names_that_their_claims_have()
    {
        Address[] nodes = [.. Enumerable.Range(1, 3).Select(static node => new Address("akka.tcp", "actorbroker", $"10.0.0.{node}", 25672))];
        var holders = nodes.Select(static node => new NodeAddress(node.Host!, node.Port!.Value).ToString()).ToFrozenSet();

        Assert.False(ClusterSides.Of(nodes[0], nodes, holders).AreTwo);
        Assert.True(ClusterSides.Of(nodes[1], [nodes[1]], holders) is { AreTwo: true, IsTheOtherLarger: true });
        Assert.True(ClusterSides.Of(nodes[0], [nodes[0], nodes[2]], holders) is { AreTwo: true, IsTheOtherLarger: false });
    }

    [Fact]
    public void Nothing_follows_from_what_the_database_knows_when_it_does_not_know_the_node_that_asks()
    {
        var self = new Address("akka.tcp", "actorbroker", "10.0.0.1", 40_000);

        Assert.False(ClusterSides.Of(self, [self], Names("10.0.0.1 10.0.0.2:25672 10.0.0.3:25672")).AreTwo);
    }

    private static FrozenSet<string> Names(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();
}
