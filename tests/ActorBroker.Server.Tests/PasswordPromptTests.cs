using System.Text.RegularExpressions;
using Xunit;

namespace ActorBroker.Server.Tests;

/// <summary>Passwords that somebody types at a terminal: asked for, not shown, and taken.</summary>
public sealed partial class PasswordPromptTests : IAsyncLifetime, IDisposable
{
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly TemporaryFolder _folder = new();
    private ServerProcess _server = null!;
    private string _url = null!;

    public async Task InitializeAsync()
    {
        _server = ServerProcess.Start(
        [
            "--data", _folder.Child("data"), "--set", "actorbroker.listeners.amqp.enabled=off", "--set", "actorbroker.listeners.prometheus.enabled=off",
            "--set", "actorbroker.listeners.http.host=127.0.0.1", "--set", "actorbroker.listeners.http.port=0",
        ]);
        _url = $"http://{Place().Match((await _server.ReadLineAsync())!).Groups["place"].Value}";
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_new_password_is_asked_for_twice_and_the_users_own_at_each_command()
    {
        using (var add = TypedProcess.Start("actorbroker.dll", NoVariables, "users", "add", "typist", "--tags", "monitoring", "--url", _url))
        {
            await add.SeesAsync("New password of typist:");
            await add.TypeAsync("s3cr3t-ä");
            await add.SeesAsync("Once more:");
            await add.TypeAsync("s3cr3t-ä");
            AssertUnseen(0, "user 'typist' added", await add.EndAsync());
        }

        using (var differing = TypedProcess.Start("actorbroker.dll", NoVariables, "users", "set-password", "typist", "--url", _url))
        {
            await differing.SeesAsync("New password of typist:");
            await differing.TypeAsync("s3cr3t-1");
            await differing.SeesAsync("Once more:");
            await differing.TypeAsync("s3cr3t-2");
            AssertUnseen(1, "the two passwords differ", await differing.EndAsync());
        }

        foreach (var (password, exitCode, told) in new[] { ("s3cr3t-ä", 0, "Password of typist:"), ("s3cr3t-1", 6, "as user typist") })
        {
            using var status = TypedProcess.Start("actorbroker.dll", NoVariables, "status", "--user", "typist", "--url", _url);
            await status.SeesAsync("Password of typist:");
            await status.TypeAsync(password);
            AssertUnseen(exitCode, told, await status.EndAsync());
        }
    }

    [Fact]
    public async Task Rabbitmqctl_asks_for_the_password_that_is_not_on_its_command_line()
    {
        var variables = new Dictionary<string, string> { ["ACTORBROKER_URL"] = _url };
        using (var add = TypedProcess.Start("rabbitmqctl.dll", variables, "add_user", "typist"))
        {
            await add.SeesAsync("Password: ");
            await add.TypeAsync("s3cr3r\x7ft");
            AssertUnseen(0, "Adding user \"typist\"", await add.EndAsync());
        }

        using var authenticate = TypedProcess.Start("rabbitmqctl.dll", variables, "authenticate_user", "typist");
        await authenticate.SeesAsync("Password: ");
        await authenticate.TypeAsync("s3cr3t");
        AssertUnseen(0, "Success", await authenticate.EndAsync());
    }

    private static void AssertUnseen(int exitCode, string told, (int ExitCode, string Screen) end)
    {
        Assert.Contains(told, end.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr", end.Screen, StringComparison.Ordinal);
        Assert.Equal(exitCode, end.ExitCode);
    }

    [GeneratedRegex(@"http (?<place>[^\s,]+:\d+)")]
    private static partial Regex Place();
}
