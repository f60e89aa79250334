using ActorBroker.Broker.Queues;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Contents;

/// <summary>A queue whose messages are looked at.</summary>
/// <param name="Actor">Its actor, on the reader's own node.</param>
/// <param name="Queue">Its name.</param>
/// <param name="PersistenceId">Under which the journal has it.</param>
/// <param name="Reader">Reads the journal.</param>
internal sealed record ContentsSource(IActorRef Actor, QueueKey Queue, string PersistenceId, SegmentReader Reader);
