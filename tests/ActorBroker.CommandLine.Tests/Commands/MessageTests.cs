using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class MessageTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Fact]
    public async Task A_message_is_published_with_properties_and_shown_with_them()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);

        await RunAsync(
            "publish", "q", "ünder\nline", "--persistent", "--content-type", "text/plain", "--header", "n=1", "--header", "t=x y", "--property", "priority=5", "--vhost", host);

        var shown = await RunAsync("get", "q", "--vhost", host);
        Assert.Equal(
            ["exchange=(default) key=q 11 bytes persistent content_type=text/plain priority=5", "  headers {\"n\":1,\"t\":\"x y\"}", "  ünder", "  line"],
            shown.Lines);
        var json = Assert.Single((await RunAsync("get", "q", "--vhost", host, "--json")).Json.AsArray())!;
        Assert.Equal(("ünder\nline", 1, true), ((string?)json["payload"], (int)json["properties"]!["headers"]!["n"]!, (bool)json["redelivered"]!));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_through_a_file_and_a_pipe_unchanged()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);
        byte[] body = [.. Enumerable.Range(0, 256).Select(static number => (byte)number)];
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, body);

        await RunAsync("publish", "q", "--file", file, "--vhost", host);
        await RunOnAsync(body, "publish", "q", "--vhost", host);

        File.Delete(file);
        var got = await RunAsync("get", "q", "--count", "2", "--payload", "--ack", "--vhost", host);
        byte[] both = [.. body, (byte)'\n', .. body, (byte)'\n'];
        Assert.Equal(both, got.Bytes);
        Assert.Empty((await RunAsync("get", "q", "--vhost", host)).Output);
    }

    [Fact]
    public async Task A_message_that_no_queue_takes_is_a_failure()
    {
        var host = await VirtualHostAsync();

        Assert.Contains("no queue takes the message", await FailAsync(ExitCodes.Failed, "publish", "none", "x", "--vhost", host), StringComparison.Ordinal);
        var json = await TryAsync("publish", "none", "x", "--vhost", host, "--json");
        Assert.Equal((ExitCodes.Failed, """{"published":1,"routed":0}""" + "\n"), (json.ExitCode, json.Output));
        await FailAsync(ExitCodes.NotFound, "publish", "k", "x", "--exchange", "none", "--vhost", host);
        await FailAsync(ExitCodes.NotFound, "get", "none", "--vhost", host);
    }

    [Fact]
    public async Task Rejected_messages_are_dead_lettered_and_long_ones_cut()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "dead", "--vhost", host);
        await RunAsync("queues", "declare", "q", "-a", "x-dead-letter-exchange=", "-a", "x-dead-letter-routing-key=dead", "--vhost", host);
        await RunAsync("publish", "q", "abcdef", "--vhost", host);

        Assert.Equal("abc\n", (await RunAsync("get", "q", "--reject", "--payload", "--max-bytes", "3", "--vhost", host)).Output);

        var dead = await ToldAsync(static told => told.Output.Length > 3, "get", "dead", "--json", "--vhost", host);
        Assert.Equal("abcdef", (string?)dead.Json[0]!["payload"]);
        Assert.Contains("exclude each other", await FailAsync(ExitCodes.Misused, "get", "q", "--ack", "--reject", "--vhost", host), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_of_others_do_not_reach_the_output_as_such()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);
        await RunAsync("publish", "q", "a\u001b[2Jb\tc", "--vhost", host);

        Assert.Equal("  a\\u001b[2Jb\tc", (await RunAsync("get", "q", "--vhost", host)).Lines[1]);
    }
}
