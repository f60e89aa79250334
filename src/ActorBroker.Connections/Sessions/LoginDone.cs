using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <summary>From those who let in, to the session that has asked.</summary>
internal sealed record LoginDone(long RequestId, LoginResult Result) : IRequestAnswer, INoSerializationVerificationNeeded;
