namespace ActorBroker.RabbitMqCtl.Arguments;

/// <summary>What follows a switch on the command line.</summary>
internal enum SwitchKind
{
    /// <summary>Nothing; <c>--no-NAME</c> says no.</summary>
    Flag,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,
}

/// <summary>A switch.</summary>
/// <param name="Name">Its name, without the dashes.</param>
/// <param name="Kind">What follows it.</param>
/// <param name="Alias">Its letter, if it has one.</param>
internal sealed record Switch(string Name, SwitchKind Kind, char? Alias = null)
{
    /// <summary>Those that each command takes, whether it heeds them or not: scripts pass them.</summary>
    public static IReadOnlyList<Switch> OfAllCommands { get; } =
    [
        new("node", SwitchKind.Text, 'n'),
        new("quiet", SwitchKind.Flag, 'q'),
        new("silent", SwitchKind.Flag, 's'),
        new("dry-run", SwitchKind.Flag),
        new("vhost", SwitchKind.Text, 'p'),
        new("timeout", SwitchKind.Number, 't'),
        new("longnames", SwitchKind.Flag, 'l'),
        new("formatter", SwitchKind.Text),
        new("printer", SwitchKind.Text),
        new("file", SwitchKind.Text),
        new("script-name", SwitchKind.Text),
        new("rabbitmq-home", SwitchKind.Text),
        new("mnesia-dir", SwitchKind.Text),
        new("plugins-dir", SwitchKind.Text),
        new("enabled-plugins-file", SwitchKind.Text),
        new("aliases-file", SwitchKind.Text),
        new("erlang-cookie", SwitchKind.Text),
        new("help", SwitchKind.Flag, '?'),
        new("print-stacktrace", SwitchKind.Flag),
    ];

    /// <summary>Those of commands that show a table.</summary>
    public static IReadOnlyList<Switch> OfTables { get; } = [new("table-headers", SwitchKind.Flag), new("pad-to-header", SwitchKind.Flag)];
}
