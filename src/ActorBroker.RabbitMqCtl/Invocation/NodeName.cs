namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>Names of nodes, as they are given on the command line and shown.</summary>
internal static class NodeName
{
    /// <summary>A name that was given, with this machine's where it has none; without one, what RabbitMQ's node would be called.</summary>
    public static string Given(string? name)
    {
        if (name is not { Length: > 0 })
        {
            name = "rabbit";
        }

        return name.Contains('@', StringComparison.Ordinal) ? name : $"{name}@{Environment.MachineName.Split('.')[0]}";
    }
}
