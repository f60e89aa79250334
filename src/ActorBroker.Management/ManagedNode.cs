namespace ActorBroker.Management;

/// <summary>
/// What the HTTP server serves, which outlives it: a node that loses its cluster and joins it again is another broker.
/// Set and read on any thread.
/// </summary>
public sealed class ManagedNode
{
    private volatile ManagedBroker? _broker;

    /// <summary>The broker; null while the node does not serve.</summary>
    public ManagedBroker? Broker
    {
        get => _broker;
        set => _broker = value;
    }
}
