using System.Net;
using System.Net.Sockets;
using Xunit;

namespace ActorBroker.Server.Tests;

public sealed class NodeSpec : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--help", "--set")]
    [InlineData("--version", "0.")]
    public async Task Questions_are_answered_on_standard_output(string option, string answer)
    {
        using var server = ServerProcess.Start(option);

        var (exitCode, output, errors) = await server.WaitForExitAsync();

        Assert.Equal(0, exitCode);
        Assert.Contains(answer, output, StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_ready_line_names_an_address_that_accepts_connections()
    {
        using var server = StartServer();

        var ready = await server.ReadLineAsync();

        Assert.NotNull(ready);
        Assert.Matches(@"^ActorBroker \d+\.\d+\.\d+ ready: amqp 127\.0\.0\.1:\d+$", ready);
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(ready[(ready.LastIndexOf(' ') + 1)..]));
        Assert.True(client.Connected);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_process_in_time_and_without_an_error(string signal)
    {
        using var server = StartServer();
        await server.ReadLineAsync();

        await server.SignalAsync(signal);
        var (exitCode, output, errors) = await server.WaitForExitAsync(StopLimit);

        Assert.Equal(0, exitCode);
        Assert.Empty(output);
        Assert.DoesNotContain(" error ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_process_is_kept_off_the_data_folder_until_the_first_has_ended()
    {
        using var first = StartServer();
        await first.ReadLineAsync();

        using var second = StartServer();
        var (exitCode, _, errors) = await second.WaitForExitAsync();
        Assert.NotEqual(0, exitCode);
        Assert.Contains("in use by another process", errors, StringComparison.Ordinal);

        await first.SignalAsync("KILL");
        await first.WaitForExitAsync();
        using var third = StartServer();
        Assert.NotNull(await third.ReadLineAsync());
    }

    [Fact]
    public async Task Every_event_of_the_log_is_one_line_with_its_time_and_level()
    {
        using var server = StartServer("actorbroker.log.level=debug");
        await server.ReadLineAsync();
        await server.SignalAsync("TERM");

        var (_, _, errors) = await server.WaitForExitAsync();

        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d{2}-\d{2}T\S+Z (debug|info|warning|error) ", line));
    }

    [Fact]
    public async Task A_configuration_file_is_laid_over_the_shipped_one()
    {
        await File.WriteAllTextAsync(_folder.Child("my.conf"), "actorbroker.log { level = info, format = json }");
        using var server = ServerProcess.Start(
            ["--config", _folder.Child("my.conf"), "--data", _folder.Child("data"), "--set", "actorbroker.listeners.amqp.port=0", .. ServerProcess.WithoutHttp]);
        await server.ReadLineAsync();
        await server.SignalAsync("TERM");

        var (_, _, errors) = await server.WaitForExitAsync();

        Assert.StartsWith("{\"Timestamp\"", errors, StringComparison.Ordinal);
        Assert.Equal("1", (await File.ReadAllTextAsync(Path.Combine(_folder.Child("data"), "format"))).Trim());
    }

    private ServerProcess StartServer(params string[] settings) =>
        ServerProcess.Start(
        [
            "--data",
            _folder.Child("data"),
            .. ServerProcess.WithoutHttp,
            .. new[] { "actorbroker.listeners.amqp.host=127.0.0.1", "actorbroker.listeners.amqp.port=0" }
                .Concat(settings)
                .SelectMany(setting => new[] { "--set", setting }),
        ]);
}
