using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

/// <summary>What came of a command of RabbitMQ's tools.</summary>
internal sealed record CtlRun(int ExitCode, string Output, string Errors)
{
    public JsonNode Json => JsonNode.Parse(Output)!;

    /// <summary>Runs one in this process.</summary>
    public static async Task<CtlRun> OfAsync(
        string script, IReadOnlyList<string> words, IReadOnlyDictionary<string, string>? variables = null, string input = "")
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        using var from = new StringReader(input);
        var exitCode = await Tool.RunAsync(script, words, new Terminal(from, output, errors, name => variables?.GetValueOrDefault(name)));
        return new CtlRun(exitCode, output.ToString(), errors.ToString());
    }
}
