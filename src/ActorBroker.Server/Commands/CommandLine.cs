using System.CommandLine;
using System.Runtime.CompilerServices;
using ActorBroker.CommandLine;
using ActorBroker.Connections.Listeners;
using ActorBroker.Contracts.Options;
using Akka.Actor;

namespace ActorBroker.Server.Commands;

/// <summary>
/// What the command line says, and how a mistake in it or a command that fails is answered: one line, no stack trace.
/// Without a command, the broker serves.
/// </summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("ActorBroker, a message broker that RabbitMQ clients can use unchanged.");
        ServeCommand.SetUp(root);
        root.Subcommands.Add(ServeCommand.Create());
        if (!IsToServe(arguments))
        {
            AddOthers(root);
        }

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return await RefuseAsync($"{parsed.Errors[0].Message} (see --help)", ExitCodes.Misused).ConfigureAwait(false);
        }

        try
        {
            // The node answers signals itself; the library's own handling would end the process under it.
            return await parsed
                .InvokeAsync(new InvocationConfiguration
                {
                    ProcessTerminationTimeout = IsToServe(arguments) ? null : PatienceOf(parsed),
                    EnableDefaultExceptionHandler = false,
                })
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is StartupException or BindException)
        {
            return await RefuseAsync(failure.Message, ExitCodes.Failed).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AskTimeoutException)
        {
            // The journal or the cluster does not answer.
            return await RefuseAsync($"cannot start: {failure.Message.ReplaceLineEndings(" ")}", ExitCodes.Failed).ConfigureAwait(false);
        }
    }

    // All but the questions of people, and commands by their names.
    private static bool IsToServe(string[] arguments) =>
        arguments is [] or ["serve", ..] || (arguments[0].StartsWith('-') && !arguments.Any(static one => one is "--help" or "-h" or "-?" or "--version"));

    // What a broker need not load is loaded by nothing but this.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOthers(RootCommand root)
    {
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(BackupCommand.Create());
        root.Subcommands.Add(RestoreCommand.Create());
        foreach (var command in ClientCommands.Create())
        {
            root.Subcommands.Add(command);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TimeSpan? PatienceOf(ParseResult parsed) =>
        ClientCommands.IsCancellable(parsed.CommandResult.Command) ? ClientCommands.InterruptionLimit : null;

    private static async Task<int> RefuseAsync(string reason, int exitCode)
    {
        await Console.Error.WriteLineAsync($"actorbroker: {reason}").ConfigureAwait(false);
        return exitCode;
    }
}
