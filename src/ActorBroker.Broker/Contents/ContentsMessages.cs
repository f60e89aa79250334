using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Contents;

/// <summary>What a child of a queue's actor asks of it.</summary>
internal abstract record ContentsQuestion : INoSerializationVerificationNeeded;

/// <summary>What is in the queue from there on? Answered by <see cref="Glanced"/>.</summary>
internal sealed record LookInto(long From) : ContentsQuestion;

/// <summary>The answer to <see cref="LookInto"/>.</summary>
internal sealed record Glanced(QueueGlance Glance) : INoSerializationVerificationNeeded;

/// <summary>Nobody else is to get these messages. Answered by <see cref="MessagesHeld"/>.</summary>
internal sealed record HoldMessages(int ConsumerId, IReadOnlyList<PositionRange> Positions) : ContentsQuestion;

/// <summary>The answer to <see cref="HoldMessages"/>: those that the asker settles from here on.</summary>
internal sealed record MessagesHeld(IReadOnlyList<PositionRange> Positions) : INoSerializationVerificationNeeded;
