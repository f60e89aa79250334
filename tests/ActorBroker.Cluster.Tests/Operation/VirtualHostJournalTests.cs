using System.Net;
using System.Text;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests.Operation;

/// <summary>In which of several databases a virtual host is kept, as who makes it by HTTP says, on all nodes.</summary>
public sealed class VirtualHostJournalTests(OperatedCluster cluster) : IClassFixture<OperatedCluster>
{
    private const string InArchive = $$"""{"journal":"{{OperatedCluster.Archive}}"}""";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_virtual_host_is_kept_where_it_was_made_whichever_node_is_asked()
    {
        await cluster.DoAsync(1, HttpStatusCode.Created, HttpMethod.Put, "vhosts/team", InArchive);
        await UseAsync(cluster.Count - 1, "team");

        for (var node = 0; node < cluster.Count; node++)
        {
            Assert.Equal(OperatedCluster.Archive, (string?)(await cluster.GetAsync(node, "vhosts/team"))["journal"]);
            Assert.Equal(1, await TakenAndPutBackAsync(node, "team"));
        }

        Assert.Equal((true, false), (await IsInAsync(OperatedCluster.Archive, "team"), await IsInAsync("postgres", "team")));
        await cluster.DoAsync(0, HttpStatusCode.NoContent, HttpMethod.Put, "vhosts/team", InArchive);
    }

    [Fact]
    public async Task It_stays_there_when_the_nodes_that_had_it_are_stopped_and_started()
    {
        await cluster.DoAsync(2, HttpStatusCode.Created, HttpMethod.Put, "vhosts/moved", InArchive);
        await UseAsync(2, "moved");
        for (var node = 0; node < cluster.Count; node++)
        {
            await cluster.DoAsync(node, HttpStatusCode.NoContent, HttpMethod.Post, "node/stop", "{}");
            Assert.Equal(1, await TakenAndPutBackAsync((node + 1) % cluster.Count, "moved"));
            await cluster.DoAsync(node, HttpStatusCode.NoContent, HttpMethod.Post, "node/start", "{}");
        }

        Assert.Equal(1, await TakenAndPutBackAsync(0, "moved"));
        Assert.Equal((true, false), (await IsInAsync(OperatedCluster.Archive, "moved"), await IsInAsync("postgres", "moved")));
    }

    [Fact]
    public async Task Nodes_that_are_asked_for_different_journals_at_once_agree()
    {
        var asked = await Task.WhenAll(
            cluster.SendAsync(0, HttpMethod.Put, "vhosts/wanted", InArchive), cluster.SendAsync(1, HttpMethod.Put, "vhosts/wanted", "{}"),
            cluster.SendAsync(2, HttpMethod.Put, "vhosts/wanted", InArchive));
        Assert.Contains(asked, static answer => answer.Status == HttpStatusCode.Created);
        await UseAsync(0, "wanted");
        var journals = await Task.WhenAll(Enumerable.Range(0, cluster.Count).Select(async node => (string?)(await cluster.GetAsync(node, "vhosts/wanted"))["journal"]));

        var isInArchive = Assert.Single(journals.Distinct()) is not null;
        Assert.Equal((isInArchive, !isInArchive), (await IsInAsync(OperatedCluster.Archive, "wanted"), await IsInAsync("postgres", "wanted")));
        Assert.True(isInArchive || asked[0].Status == HttpStatusCode.BadRequest, $"{asked[0]}");
    }

    [Fact]
    public async Task Another_journal_than_before_or_one_that_is_not_there_is_refused_by_every_node()
    {
        await cluster.DoAsync(0, HttpStatusCode.Created, HttpMethod.Put, "vhosts/main", "{}");
        for (var node = 0; node < cluster.Count; node++)
        {
            Assert.Contains("is kept in the main journal", await cluster.DoAsync(node, HttpStatusCode.BadRequest, HttpMethod.Put, "vhosts/main", InArchive), StringComparison.Ordinal);
            Assert.Contains("there is no journal", await cluster.DoAsync(node, HttpStatusCode.BadRequest, HttpMethod.Put, "vhosts/none", """{"journal":"none"}"""), StringComparison.Ordinal);
        }

        await cluster.DoAsync(2, HttpStatusCode.NotFound, HttpMethod.Get, "vhosts/none");
    }

    [Fact]
    public async Task One_that_is_deleted_and_made_again_by_another_node_is_empty_and_in_the_same_place()
    {
        await cluster.DoAsync(0, HttpStatusCode.Created, HttpMethod.Put, "vhosts/again", InArchive);
        await UseAsync(1, "again");
        await cluster.DoAsync(1, HttpStatusCode.NoContent, HttpMethod.Delete, "vhosts/again");

        await cluster.DoAsync(2, HttpStatusCode.Created, HttpMethod.Put, "vhosts/again", "{}");

        Assert.Equal(OperatedCluster.Archive, (string?)(await cluster.GetAsync(0, "vhosts/again"))["journal"]);
        Assert.Empty((await cluster.GetAsync(1, "queues/again")).AsArray());
        await UseAsync(0, "again");
        Assert.Equal(1, await TakenAndPutBackAsync(2, "again"));
        Assert.False(await IsInAsync("postgres", "again"));
    }

    private async Task UseAsync(int node, string virtualHost)
    {
        await using var connection = await cluster.ConnectAsync(node, virtualHost);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false);
        await PublishAsync(channel);
    }

    private async Task<int> TakenAndPutBackAsync(int node, string virtualHost)
    {
        await using var connection = await cluster.ConnectAsync(node, virtualHost);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var taken = 0;
        while (await channel.BasicGetAsync("orders", autoAck: true).WaitAsync(Limit) is not null)
        {
            taken++;
        }

        await PublishAsync(channel);
        return taken;
    }

    private static Task PublishAsync(IChannel channel) => channel.BasicPublishAsync(
        "", "orders", mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes("order")).AsTask().WaitAsync(Limit);

    private async Task<bool> IsInAsync(string database, string virtualHost) =>
        await cluster.Database.ExecuteAsync($"SELECT count(*) > 0 FROM journal WHERE persistence_id LIKE '%/{virtualHost}%'", database) == "t";
}
