using System.Text;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

/// <summary>Runs commands against a broker that the tests share; each makes virtual hosts and users of its own.</summary>
[Collection(nameof(BrokerCollection))]
public abstract class CommandSpec(BrokerFixture fixture)
{
    protected BrokerFixture Fixture => fixture;

    /// <summary>Runs a command as guest; it may fail.</summary>
    private protected Task<CommandRun> TryAsync(params string[] arguments) => CommandRun.OfAsync([.. arguments, "--url", fixture.Url]);

    /// <summary>Runs a command that succeeds.</summary>
    private protected async Task<CommandRun> RunAsync(params string[] arguments) => Well(await TryAsync(arguments));

    /// <summary>Runs a command that succeeds and reads this.</summary>
    private protected async Task<CommandRun> RunOnAsync(byte[] input, params string[] arguments) =>
        Well(await CommandRun.OfAsync([.. arguments, "--url", fixture.Url], input));

    private protected Task<CommandRun> RunOnAsync(string input, params string[] arguments) => RunOnAsync(Encoding.UTF8.GetBytes(input), arguments);

    /// <summary>Runs a command that fails as said.</summary>
    private protected async Task<string> FailAsync(int exitCode, params string[] arguments)
    {
        var run = await TryAsync(arguments);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("actorbroker: ", run.Errors, StringComparison.Ordinal);
        return Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Runs a command until its output is as it should be: some things are told a little later than they happen.</summary>
    private protected async Task<CommandRun> ToldAsync(Func<CommandRun, bool> isRight, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var run = await RunAsync(arguments);
            if (isRight(run))
            {
                return run;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>A virtual host of this test's own.</summary>
    protected async Task<string> VirtualHostAsync()
    {
        var name = $"v{Guid.NewGuid():N}";
        await RunAsync("vhosts", "add", name);
        return name;
    }

    private static CommandRun Well(CommandRun run)
    {
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        return run;
    }
}
