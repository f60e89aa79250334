using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class ReplayTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Fact]
    public async Task A_part_of_what_a_stream_keeps_is_published_again()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "s", "--type", "stream", "--vhost", host);
        await RunAsync("queues", "declare", "q", "--vhost", host);
        await RunOnAsync("1\n2\n3\n", "publish", "s", "--lines", "--vhost", host);
        await RunAsync("publish", "s", "4", "--header", "kind=a", "--vhost", host);

        var all = await RunAsync("replay", "s", "q", "--from", "1", "--until", "3", "--vhost", host);
        await RunAsync("replay", "s", "q", "--filter", "header.kind=a", "--vhost", host);
        await RunAsync("replay", "s", "amq.fanout", "--to-exchange", "--from", "2200-01-01T00:00:00Z", "--vhost", host);

        Assert.StartsWith("2 of 2 messages replayed", all.Output, StringComparison.Ordinal);
        Assert.Equal("2\n3\n4\n", (await RunAsync("get", "q", "--count", "9", "--payload", "--vhost", host)).Output);
        Assert.NotNull((await RunAsync("replay", "s", "q", "--no-wait", "--json", "--vhost", host)).Json["id"]);
    }

    [Fact]
    public async Task What_cannot_be_replayed_is_refused()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "s", "--type", "stream", "--vhost", host);

        await FailAsync(ExitCodes.Misused, "replay", "s", "q", "--from", "yesterday", "--vhost", host);
        await FailAsync(ExitCodes.Misused, "replay", "s", "q", "--filter", "colour=red", "--vhost", host);
        await FailAsync(ExitCodes.NotFound, "replay", "none", "q", "--vhost", host);
    }
}
