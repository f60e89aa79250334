using Akka.Actor.Setup;

namespace ActorBroker.TestKit;

/// <summary>What a test wants of its broker beside the defaults.</summary>
public sealed record TestBrokerSettings
{
    /// <summary>A folder that outlives the broker, so that another one can go on with it; a temporary one when null.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Settings of the broker as <c>KEY=VALUE</c>, such as <c>actorbroker.queue.consumer-timeout=2s</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>What the broker's actor system is to have besides, such as a logger's set-up.</summary>
    public IReadOnlyList<Setup> Setups { get; init; } = [];
}
