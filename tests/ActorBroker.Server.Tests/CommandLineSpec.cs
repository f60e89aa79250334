using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace ActorBroker.Server.Tests;

/// <summary>Commands of the executable against a broker that is one, too.</summary>
public sealed class CommandLineSpec : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commands_talk_to_a_broker_that_has_loaded_nothing_of_theirs()
    {
        using var broker = StartBroker();
        var ready = await broker.ReadLineAsync();
        var url = "http://" + Regex.Match(ready!, @"http (\S+:\d+)").Groups[1].Value;
        var amqp = "amqp://" + Regex.Match(ready!, @"amqp (\S+:\d+)").Groups[1].Value;

        var (exitCode, output, errors) = await RunAsync("status", "--url", url, "--json");
        Assert.Equal((0, ""), (exitCode, errors));
        using var status = JsonDocument.Parse(output);
        Assert.Equal(1, status.RootElement.GetProperty("nodes").GetArrayLength());

        (exitCode, output, _) = await RunAsync("perf", "--uri", amqp, "--count", "100", "--json");
        Assert.Equal(0, exitCode);
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(100, summary.RootElement.GetProperty("consumed").GetInt64());

        if (OperatingSystem.IsLinux())
        {
            var loaded = await broker.MapsAsync();
            Assert.Contains("ActorBroker.Broker.dll", loaded, StringComparison.Ordinal);
            Assert.DoesNotContain("Spectre", loaded, StringComparison.Ordinal);
            Assert.DoesNotContain("ActorBroker.CommandLine", loaded, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_interrupted_command_leaves_things_as_it_found_them()
    {
        using var broker = StartBroker();
        var url = "http://" + Regex.Match((await broker.ReadLineAsync())!, @"http (\S+:\d+)").Groups[1].Value;
        using var tail = ServerProcess.Start("tail", "--exchange", "amq.fanout", "--url", url);
        while (!(await RunAsync("queues", "list", "--url", url)).Output.Contains("actorbroker.tail.", StringComparison.Ordinal))
        {
            Assert.False(tail.HasExited);
        }

        await tail.SignalAsync("INT");

        Assert.Equal((0, "", ""), await tail.WaitForExitAsync());
        Assert.Equal("[]", (await RunAsync("queues", "list", "--json", "--url", url)).Output.Trim());
    }

    [Fact]
    public async Task A_wrong_command_line_is_answered_in_one_line()
    {
        var (exitCode, output, errors) = await RunAsync("queues", "lst");

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("actorbroker: ", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var command = ServerProcess.Start(arguments);
        return await command.WaitForExitAsync();
    }

    private ServerProcess StartBroker()
    {
        string[] settings =
        [
            "actorbroker.listeners.amqp.host=127.0.0.1", "actorbroker.listeners.amqp.port=0", "actorbroker.listeners.http.enabled=on",
            "actorbroker.listeners.http.host=127.0.0.1", "actorbroker.listeners.http.port=0", "actorbroker.listeners.prometheus.enabled=off",
        ];
        return ServerProcess.Start(["--data", _folder.Child("data"), .. settings.SelectMany(static setting => new[] { "--set", setting })]);
    }
}
