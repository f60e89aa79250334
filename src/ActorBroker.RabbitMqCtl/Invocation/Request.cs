using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Formatting;

namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>One call of a command: what was given, whom to ask, how to answer.</summary>
internal sealed class Request : IDisposable
{
    private readonly IReadOnlyDictionary<string, object> _options;
    private readonly CancellationTokenSource _ended = new();
    private ManagementClient? _client;

    public Request(string script, Command command, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, object> options, Terminal terminal)
    {
        (Script, Command, Arguments, Terminal, _options) = (script, command, arguments, terminal, options);
        Formatter = Formatters.Named(Text("formatter")) ?? command.Formatter;
        Timeout = Number("timeout") is { } seconds ? TimeSpan.FromSeconds(seconds) : command.TimeoutDefault is { } most ? TimeSpan.FromSeconds(most) : null;
        Node = NodeName.Given(Text("node"));
    }

    /// <summary>The tool's name.</summary>
    public string Script { get; }

    public Command Command { get; }

    /// <summary>The arguments after the command's name.</summary>
    public IReadOnlyList<string> Arguments { get; }

    public Terminal Terminal { get; }

    public FormatterKind Formatter { get; }

    /// <summary>How long it may take; null for as long as it takes.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>What the node that is meant is called: as it was given, or as it calls itself.</summary>
    public string Node { get; private set; }

    /// <summary>The broker's node that is meant: the one given where there is such a one, or the one that answers.</summary>
    public string BrokerNode { get; private set; } = string.Empty;

    /// <summary>Whether the node that answers is the one that is meant.</summary>
    public bool IsAnsweredByNode { get; private set; } = true;

    /// <summary>Whether the node that answers serves clients; the other case is that it was stopped.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Whether a node was given.</summary>
    public bool IsNodeGiven => _options.ContainsKey("node");

    /// <summary>The virtual host that is meant.</summary>
    public string VirtualHost => Text("vhost") ?? "/";

    public bool IsQuiet => Flag("quiet");

    public bool IsSilent => Flag("silent");

    /// <summary>Whether only what was asked for is printed.</summary>
    public bool IsBrief => IsQuiet || IsSilent;

    public bool IsJson => Formatter == FormatterKind.Json;

    /// <summary>Ends when the time is over.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The broker.</summary>
    public ManagementClient Client => _client ??= new ManagementClient(BrokerAddress.Of(Terminal));

    public bool Flag(string name) => _options.TryGetValue(name, out var value) && value is true;

    /// <summary>Whether it is said that something shall not be.</summary>
    public bool IsOff(string name) => _options.TryGetValue(name, out var value) && value is false;

    public string? Text(string name) => _options.TryGetValue(name, out var value) ? value as string : null;

    public long? Number(string name) => _options.TryGetValue(name, out var value) ? value as long? : null;

    /// <summary>Finds out who answers.</summary>
    /// <exception cref="ApiUnreachableException">Nobody does.</exception>
    /// <exception cref="ApiException">It refuses.</exception>
    public async Task ConnectAsync()
    {
        var answer = await Client.GetAsync(ApiPath.Of("node"), Ended).ConfigureAwait(false);
        BrokerNode = (string?)answer?["name"] ?? Node;
        IsRunning = (bool?)answer?["running"] == true;
        if (!IsNodeGiven)
        {
            Node = BrokerNode;
            return;
        }

        if (!IsRunning)
        {
            return;
        }

        var nodes = await Client.ListAsync(ApiPath.Of("nodes").Where("columns", "name"), Ended).ConfigureAwait(false);
        if (nodes.Any(node => (string?)node!["name"] == Node))
        {
            IsAnsweredByNode = BrokerNode == Node;
            BrokerNode = Node;
        }
    }

    /// <summary>Starts the time that the command may take.</summary>
    public void StartTimeout()
    {
        if (Timeout is { } timeout && timeout < TimeSpan.FromDays(1))
        {
            _ended.CancelAfter(timeout);
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _ended.Dispose();
    }
}
