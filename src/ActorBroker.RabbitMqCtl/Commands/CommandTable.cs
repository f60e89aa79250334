using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>All commands, by the tool that has them.</summary>
internal static class CommandTable
{
    public const string Diagnostics = "rabbitmq-diagnostics";

    /// <summary>Those of the tool of this name; of an unknown one, <c>rabbitmqctl</c>'s.</summary>
    public static IReadOnlyDictionary<string, Command> Of(string script) => All
        .Where(command => script == Diagnostics ? command.IsDiagnostics || command.IsDiagnosticsOnly : !command.IsDiagnosticsOnly)
        .ToDictionary(static command => command.Name, StringComparer.Ordinal);

    private static IEnumerable<Command> All =>
    [
        .. HelpCommands.All,
        .. NodeCommands.All,
        .. NodeStateCommands.All,
        .. ResourceLimitCommands.All,
        .. StartupCommands.All,
        .. ClusterCommands.All,
        .. HealthCommands.All,
        .. ListenerCommands.All,
        .. UserCommands.All,
        .. PermissionCommands.All,
        .. VirtualHostCommands.All,
        .. LimitCommands.All,
        .. PolicyCommands.All,
        .. ParameterCommands.All,
        .. ListCommands.All,
        .. QueueCommands.All,
        .. ConnectionCommands.All,
        .. DefinitionCommands.All,
        .. ForeignCommands.All,
    ];
}
