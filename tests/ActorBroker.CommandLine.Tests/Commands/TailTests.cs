using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class TailTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_a_stream_keeps_is_shown_from_its_last_messages_on_and_followed()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "s", "--type", "stream", "--vhost", host);
        await RunOnAsync("1\n2\n3\n", "publish", "s", "--lines", "--vhost", host);

        Assert.Equal("2\n3\n", (await RunAsync("tail", "s", "-n", "2", "--no-follow", "--payload", "--vhost", host)).Output);
        var following = RunAsync("tail", "s", "-n", "9", "--count", "4", "--payload", "--vhost", host);
        await RunAsync("publish", "s", "4", "--vhost", host);
        Assert.Equal("1\n2\n3\n4\n", (await following.WaitAsync(Limit)).Output);

        await RunAsync("publish", "s", "5", "--header", "kind=a", "--vhost", host);
        Assert.Equal("5\n", (await RunAsync("tail", "s", "--filter", "header.kind=a", "--no-follow", "--payload", "--vhost", host)).Output);
    }

    [Fact]
    public async Task What_is_in_a_queue_that_keeps_nothing_is_followed_and_stays()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);
        await RunOnAsync("1\n2\n3\n", "publish", "q", "--lines", "--vhost", host);

        var following = TryAsync("tail", "q", "-n", "9", "--count", "4", "--payload", "--vhost", host);
        await RunAsync("publish", "q", "4", "--vhost", host);

        var told = await following.WaitAsync(Limit);
        Assert.Equal((0, "1\n2\n3\n4\n"), (told.ExitCode, told.Output));
        Assert.Contains("keeps no history", told.Errors, StringComparison.Ordinal);
        Assert.Equal("1\n2\n3\n4\n", (await RunAsync("get", "q", "--count", "9", "--payload", "--vhost", host)).Output);
    }

    [Fact]
    public async Task What_cannot_be_followed_is_refused()
    {
        var host = await VirtualHostAsync();

        await FailAsync(ExitCodes.NotFound, "tail", "none", "--vhost", host);
        await FailAsync(ExitCodes.Misused, "tail", "--vhost", host);
        await FailAsync(ExitCodes.Misused, "tail", "--exchange", "amq.direct", "--vhost", host);
    }

    [Fact]
    public async Task What_comes_to_an_exchange_is_followed_by_a_queue_that_is_gone_afterwards()
    {
        var host = await VirtualHostAsync();
        var following = RunAsync("tail", "--exchange", "amq.topic", "--key", "a.#", "--count", "2", "--json", "--vhost", host);

        await UntilAsync(following, () => TryAsync("publish", "a.b", "x", "--exchange", "amq.topic", "--vhost", host));

        var messages = (await following.WaitAsync(Limit)).Lines;
        Assert.Equal(2, messages.Count);
        Assert.All(messages, static message => Assert.Contains("\"routing_key\":\"a.b\"", message, StringComparison.Ordinal));
        Assert.Empty((await RunAsync("queues", "list", "--vhost", host, "--json")).Json.AsArray());
    }

    [Fact]
    public async Task The_trace_of_a_virtual_host_is_on_while_it_is_followed()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);
        await RunAsync("queues", "declare", "other", "--vhost", host);
        var following = RunAsync("tail", "q", "--trace", "--count", "1", "--json", "--vhost", host);

        await using (var connection = await new ConnectionFactory
        {
            HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port, VirtualHost = host,
        }.CreateConnectionAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["h"] = 1 } };
            await UntilAsync(following, async () =>
            {
                await channel.BasicPublishAsync("", "other", "no"u8.ToArray());
                await channel.BasicPublishAsync("", "q", mandatory: false, properties, "yes"u8.ToArray());
            });
        }

        var traced = (await following.WaitAsync(Limit)).Json;
        Assert.Equal(("yes", "q", 1), ((string?)traced["payload"], (string?)traced["routing_key"], (int)traced["properties"]!["headers"]!["h"]!));
        Assert.False((bool)(await RunAsync("vhosts", "list", "--match", host, "--json")).Json[0]!["tracing"]!);
    }

    [Fact]
    public async Task Ctrl_C_ends_it_and_leaves_nothing_behind()
    {
        var host = await VirtualHostAsync();
        using var interrupted = new CancellationTokenSource();
        var following = CommandRun.OfAsync(["tail", "--exchange", "amq.fanout", "--vhost", host, "--url", Fixture.Url], cancelled: interrupted.Token);
        await ToldAsync(static told => told.Output.Contains("actorbroker.tail.", StringComparison.Ordinal), "queues", "list", "--vhost", host, "--json");

        await interrupted.CancelAsync();

        Assert.Equal((0, "", ""), await following.WaitAsync(Limit) is var run ? (run.ExitCode, run.Output, run.Errors) : default);
        Assert.Empty((await RunAsync("queues", "list", "--vhost", host, "--json")).Json.AsArray());
    }

    // What is published before the other command listens, nobody takes.
    private static async Task UntilAsync(Task following, Func<Task> publish)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!following.IsCompleted)
        {
            await publish();
            await Task.WhenAny(following, Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token));
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}
