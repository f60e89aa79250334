using ActorBroker.Broker.Clustering;
using ActorBroker.Broker.Persistence;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Clustering;

public sealed class ClusterTermsTests
{
    private static readonly ClusterTerms Own = Terms("right");

    [Fact]
    public void A_node_begins_a_cluster_when_nobody_else_is_there_or_all_are_alike()
    {
        Assert.Null(Own.RefusalBeside([]));
        Assert.Null(Own.RefusalBeside([Told(1, "right")]));
        Assert.Null(Own.RefusalBeside([Told(1, "right", isMember: true), Told(2, "right")]));
    }

    [Fact]
    public void Of_two_that_differ_neither_begins()
    {
        Assert.Equal(
            "actorbroker.journal.connection-string: database right is not the database of actorbroker@10.0.0.1:25672, and all nodes of a cluster name the same",
            Own.RefusalBeside([Told(1, "wrong")]));
        Assert.NotNull(Terms("wrong").RefusalBeside([Told(1, "right")]));
        Assert.NotNull(Own.RefusalBeside([Told(1, "wrong"), Told(2, "other")]));
        Assert.NotNull(Own.RefusalBeside([Told(1, "wrong"), Told(2, "right"), Told(3, "wrong")]));
    }

    [Fact]
    public void The_majority_begins_without_the_others()
    {
        Assert.Null(Own.RefusalBeside([Told(1, "wrong"), Told(2, "right")]));
        Assert.NotNull(Terms("wrong").RefusalBeside([Told(1, "right"), Told(2, "right")]));
    }

    [Fact]
    public void A_cluster_that_is_there_already_goes_before_any_majority()
    {
        var refusal = Own.RefusalBeside([Told(1, "right"), Told(2, "other"), Told(3, "wrong", isMember: true), Told(4, "right"), Told(5, "right")]);

        Assert.Contains("the database of actorbroker@10.0.0.3:25672", refusal, StringComparison.Ordinal);
        Assert.Null(Own.RefusalBeside([Told(1, "wrong"), Told(2, "wrong", isMember: true), Told(3, "right", isMember: true)]));
    }

    [Fact]
    public void Nodes_differ_in_the_number_of_shards_and_in_their_further_journals_too()
    {
        var shards = new ClusterTerms(32, [new JournalDatabase(null, "database right", "right")]).RefusalBeside([Told(1, "right")]);
        var more = Terms("right", ("side", "s")).RefusalBeside([Told(1, "right")]);
        var fewer = Own.RefusalBeside([new ToldTerms(Node(1), [.. Terms("right", ("side", "s")).Roles], IsMember: false)]);

        Assert.StartsWith("actorbroker.cluster.shards = 32: actorbroker@10.0.0.1:25672 has 100, ", shards, StringComparison.Ordinal);
        Assert.StartsWith("actorbroker.journals.side: actorbroker@10.0.0.1:25672 has no such journal, ", more, StringComparison.Ordinal);
        Assert.StartsWith("actorbroker.journals: actorbroker@10.0.0.1:25672 has one more, side, ", fewer, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_without_a_share_in_the_journals_and_nodes_that_say_nothing_fit_all()
    {
        Assert.Null(Own.RefusalBeside([new ToldTerms(Node(1), [.. new ClusterTerms(100, []).Roles], IsMember: false)]));
        Assert.Null(new ClusterTerms(100, []).RefusalBeside([Told(1, "wrong")]));
        Assert.Null(Own.RefusalBeside([new ToldTerms(Node(1), ["edge", "store"], IsMember: true)]));
    }

    private static ClusterTerms Terms(string database, params (string Name, string Database)[] further) =>
        new(100, [new JournalDatabase(null, $"database {database}", database), .. further.Select(static journal => new JournalDatabase(journal.Name, journal.Database, journal.Database))]);

    private static ToldTerms Told(int node, string database, bool isMember = false) => new(Node(node), ["store", .. Terms(database).Roles], isMember);

    private static Address Node(int node) => new("akka.tcp", "actorbroker", $"10.0.0.{node}", 25672);
}
