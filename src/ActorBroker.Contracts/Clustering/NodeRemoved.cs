using Akka.Actor;

namespace ActorBroker.Contracts.Clustering;

/// <summary>
/// On the event stream of each node: that node is no member of the cluster any more, and whatever was on it is gone. The
/// actor of a stream's stage is not told by Akka when what it watches goes with its node, only when it stops by itself.
/// </summary>
public sealed record NodeRemoved(Address Node) : INoSerializationVerificationNeeded;
