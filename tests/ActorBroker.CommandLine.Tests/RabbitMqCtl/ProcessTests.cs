using System.Diagnostics;
using ActorBroker.CommandLine.Tests.Commands;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

/// <summary>The tools as scripts call them: as programs beside the others.</summary>
[Collection(nameof(BrokerCollection))]
public sealed class ProcessTests(BrokerFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("rabbitmqctl", 0, "/\n", "-q", "--no-table-headers", "list_vhosts", "-s", "name", "--formatter", "table")]
    [InlineData("rabbitmq-diagnostics", 0, "Ping succeeded\n", "-q", "ping")]
    [InlineData("rabbitmqctl", 64, "", "list_vhosts", "nope")]
    public async Task A_tool_is_a_program_of_its_own(string name, int exitCode, string output, params string[] words)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? name + ".exe" : name), words)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ACTORBROKER_URL"] = fixture.Url;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Equal(exitCode == 0, (await errors).Length == 0);
        Assert.True(said.ReplaceLineEndings("\n").Contains(output, StringComparison.Ordinal), said);
    }
}
