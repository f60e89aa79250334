using Akka.Actor;

namespace ActorBroker.Contracts.Events;

/// <summary>
/// A node is no member of the cluster any more: told on each node's event stream. What was on its way to its entities is
/// lost, or waits at the regions.
/// </summary>
public sealed record NodeLost(Address Node);
