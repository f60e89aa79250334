using Akka.Actor;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// On the event stream of a node: a write was refused because another incarnation of the entity has written meanwhile. That
/// happens once or twice where a queue moves; for long only where two nodes serve the same shard.
/// </summary>
/// <param name="PersistenceId">The entity's.</param>
public sealed record WriteFenced(string PersistenceId) : INoSerializationVerificationNeeded;
