using ActorBroker.Contracts.Options;
using ActorBroker.Core.Alarms;

namespace ActorBroker.Broker.Alarms;

/// <summary>
/// What a node may take of its machine before publishers are stopped: as configured, until an operator sets something else,
/// which is forgotten when the node starts again. The node's resource monitor sets it; any thread reads it.
/// </summary>
/// <param name="options">What is configured.</param>
public sealed class ResourceLimits(AlarmOptions options)
{
    private volatile Pair _now = new(ResourceLimit.OfMemory(options.MemoryHighWatermark / 100.0), ResourceLimit.OfBytes(options.DiskFreeLimit));

    /// <summary>The most memory that the process may take.</summary>
    public ResourceLimit Memory => _now.Memory;

    /// <summary>The room that the data folder's disk must have.</summary>
    public ResourceLimit DiskFree => _now.DiskFree;

    /// <summary>Sets limits; those that are null stay as they are.</summary>
    internal void Set(ResourceLimit? memory, ResourceLimit? diskFree) => _now = new Pair(memory ?? _now.Memory, diskFree ?? _now.DiskFree);

    private sealed record Pair(ResourceLimit Memory, ResourceLimit DiskFree);
}
