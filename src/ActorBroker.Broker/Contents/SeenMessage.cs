using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Contents;

/// <summary>A message that is in a queue.</summary>
/// <param name="Batch">Holds it.</param>
/// <param name="Index">Where in the batch.</param>
/// <param name="Position">Its position in the queue.</param>
/// <param name="WrittenAt">When the journal took it, Unix time in milliseconds; 0 where it was in memory.</param>
/// <param name="Standing">Who has it.</param>
/// <param name="Redelivered">It may have been delivered before.</param>
internal readonly record struct SeenMessage(
    MessageBatch Batch, int Index, long Position, long WrittenAt, MessageStanding Standing, bool Redelivered);
