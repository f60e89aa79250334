using ActorBroker.Core.Messages;
using Akka.Actor;

namespace ActorBroker.Broker.DeadLetters;

/// <summary>From a queue to its <see cref="DeadLetterActor"/>: see to these. Answered by <see cref="DeadLettersDone"/>, in parts.</summary>
internal sealed record ForwardDeadLetters(DeadLetterSegment[] Segments) : INoSerializationVerificationNeeded;

/// <summary>From a queue to its <see cref="DeadLetterActor"/>: the settings have changed.</summary>
internal sealed record SetDeadLetterTarget(DeadLetterTarget Target) : INoSerializationVerificationNeeded;

/// <summary>From the <see cref="DeadLetterActor"/> to its queue: these have arrived, or are lost by right.</summary>
internal sealed record DeadLettersDone(PositionRange[] Positions) : INoSerializationVerificationNeeded;
