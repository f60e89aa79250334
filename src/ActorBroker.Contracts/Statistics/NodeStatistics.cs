namespace ActorBroker.Contracts.Statistics;

/// <summary>What there is on a node and what it does: counted where it happens, looked at by those who are asked.</summary>
/// <param name="isKept">
/// Somebody may ask. Where nobody does, what costs memory is left out: connections and queues are counted, and not kept.
/// </param>
public sealed class NodeStatistics(bool isKept)
{
    /// <summary>Nobody may ask.</summary>
    public static NodeStatistics None { get; } = new(isKept: false);

    /// <summary>Somebody may ask.</summary>
    public bool IsKept => isKept;

    /// <summary>Clients' connections.</summary>
    public ConnectionRegister Connections { get; } = new();

    /// <summary>Queues.</summary>
    public QueueRegister Queues { get; } = new();
}
