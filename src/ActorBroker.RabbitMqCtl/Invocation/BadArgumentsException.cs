namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>A command's arguments are wrong; the message says what about them.</summary>
internal sealed class BadArgumentsException(string message, int exitCode = ExitCodes.Usage) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What stands before the message.</summary>
    public string Title { get; private init; } = "Error (argument validation)";

    /// <summary>The node was stopped.</summary>
    public static BadArgumentsException NodeStopped() =>
        new("this command requires the 'rabbit' app to be running on the target node. Start it with 'rabbitmqctl start_app'.") { Title = "Error" };

    /// <summary>The node was not stopped.</summary>
    public static BadArgumentsException NodeRunning() =>
        new("this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'rabbitmqctl stop_app'.") { Title = "Error" };

    /// <summary>An argument that can be read, and means nothing.</summary>
    public static BadArgumentsException BadArgument(string detail) => new($"Bad argument: {detail}", ExitCodes.Data);
}
