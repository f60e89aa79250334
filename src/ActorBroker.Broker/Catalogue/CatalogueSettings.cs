using Akka.Actor;

namespace ActorBroker.Broker.Catalogue;

/// <summary>What every catalogue of a node shares.</summary>
public sealed record CatalogueSettings
{
    /// <summary>By what waiting is measured.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long a node may take to apply a change before it is told to load the names again.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The nodes that may route by what a catalogue told them before it moved or restarted; none unless it is set.</summary>
    public Func<ActorSystem, IReadOnlyCollection<Address>> Nodes { get; init; } = static _ => [];

    /// <summary>For how long after its start a catalogue takes over transient names from the nodes.</summary>
    public TimeSpan ReclaimTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests that may wait for a write; one more is refused as unavailable.</summary>
    public int WaitingMax { get; init; } = 1_000_000;

    /// <summary>Most requests that share a write.</summary>
    public int RoundMax { get; init; } = 4_096;

    /// <summary>A snapshot is written after so many events.</summary>
    public int SnapshotAfterEvents { get; init; } = 1_000;
}
