using ActorBroker.Core.History;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.History;

/// <summary>What is read of a history.</summary>
/// <param name="Actor">The queue's actor, on the reader's own node.</param>
/// <param name="Queue">Its name.</param>
/// <param name="Range">Which part of its history.</param>
/// <param name="Criteria">Which messages of it.</param>
/// <param name="Origin">For whom.</param>
internal sealed record HistorySource(IActorRef Actor, QueueKey Queue, HistoryRange Range, MessageCriteria Criteria, Origin Origin);

/// <summary>
/// From a replay to its queue, which forgets it and stops it behind all that it had sent to it before: if the replay
/// stopped by itself, a command on its way would stay without an answer.
/// </summary>
internal sealed record ForgetReplay : INoSerializationVerificationNeeded
{
    public static ForgetReplay Instance { get; } = new();
}
