using ActorBroker.Contracts.Options;
using Akka.Actor.Setup;

namespace ActorBroker.Embedded;

/// <summary>A node as a part of another process.</summary>
public sealed record EmbeddedBrokerSettings
{
    /// <summary>The data folder, created when absent; the configured one when null.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>A HOCON file laid over the shipped configuration.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>
    /// Settings as <c>KEY=VALUE</c>, the later winning, such as <c>actorbroker.listeners.amqp.port=5673</c>. Every key of the
    /// server may be set.
    /// </summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The shipped profile below the file and the settings: a name of <see cref="BrokerConfiguration"/>.</summary>
    public string Profile { get; init; } = BrokerConfiguration.Hosted;

    /// <summary>What the node's actor system is to have besides, such as a logger's set-up.</summary>
    public IReadOnlyList<Setup> Setups { get; init; } = [];

    /// <summary>Hears of failures of the journal's upkeep, which is tried again; on any thread.</summary>
    public Action<Exception> OnUpkeepFailure { get; init; } = static _ => { };
}
