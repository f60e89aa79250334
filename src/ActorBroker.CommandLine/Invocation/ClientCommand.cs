using System.CommandLine;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Invocation;

/// <summary>A command that asks the broker by its management API.</summary>
internal sealed class ClientCommand : Command
{
    private readonly ConnectionOptions _connection;
    private readonly CommandConsole _console;
    private readonly Func<CommandContext, Task> _run;

    /// <param name="connection">Which broker.</param>
    /// <param name="console">What it reads and writes.</param>
    /// <param name="name">Its word.</param>
    /// <param name="description">What it does, in a sentence.</param>
    /// <param name="run">Does it.</param>
    /// <param name="symbols">Its own arguments and options.</param>
    public ClientCommand(
        ConnectionOptions connection, CommandConsole console, string name, string description, Func<CommandContext, Task> run, params ReadOnlySpan<Symbol> symbols)
        : base(name, description)
    {
        (_connection, _console, _run) = (connection, console, run);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                Arguments.Add(argument);
            }
            else
            {
                Options.Add((Option)symbol);
            }
        }

        connection.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ended)
    {
        try
        {
            var endpoint = _connection.EndpointOf(parsed, _console);
            using var client = new ManagementClient(endpoint);
            var result = new ResultWriter(_console, parsed.GetValue(_connection.Json));
            var context = new CommandContext(parsed, client, _console, result, _connection.VirtualHostOf(parsed, _console), ended);
            try
            {
                await _run(context).ConfigureAwait(false);
                return ExitCodes.Done;
            }
            catch (ApiException failure) when (ExitCodes.Of(failure) == ExitCodes.NotAuthorised)
            {
                return Refuse($"{failure.Message} (as user {endpoint.User}; see --user and --password)", ExitCodes.NotAuthorised);
            }
        }
        catch (ApiException failure)
        {
            return Refuse(failure.MessageForPeople, ExitCodes.Of(failure));
        }
        catch (ApiUnreachableException failure)
        {
            return Refuse($"{failure.Message} ({Advice})", ExitCodes.Unreachable);
        }
        catch (FormatException failure)
        {
            return Refuse($"{failure.Message} (see --help)", ExitCodes.Misused);
        }
        catch (Exception failure) when (failure is CommandFailedException or IOException or UnauthorizedAccessException)
        {
            return Refuse(failure.Message, ExitCodes.Failed);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    private const string Advice =
        "is the broker running? It serves the API unless actorbroker.listeners.http.enabled = off, at the address that its ready line names; --url says where to ask";

    private int Refuse(string reason, int exitCode)
    {
        _console.Errors.WriteLine($"actorbroker: {TextCell.OneLine(reason)}");
        return exitCode;
    }
}
