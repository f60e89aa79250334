using System.Text.Json.Nodes;

namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>A command ends without what it was to do. The message is all that standard error says; empty for nothing.</summary>
internal sealed class CommandFailedException(int exitCode, string message, JsonObject? json = null) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The same for those who asked for JSON; null when they read the message, too.</summary>
    public JsonObject? Json { get; } = json;

    /// <summary>With the line that RabbitMQ puts before most errors.</summary>
    public static CommandFailedException Of(int exitCode, string reason) => new(exitCode, $"Error:\n{reason}");

    /// <summary>There is no such virtual host.</summary>
    public static CommandFailedException NoVirtualHost(string name) => new(ExitCodes.Data, $"Virtual host '{name}' does not exist");
}
