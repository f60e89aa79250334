using Akka.Actor;

namespace ActorBroker.Contracts.Management;

/// <summary>To a connection of the node: end, telling the client why (AMQP 0-9-1: 320 CONNECTION_FORCED).</summary>
public sealed record CloseConnection(string Text) : INoSerializationVerificationNeeded;
