namespace ActorBroker.Testing.Processes;

/// <summary>How a broker is started.</summary>
public sealed record BrokerLaunch
{
    /// <summary>Further <c>KEY=VALUE</c> settings, each handed over with <c>--set</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Further arguments of the command line, such as <c>--profile</c> and its value.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables that it sees beside those of the tests.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>HOCON that is laid over the configuration that the broker comes with.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Where clients reach it.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>What the command line begins with, such as <c>ip netns exec NAME</c>. It has to become the broker, not to start it.</summary>
    public IReadOnlyList<string> CommandPrefix { get; init; } = [];
}
