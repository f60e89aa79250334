using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Commands;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl;

/// <summary>Runs one command, in the steps in which RabbitMQ's tools do it, so that each mistake is met in the same order.</summary>
internal static class Tool
{
    /// <summary>Runs what the words say.</summary>
    /// <param name="script">The tool's name: it decides which commands there are.</param>
    /// <param name="words">The command line.</param>
    /// <param name="terminal">What is read and written.</param>
    /// <returns>What the process ends with.</returns>
    public static async Task<int> RunAsync(string script, IReadOnlyList<string> words, Terminal terminal)
    {
        if (words is ["--version"])
        {
            words = ["version"];
        }

        var all = ArgumentReader.Read(words, Switch.OfAllCommands);
        script = all.Options.TryGetValue("script-name", out var given) && given is string name ? name : script;
        var table = CommandTable.Of(script);
        if (words is ["--help"])
        {
            return Print(terminal.Out, HelpText.OfAll(script, table), ExitCodes.Done);
        }

        if (all.Arguments.Count == 0)
        {
            return Print(terminal.Error, HelpText.OfAll(script, table), ExitCodes.Usage);
        }

        if (!table.TryGetValue(all.Arguments[0], out var command))
        {
            return Print(terminal.Error, HelpText.OfUnknown(script, table, all.Arguments[0]), ExitCodes.Usage);
        }

        var formatter = Formatters.Named(all.Options.GetValueOrDefault("formatter") as string) ?? command.Formatter;
        var read = ArgumentReader.Read(words, command.AllSwitches(formatter));
        if (read.Invalid.Count > 0)
        {
            var invalid = read.Invalid.Select(static one => $"{one.Switch} : {one.Value}").Prepend("Invalid options for this command:");
            return RefuseArguments(script, command, words, terminal, new BadArgumentsException(string.Join('\n', invalid)));
        }

        using var request = new Request(script, command, [.. read.Arguments.Skip(1)], read.Options, terminal);
        return request.Flag("help")
            ? Print(terminal.Out, HelpText.Of(script, command), ExitCodes.Done)
            : await RunAsync(request, words).ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(Request request, IReadOnlyList<string> words)
    {
        try
        {
            CheckArguments(request);
            return await RunAsync(request).ConfigureAwait(false);
        }
        catch (BadArgumentsException failure)
        {
            return RefuseArguments(request.Script, request.Command, words, request.Terminal, failure);
        }
        catch (CommandFailedException failure)
        {
            if (request.IsJson && failure.Json is { } json)
            {
                return Print(request.Terminal.Error, TermJson.Write(json), ExitCodes.Unavailable);
            }

            return failure.Message.Length == 0 ? failure.ExitCode : Print(request.Terminal.Error, failure.Message, failure.ExitCode);
        }
        catch (FormatException failure)
        {
            return Print(request.Terminal.Error, $"Error:\n{failure.Message}", ExitCodes.Data);
        }
        catch (ApiException failure)
        {
            return Print(request.Terminal.Error, BrokerErrors.TextOf(request, failure), ExitCodes.Unavailable);
        }
        catch (ApiUnreachableException failure)
        {
            return Print(request.Terminal.Error, BrokerErrors.TextOf(request, failure), ExitCodes.Unavailable);
        }
        catch (OperationCanceledException)
        {
            var used = request.Timeout?.TotalMilliseconds ?? 0;
            return Print(
                request.Terminal.Error, $"Error: operation {request.Command.Name} on node {request.Node} timed out. Timeout value used: {used:0}", ExitCodes.Temporary);
        }
    }

    private static async Task<int> RunAsync(Request request)
    {
        var command = request.Command;
        request.StartTimeout();
        if (!command.IsOffline)
        {
            await request.ConnectAsync().ConfigureAwait(false);
            if (!request.IsRunning && !command.IsForStopped)
            {
                throw BadArgumentsException.NodeStopped();
            }

            command.CheckNode?.Invoke(request);
        }

        if (!request.IsBrief && !Formatters.IsForPrograms(request.Formatter) && command.Banner(request) is { } banner)
        {
            await request.Terminal.Out.WriteLineAsync(banner).ConfigureAwait(false);
        }

        if (request.Flag("dry-run"))
        {
            return ExitCodes.Done;
        }

        var outcome = await command.Run(request).ConfigureAwait(false);
        if (outcome is Outcome.Raw raw)
        {
            await request.Terminal.Out.WriteAsync(raw.Text).ConfigureAwait(false);
            return ExitCodes.Done;
        }

        var hasHeaders = !request.IsSilent && (command.HasHeaders ? !request.IsOff("table-headers") : request.Flag("table-headers"));
        foreach (var line in ResultText.Of(outcome, request.Formatter, request.Node, hasHeaders))
        {
            await request.Terminal.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }

    private static void CheckArguments(Request request)
    {
        var (min, max) = request.Command.Takes;
        if (request.Arguments.Count < min)
        {
            throw new BadArgumentsException("not enough arguments.");
        }

        if (request.Arguments.Count > max)
        {
            throw new BadArgumentsException("too many arguments.");
        }

        request.Command.Check?.Invoke(request);
    }

    private static int RefuseArguments(string script, Command command, IReadOnlyList<string> words, Terminal terminal, BadArgumentsException problem) =>
        Print(
            terminal.Error,
            $"{problem.Title}: {problem.Message}\nArguments given:\n\t{string.Join(' ', words)}\n{HelpText.UsageOf(script, command)}",
            problem.ExitCode);

    private static int Print(TextWriter to, string text, int exitCode)
    {
        to.WriteLine(text);
        return exitCode;
    }
}
