using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class TopologyTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Fact]
    public async Task A_queue_is_declared_listed_shown_purged_and_deleted()
    {
        var host = await VirtualHostAsync();

        Assert.Equal("queue 'q' declared\n", (await RunAsync("queues", "declare", "q", "--type", "quorum", "-a", "x-max-length=10", "--vhost", host)).Output);
        Assert.Equal("""{"created":false}""" + "\n", (await RunAsync("queues", "declare", "q", "--type", "quorum", "-a", "x-max-length=10", "--vhost", host, "--json")).Output);
        await RunAsync("publish", "q", "x", "--vhost", host);
        var list = await ToldAsync(static told => told.Output.Contains(" 1 ", StringComparison.Ordinal), "queues", "list", "--vhost", host);
        Assert.Equal(2, list.Lines.Count);
        Assert.StartsWith("vhost ", list.Lines[0], StringComparison.Ordinal);
        Assert.Matches($@"^{host}  q +quorum +running +1 ", list.Lines[1]);
        Assert.Contains("""{"x-max-length":10,"x-queue-type":"quorum"}""", (await RunAsync("queues", "show", "q", "--vhost", host)).Output, StringComparison.Ordinal);

        await RunAsync("queues", "purge", "q", "--vhost", host);
        Assert.Equal("[]\n", (await RunAsync("get", "q", "--vhost", host, "--json")).Output);
        await RunAsync("queues", "delete", "q", "--vhost", host, "--if-empty");
        Assert.Equal($"actorbroker: queue 'q' in virtual host '{host}' not found", await FailAsync(ExitCodes.NotFound, "queues", "delete", "q", "--vhost", host));
    }

    [Theory]
    [InlineData("a/b c%2F+ü")]
    [InlineData("?x=1&y#z")]
    [InlineData("..")]
    public async Task Names_may_hold_what_paths_are_made_of(string name)
    {
        var host = await VirtualHostAsync();

        await RunAsync("queues", "declare", name, "--vhost", host);
        await RunAsync("publish", name, "x", "--vhost", host);

        Assert.Equal("x\n", (await RunAsync("get", name, "--payload", "--vhost", host)).Output);
        await RunAsync("queues", "delete", name, "--vhost", host);
    }

    [Fact]
    public async Task A_list_is_cut_sorted_and_filtered()
    {
        var host = await VirtualHostAsync();
        foreach (var name in (string[])["b1", "a1", "a2"])
        {
            await RunAsync("queues", "declare", name, "--vhost", host);
        }

        var told = await RunAsync("queues", "list", "--vhost", host, "--columns", "name,durable", "--match", "^a", "--sort", "name", "--reverse");

        Assert.Equal(["name  durable", "a2    true", "a1    true"], told.Lines);
        Assert.Equal("""[{"name":"a1"},{"name":"a2"},{"name":"b1"}]""" + "\n", (await RunAsync("queues", "list", "--vhost", host, "--columns", "name", "--json")).Output);
        Assert.Contains("--match (", await FailAsync(ExitCodes.Misused, "queues", "list", "--match", "("), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchanges_are_declared_and_bound_and_unbound()
    {
        var host = await VirtualHostAsync();
        await RunAsync("exchanges", "declare", "x", "--type", "headers", "--vhost", host);
        await RunAsync("exchanges", "declare", "y", "--type", "fanout", "--transient", "--internal", "-a", "alternate-exchange=x", "--vhost", host);
        await RunAsync("queues", "declare", "q", "--vhost", host);

        await RunAsync("bindings", "add", "x", "q", "-a", "x-match=any", "-a", "n=1", "--vhost", host);
        await RunAsync("bindings", "add", "x", "y", "--to-exchange", "--key", "k/~", "--vhost", host);

        var bindings = await RunAsync("bindings", "list", "--vhost", host, "--sort", "source");
        Assert.Contains("""{"x-match":"any","n":1}""", bindings.Output, StringComparison.Ordinal);
        Assert.Contains("k/~", bindings.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)y +fanout +false +false +true +\{""alternate-exchange"":""x""\}", (await RunAsync("exchanges", "list", "--vhost", host, "--match", "^y$")).Output);
        await FailAsync(ExitCodes.NotFound, "bindings", "delete", "x", "q", "--vhost", host);
        await RunAsync("bindings", "delete", "x", "q", "-a", "n=1", "-a", "x-match=any", "--vhost", host);
        await RunAsync("bindings", "delete", "x", "y", "--to-exchange", "--key", "k/~", "--vhost", host);
        Assert.DoesNotContain((await RunAsync("bindings", "list", "--vhost", host, "--json")).Json.AsArray(), static binding => (string?)binding!["source"] == "x");
        await RunAsync("exchanges", "delete", "x", "--vhost", host);
    }

    [Fact]
    public async Task What_the_broker_refuses_is_said_in_its_words()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);

        Assert.Contains("inequivalent arg 'durable'", await FailAsync(ExitCodes.Failed, "queues", "declare", "q", "--transient", "--vhost", host), StringComparison.Ordinal);
        Assert.Contains("expected NAME=VALUE", await FailAsync(ExitCodes.Misused, "queues", "declare", "q", "-a", "x", "--vhost", host), StringComparison.Ordinal);
        Assert.Equal("actorbroker: virtual host 'none' not found", await FailAsync(ExitCodes.NotFound, "queues", "declare", "q", "--vhost", "none"));
    }

    [Fact]
    public async Task Messages_are_moved_to_another_queue()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "from", "--vhost", host);
        await RunAsync("queues", "declare", "to", "--vhost", host);
        await RunOnAsync("1\n2\n3\n", "publish", "from", "--lines", "--vhost", host);

        Assert.Equal("2 messages moved\n", (await RunAsync("queues", "move", "from", "to", "--count", "2", "--vhost", host)).Output);

        Assert.Equal("1\n2\n", (await RunAsync("get", "to", "--count", "5", "--payload", "--vhost", host)).Output);
    }
}
