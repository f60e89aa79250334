using System.CommandLine;
using ActorBroker.CommandLine.Access;
using ActorBroker.CommandLine.Clients;
using ActorBroker.CommandLine.Definitions;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Messages;
using ActorBroker.CommandLine.Nodes;
using ActorBroker.CommandLine.Output;
using ActorBroker.CommandLine.Policies;
using ActorBroker.CommandLine.Topology;
using ActorBroker.PerfTest;
using ActorBroker.PerfTest.Options;

namespace ActorBroker.CommandLine;

/// <summary>
/// The commands that talk to a running broker. A process that serves never gets here, and so loads neither this nor what it
/// draws and asks with.
/// </summary>
public static class ClientCommands
{
    /// <summary>How long a command that is interrupted may take to leave things as it found them.</summary>
    public static readonly TimeSpan InterruptionLimit = TimeSpan.FromSeconds(8);

    /// <summary>All of them, for this process's streams.</summary>
    public static IEnumerable<Command> Create() => Create(CommandConsole.OfProcess());

    /// <summary>Whether the command is ended by Ctrl-C through its cancellation, for which it has <see cref="InterruptionLimit"/>.</summary>
    public static bool IsCancellable(Command command) => command is ClientCommand;

    internal static IEnumerable<Command> Create(CommandConsole console)
    {
        var commands = new CommandBuilder(console);
        return
        [
            StatusCommand.Create(commands),
            QueueCommands.Create(commands),
            ExchangeCommands.Create(commands),
            BindingCommands.Create(commands),
            ConnectionCommands.Create(commands),
            ChannelCommands.Create(commands),
            ChannelCommands.CreateConsumers(commands),
            PublishCommand.Create(commands),
            GetCommand.Create(commands),
            MessagesCommands.Create(commands),
            TailCommand.Create(commands),
            ReplayCommand.Create(commands),
            DefinitionsCommands.Create(commands),
            UserCommands.Create(commands),
            VirtualHostCommands.Create(commands),
            PermissionCommands.Create(commands),
            PolicyCommands.Create(commands, "policies", "policies"),
            PolicyCommands.Create(commands, "operator-policies", "operators' policies"),
            AuditCommand.Create(commands),
            PerfTool.SetUp(PerfCommand.Named("perf"), "actorbroker", run => ProgressBar.ShowAsync(console, "Measuring", part => Task.Run(() => run(part))).GetAwaiter().GetResult()),
        ];
    }
}
