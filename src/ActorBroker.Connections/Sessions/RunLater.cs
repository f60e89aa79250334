using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <summary>A session's note to itself: run this in a later turn of the connection.</summary>
internal sealed record RunLater(Action Action) : INoSerializationVerificationNeeded;
