using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class AuditTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Fact]
    public async Task Who_did_what_is_told_also_of_what_is_gone()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);
        await RunAsync("queues", "delete", "q", "--vhost", host);
        await RunAsync("vhosts", "delete", host);

        await ToldAsync(static told => told.Lines.Count == 3, "audit", "--kind", "queue", "--vhost", host);
        var told = await RunAsync("audit", "--kind", "queue", "--oldest-first", "--by", "guest", "--json", "--vhost", host);

        Assert.Equal(["created", "deleted"], told.Json.AsArray().Select(static record => (string)record!["action"]!));
        Assert.All(told.Json.AsArray(), record => Assert.Equal(("guest", host, "q"), ((string?)record!["user"], (string?)record["vhost"], (string?)record["name"])));
        Assert.Equal("deleted", (string?)Assert.Single((await RunAsync("audit", "--kind", "queue", "-n", "1", "--json", "--vhost", host)).Json.AsArray())!["action"]);
        Assert.Contains("yesterday", await FailAsync(ExitCodes.Failed, "audit", "--since", "yesterday"), StringComparison.Ordinal);
    }
}
