using ActorBroker.CommandLine.Tests.Commands;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

/// <summary>
/// Runs commands of RabbitMQ's tools against a broker that the tests share; each makes virtual hosts and users of its own.
/// Texts and codes are those of RabbitMQ 3.10.8's own tools.
/// </summary>
[Collection(nameof(BrokerCollection))]
public abstract class CtlSpec(BrokerFixture fixture)
{
    /// <summary>The node that is named to all commands, since its name is in many texts.</summary>
    protected const string Node = "node@here";

    protected BrokerFixture Fixture => fixture;

    private Dictionary<string, string> Variables => new() { ["ACTORBROKER_URL"] = fixture.Url };

    /// <summary>Runs a command as guest; it may fail.</summary>
    private protected Task<CtlRun> TryAsync(params string[] words) => CtlRun.OfAsync("rabbitmqctl", ["-n", Node, .. words], Variables);

    /// <summary>Runs a command that reads this.</summary>
    private protected Task<CtlRun> TryOnAsync(string input, params string[] words) => CtlRun.OfAsync("rabbitmqctl", ["-n", Node, .. words], Variables, input);

    /// <summary>Runs a command of the other tool.</summary>
    private protected Task<CtlRun> DiagnoseAsync(params string[] words) => CtlRun.OfAsync("rabbitmq-diagnostics", ["-n", Node, .. words], Variables);

    /// <summary>What a command that succeeds prints.</summary>
    protected async Task<string> OutputAsync(params string[] words)
    {
        var run = await TryAsync(words);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        return run.Output;
    }

    /// <summary>The lines of a list, without its banner and its header, in the order of their letters.</summary>
    protected async Task<IReadOnlyList<string>> LinesAsync(params string[] words) =>
        [.. (await OutputAsync(["-s", .. words])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    /// <summary>Runs a command that fails with this code, and says this.</summary>
    protected async Task FailsAsync(int exitCode, string errors, params string[] words)
    {
        var run = await TryAsync(words);
        Assert.Equal((exitCode, errors), (run.ExitCode, run.Errors));
    }

    /// <summary>Asks until the answer is right: some things are told a little later than they happen.</summary>
    protected async Task<string> ToldAsync(Func<string, bool> isRight, params string[] words)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var output = await OutputAsync(words);
            if (isRight(output))
            {
                return output;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>A name of this test's own.</summary>
    protected static string NewName(string kind) => $"{kind}{Guid.NewGuid():N}";

    /// <summary>A virtual host of this test's own, in which guest may do everything.</summary>
    protected async Task<string> VirtualHostAsync()
    {
        var name = NewName("v");
        await OutputAsync("add_vhost", name);
        await OutputAsync("set_permissions", "-p", name, "guest", ".*", ".*", ".*");
        return name;
    }
}
