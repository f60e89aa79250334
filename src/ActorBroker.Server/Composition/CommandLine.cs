using Akka.Actor;
using System.CommandLine;
using ActorBroker.Connections.Listeners;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Server.Composition;

/// <summary>What the command line says, and how a mistake in it or at start is answered: one line, no stack trace.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int Misused = 2;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var data = new Option<string?>("--data")
        {
            Description = "Folder of everything that the broker keeps, created when absent. [default: ./data]",
            HelpName = "DIR",
        };
        var config = new Option<string?>("--config")
        {
            Description = "HOCON file laid over the shipped configuration.",
            HelpName = "FILE",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "One setting, such as actorbroker.listeners.amqp.port=5673; may be repeated, the last one wins.",
            HelpName = "KEY=VALUE",
            AllowMultipleArgumentsPerToken = false,
        };
        var root = new RootCommand("ActorBroker, a message broker that RabbitMQ clients can use unchanged.") { data, config, set };
        root.SetAction((parsed, _) => StartAsync(
            new NodeArguments(parsed.GetValue(data), parsed.GetValue(config), parsed.GetValue(set) ?? [])));

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return await RefuseAsync($"{parsed.Errors[0].Message} (see --help)", Misused).ConfigureAwait(false);
        }

        // The node answers signals itself; the library's own handling would end the process under it.
        return await parsed
            .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false })
            .ConfigureAwait(false);
    }

    private static async Task<int> StartAsync(NodeArguments arguments)
    {
        try
        {
            return await Node.RunAsync(arguments).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is StartupException or BindException)
        {
            return await RefuseAsync(failure.Message, Failed).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AskTimeoutException)
        {
            // The journal or the cluster does not answer.
            return await RefuseAsync($"cannot start: {failure.Message.ReplaceLineEndings(" ")}", Failed).ConfigureAwait(false);
        }
    }

    private static async Task<int> RefuseAsync(string reason, int exitCode)
    {
        await Console.Error.WriteLineAsync($"actorbroker: {reason}").ConfigureAwait(false);
        return exitCode;
    }
}
