using ActorBroker.Broker.Clustering;
using ActorBroker.Testing.PostgreSql;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A database lets one node begin a cluster, and none while a member of one holds its claim.</summary>
public sealed class ClaimTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private PostgresServer _server = null!;

    public async Task InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task One_of_two_begins_and_its_successors_wait_until_no_member_is_left()
    {
        await using var first = Claim("first");
        await using var second = Claim("second");
        await using var third = Claim("third");
        Assert.True(await first.TryBeginAsync(default));
        Assert.False(await second.TryBeginAsync(default));

        await first.HoldAsync(default);
        await UntilAsync(() => first.IsHeld);
        Assert.False(await third.TryBeginAsync(default));
        await second.HoldAsync(default);
        await UntilAsync(() => second.IsHeld);
        Assert.Contains("actorbroker first", await third.DescribeHoldersAsync(default), StringComparison.Ordinal);
        Assert.Contains("actorbroker second", await third.DescribeHoldersAsync(default), StringComparison.Ordinal);
        Assert.Equal(["first", "second"], (await third.HoldersAsync(default)).Order(StringComparer.Ordinal));

        await first.ReleaseAsync();
        Assert.False(first.IsHeld);
        Assert.False(await third.TryBeginAsync(default));
        await second.ReleaseAsync();
        Assert.True(await third.TryBeginAsync(default));
        Assert.False(await first.TryBeginAsync(default));
    }

    [Fact]
    public async Task Clusters_in_schemas_of_their_own_do_not_know_of_each_other()
    {
        await _server.ExecuteAsync("CREATE SCHEMA one; CREATE SCHEMA two");
        await using var one = Claim("one", "Search Path=one");
        await using var two = Claim("two", "Search Path=two");

        Assert.True(await one.TryBeginAsync(default));
        Assert.True(await two.TryBeginAsync(default));
    }

    [Fact]
    public async Task A_member_takes_its_claim_again_when_the_database_comes_back()
    {
        var troubles = new List<string>();
        await using var member = Claim("member", onTrouble: troubles.Add);
        await using var other = Claim("other");
        await member.HoldAsync(default);
        await UntilAsync(() => member.IsHeld);

        await _server.StopImmediateAsync();
        await UntilAsync(() => !member.IsHeld);
        await Assert.ThrowsAsync<ClusterClaimException>(() => other.TryBeginAsync(default));
        await _server.StartAgainAsync();

        await UntilAsync(() => member.IsHeld);
        Assert.False(await other.TryBeginAsync(default));
        Assert.NotEmpty(troubles);
    }

    private PostgreSqlClaim Claim(string node, string settings = "", Action<string>? onTrouble = null) =>
        new($"{_server.ConnectionString};{settings}", node, onTrouble ?? (static _ => { }));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
            await Task.Delay(Glance, limit.Token);
    }
}
