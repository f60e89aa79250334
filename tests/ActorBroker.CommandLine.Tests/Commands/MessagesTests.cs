using System.Text.Json.Nodes;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class MessagesTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Fact]
    public async Task Messages_are_listed_by_position_and_filtered_and_stay()
    {
        var host = await FilledAsync();

        var list = await RunAsync("messages", "list", "q", "--vhost", host);
        Assert.Equal(4, list.Lines.Count(static line => line.StartsWith('#')));
        Assert.Equal("b2\nb3\n", (await RunAsync("messages", "list", "q", "--filter", "text=b", "--payload", "--vhost", host)).Output);
        Assert.Equal("a1\n", (await RunAsync("messages", "list", "q", "--count", "1", "--payload", "--vhost", host)).Output);
        Assert.Equal("b3\na4\n", (await RunAsync("messages", "list", "q", "--last", "2", "--payload", "--vhost", host)).Output);
        Assert.Equal("a1\nb2\nb3\na4\n", (await RunAsync("get", "q", "--count", "9", "--payload", "--vhost", host)).Output);
    }

    [Fact]
    public async Task Messages_are_deleted_moved_and_copied_one_by_one()
    {
        var host = await FilledAsync();
        await RunAsync("queues", "declare", "to", "--vhost", host);
        var listed = (await RunAsync("messages", "list", "q", "--json", "--vhost", host)).Json.AsArray().ToDictionary(
            static item => (string)item!["payload"]!, static item => ((JsonValue)item!["position"]!).ToString());

        Assert.Equal("2 messages moved\n", (await RunAsync("messages", "move", "q", "to", listed["b2"], listed["a4"], "--vhost", host)).Output);
        Assert.Equal("1 messages copied\n", (await RunAsync("messages", "copy", "q", "to", listed["b3"], "--vhost", host)).Output);
        Assert.Equal("1 messages deleted\n", (await RunAsync("messages", "delete", "q", listed["b3"], "--dead-letter", "--vhost", host)).Output);

        Assert.Equal("a1\n", (await RunAsync("messages", "list", "q", "--payload", "--vhost", host)).Output);
        Assert.Equal("b2\na4\nb3\n", (await RunAsync("messages", "list", "to", "--payload", "--vhost", host)).Output);
        await ToldAsync(static told => told.Output == "b3\n", "messages", "list", "dead", "--payload", "--vhost", host);
        Assert.Contains("1 left", (await RunAsync("messages", "delete", "q", listed["b3"], "--vhost", host)).Output, StringComparison.Ordinal);
    }

    private async Task<string> FilledAsync()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "dead", "--vhost", host);
        await RunAsync("queues", "declare", "q", "-a", "x-dead-letter-exchange=", "-a", "x-dead-letter-routing-key=dead", "--vhost", host);
        await RunOnAsync("a1\nb2\nb3\na4\n", "publish", "q", "--lines", "--vhost", host);
        return host;
    }
}
