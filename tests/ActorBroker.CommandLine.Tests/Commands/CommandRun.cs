using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Invocation;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

/// <summary>What came of a command.</summary>
internal sealed record CommandRun(int ExitCode, byte[] Bytes, string Errors)
{
    public string Output => Encoding.UTF8.GetString(Bytes);

    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonNode Json => JsonNode.Parse(Output)!;

    /// <summary>Runs a command in this process.</summary>
    public static async Task<CommandRun> OfAsync(
        IReadOnlyList<string> arguments, byte[]? input = null, IReadOnlyDictionary<string, string>? variables = null, CancellationToken cancelled = default)
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter();
        using var from = new MemoryStream(input ?? []);
        var console = new CommandConsole(output, errors, from, name => variables?.GetValueOrDefault(name));
        var root = new RootCommand();
        foreach (var command in ClientCommands.Create(console))
        {
            root.Subcommands.Add(command);
        }

        var parsed = root.Parse(arguments);
        Assert.Empty(parsed.Errors.Select(static error => error.Message));
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancelled);
        return new CommandRun(exitCode, output.ToArray(), errors.ToString());
    }
}
