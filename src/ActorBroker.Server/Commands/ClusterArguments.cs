using System.CommandLine;

namespace ActorBroker.Server.Commands;

/// <summary>The options of one of several nodes, as the settings that they stand for.</summary>
internal sealed class ClusterArguments
{
    private readonly Option<string[]> _join = new("--join")
    {
        Description = "A node of the cluster to be let in by, once it is up; may be repeated. Such a node never begins a cluster.",
        HelpName = "HOST:PORT",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _host = new("--node-host")
    {
        Description = "Name or address by which other nodes reach this one. [default: 127.0.0.1]",
        HelpName = "HOST",
    };

    private readonly Option<string?> _port = new("--node-port")
    {
        Description = "Port for other nodes. [default: 25672 with --profile cluster]",
        HelpName = "PORT",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_join);
        command.Options.Add(_host);
        command.Options.Add(_port);
    }

    public IEnumerable<string> SettingsOf(ParseResult parsed)
    {
        if (parsed.GetValue(_join) is { Length: > 0 } join)
        {
            yield return $"actorbroker.cluster.join=[{string.Join(", ", join.Select(static node => $"\"{node}\""))}]";
        }

        if (parsed.GetValue(_host) is { } host)
        {
            yield return $"actorbroker.cluster.host={host}";
        }

        if (parsed.GetValue(_port) is { } port)
        {
            yield return $"actorbroker.cluster.port={port}";
        }
    }
}
