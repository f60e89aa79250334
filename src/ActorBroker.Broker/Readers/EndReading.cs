using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Readers;

/// <summary>From a queue to whoever reads what it has: it ends.</summary>
internal sealed record EndReading(Refusal Reason) : INoSerializationVerificationNeeded;
