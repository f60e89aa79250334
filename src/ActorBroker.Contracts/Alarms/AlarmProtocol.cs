using ActorBroker.Core.Alarms;
using Akka.Actor;

namespace ActorBroker.Contracts.Alarms;

/// <summary>From a node's resource monitor to those of the other nodes: what the node of that address runs short of.</summary>
public sealed record NodeAlarms(string Node, ResourceAlarms Alarms) : IBrokerMessage;

/// <summary>
/// On the event stream of each node: what any node of the cluster runs short of now. A node that runs out stops the
/// publishers of all, since they may publish to its queues.
/// </summary>
public sealed record AlarmsChanged(ResourceAlarms Alarms) : INoSerializationVerificationNeeded;

/// <summary>
/// On the event stream of a node, from one who has just subscribed to <see cref="AlarmsChanged"/> and wants it told again:
/// alarms may have been raised before.
/// </summary>
public sealed record AlarmsWanted : INoSerializationVerificationNeeded
{
    /// <summary>The only one.</summary>
    public static AlarmsWanted Instance { get; } = new();
}

/// <summary>
/// From a node's view to the resource monitor of a node: limits that hold until that node starts again. Answered by
/// <see cref="ResourceLimitsSet"/> when alarms have been raised and cleared by them.
/// </summary>
/// <param name="Memory">The most memory that the process may take; null to leave that as it is.</param>
/// <param name="DiskFree">The room that the data folder's disk must have; null to leave that as it is.</param>
/// <param name="User">Who wants it, for the log.</param>
public sealed record SetResourceLimits(ResourceLimit? Memory, ResourceLimit? DiskFree, string User) : IBrokerMessage;

/// <summary>The answer to <see cref="SetResourceLimits"/>.</summary>
public sealed record ResourceLimitsSet : IBrokerMessage
{
    /// <summary>The only one.</summary>
    public static ResourceLimitsSet Instance { get; } = new();
}
