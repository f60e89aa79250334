using System.Net;
using System.Net.Sockets;
using Xunit;

namespace ActorBroker.Server.Tests;

/// <summary>A start that cannot succeed: one line that says what and where, an exit code, no stack trace.</summary>
public sealed class StartRefusalSpec : IDisposable
{
    private const string AnyPort = "actorbroker.listeners.amqp.port=0";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task An_unknown_option_is_refused() => Refuses("--nonsense", "--nonsense");

    [Fact]
    public Task An_option_without_its_value_is_refused() => Refuses("--data", "--data");

    [Fact]
    public Task An_unknown_key_is_refused() =>
        Refuses("unknown key actorbroker.amqp091.hartbeat", "--data", _folder.Path, "--set", "actorbroker.amqp091.hartbeat=5s");

    [Fact]
    public Task A_bad_value_is_refused() =>
        Refuses("actorbroker.listeners.amqp.port = 99999", "--data", _folder.Path, "--set", "actorbroker.listeners.amqp.port=99999");

    [Fact]
    public Task A_profile_that_does_not_exist_is_refused() =>
        Refuses("--profile nonsense: expected embedded or cluster", "--data", _folder.Path, "--profile", "nonsense");

    [Fact]
    public Task A_node_to_join_that_is_no_address_is_refused() =>
        Refuses("actorbroker.cluster.join = nowhere: expected HOST:PORT", "--data", _folder.Path, "--join", "nowhere");

    [Fact]
    public Task Several_nodes_on_files_of_their_own_are_refused() =>
        Refuses(
            "several nodes share one journal, which takes postgresql",
            "--data", _folder.Path, "--join", "127.0.0.1:1", "--set", "actorbroker.journal.provider=sqlite", "--set", "actorbroker.listeners.http.enabled=off");

    [Fact]
    public Task A_configuration_file_that_is_absent_is_refused() =>
        Refuses(_folder.Child("none.conf"), "--data", _folder.Path, "--config", _folder.Child("none.conf"));

    [Fact]
    public Task A_data_folder_that_cannot_be_created_is_refused()
    {
        File.WriteAllText(_folder.Child("file"), "");

        return Refuses(_folder.Child("file/data"), "--data", _folder.Child("file/data"), "--set", AnyPort);
    }

    [Fact]
    public async Task A_data_folder_that_a_newer_version_wrote_is_refused()
    {
        await File.WriteAllTextAsync(_folder.Child("format"), "999");

        await Refuses("written by a newer version", "--data", _folder.Path, "--set", AnyPort);
    }

    [Fact]
    public async Task A_data_folder_that_another_process_holds_is_refused()
    {
        await using var held = new FileStream(_folder.Child("lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        await Refuses($"data folder {_folder.Path} is in use", "--data", _folder.Path, "--set", AnyPort);
    }

    [Fact]
    public async Task A_port_in_use_is_refused()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await Refuses(
            $"127.0.0.1:{port}",
            ["--data", _folder.Path, "--set", "actorbroker.listeners.amqp.host=127.0.0.1", "--set", $"actorbroker.listeners.amqp.port={port}", .. ServerProcess.WithoutHttp]);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("prometheus")]
    public async Task A_port_of_HTTP_in_use_is_refused_with_how_to_do_without(string listener)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await Refuses(
            $"listener {listener} cannot be bound to 127.0.0.1:{port}: ",
            [
                "--data", _folder.Path, "--set", AnyPort, .. ServerProcess.WithoutHttp, "--set", $"actorbroker.listeners.{listener}.enabled=on",
                "--set", $"actorbroker.listeners.{listener}.host=127.0.0.1", "--set", $"actorbroker.listeners.{listener}.port={port}",
            ]);
    }

    private static async Task Refuses(string reason, params string[] arguments)
    {
        using var server = ServerProcess.Start(arguments);

        var (exitCode, output, errors) = await server.WaitForExitAsync();

        Assert.NotEqual(0, exitCode);
        Assert.Empty(output);

        // A start that is slow before it is refused may log warnings, each with its time: those are not the answer.
        var answer = Assert.Single(errors.TrimEnd().Split('\n'), line => !char.IsAsciiDigit(line[0]));
        Assert.StartsWith("actorbroker: ", answer, StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
    }
}
