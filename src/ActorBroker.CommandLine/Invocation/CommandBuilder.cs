using System.CommandLine;

namespace ActorBroker.CommandLine.Invocation;

/// <summary>Makes commands that share their options and the console.</summary>
internal sealed class CommandBuilder(CommandConsole console)
{
    /// <summary>What all commands have in common.</summary>
    public ConnectionOptions Connection { get; } = new();

    /// <summary>The virtual host, for the commands that are about one.</summary>
    public Option<string?> VirtualHost => Connection.VirtualHost;

    /// <summary>A command that does something.</summary>
    public Command Leaf(string name, string description, Func<CommandContext, Task> run, params ReadOnlySpan<Symbol> symbols) =>
        new ClientCommand(Connection, console, name, description, run, symbols);

    /// <summary>A command that only has others below it.</summary>
    public static Command Group(string name, string description, params ReadOnlySpan<Command> commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
        {
            group.Subcommands.Add(command);
        }

        return group;
    }
}
