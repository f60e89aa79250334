using System.CommandLine;
using ActorBroker.Server.Composition;

namespace ActorBroker.Server.Commands;

/// <summary>The options that say which node a command is about; each command has its own.</summary>
internal sealed class NodeOptions
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Folder of everything that the broker keeps, created when absent. [default: ./data]",
        HelpName = "DIR",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "HOCON file laid over the shipped configuration.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "One setting, such as actorbroker.listeners.amqp.port=5673; may be repeated, the last one wins.",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _profile = new("--profile")
    {
        Description = "embedded: one node, its journal in the data folder. cluster: one of several nodes. [default: embedded, or cluster where other nodes are named]",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_profile);
        command.Options.Add(_data);
        command.Options.Add(_config);
        command.Options.Add(_set);
    }

    public NodeArguments Of(ParseResult parsed) => new(parsed.GetValue(_data), parsed.GetValue(_config), parsed.GetValue(_set) ?? [], parsed.GetValue(_profile));
}
