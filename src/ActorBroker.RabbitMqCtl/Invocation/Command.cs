using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Formatting;

namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>The parts that the list of commands has.</summary>
internal enum HelpSection
{
    Help,
    Nodes,
    Cluster,
    Users,
    Access,
    Monitoring,
    Parameters,
    Policies,
    VirtualHosts,
    Configuration,
    Definitions,
    FeatureFlags,
    Operations,
    Queues,
    Other,
}

/// <summary>A command of RabbitMQ's tools.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Section">Where help lists it.</param>
/// <param name="Usage">How it is written, in RabbitMQ's words.</param>
/// <param name="Description">What it does, in one sentence.</param>
internal sealed record Command(string Name, HelpSection Section, string Usage, string Description)
{
    /// <summary>How many arguments there have to be, and may be.</summary>
    public (int Min, int Max) Takes { get; init; }

    /// <summary>Its own switches, beside those of all commands.</summary>
    public IReadOnlyList<Switch> Switches { get; init; } = [];

    /// <summary>What help says of arguments and switches.</summary>
    public IReadOnlyList<(string Term, string Explanation)> Explanations { get; init; } = [];

    /// <summary>How its result is shown where nothing else is asked for.</summary>
    public FormatterKind Formatter { get; init; } = FormatterKind.Text;

    /// <summary>Whether its table has headers where nothing is said of them.</summary>
    public bool HasHeaders { get; init; } = true;

    /// <summary>Whether it is known for a time limit.</summary>
    public bool HasTimeout { get; init; }

    /// <summary>The seconds that it takes at most where no others are given; null for as long as it takes.</summary>
    public int? TimeoutDefault { get; init; }

    /// <summary>Whether it needs no broker.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Whether it can be asked of a node that was stopped.</summary>
    public bool IsForStopped { get; init; }

    /// <summary>Whether it belongs to <c>rabbitmq-diagnostics</c> only.</summary>
    public bool IsDiagnosticsOnly { get; init; }

    /// <summary>Whether <c>rabbitmq-diagnostics</c> has it, too.</summary>
    public bool IsDiagnostics { get; init; }

    /// <summary>Refuses what arguments and switches say, before anything is done.</summary>
    /// <exception cref="BadArgumentsException">It makes no sense.</exception>
    public Action<Request>? Check { get; init; }

    /// <summary>Refuses what the node that answers is in no state for.</summary>
    /// <exception cref="BadArgumentsException">It is not.</exception>
    public Action<Request>? CheckNode { get; init; }

    /// <summary>The line that says what is about to happen; null for none.</summary>
    public Func<Request, string?> Banner { get; init; } = static _ => null;

    /// <summary>Does it.</summary>
    public required Func<Request, Task<Outcome>> Run { get; init; }

    /// <summary>Its switches with those of all commands, and of tables where it shows one.</summary>
    public IEnumerable<Switch> AllSwitches(FormatterKind formatter) =>
    [
        .. Switch.OfAllCommands.Where(common => Switches.All(own => own.Name != common.Name)),
        .. formatter == FormatterKind.Table ? Switch.OfTables : [],
        .. Switches,
    ];
}
