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
