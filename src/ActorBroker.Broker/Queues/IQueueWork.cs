using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Broker.Queues;

/// <summary>What of a queue's decisions takes more than telling a connection: the actor's part.</summary>
internal interface IQueueWork
{
    /// <summary>Gives the journal the queue's next event.</summary>
    void BeginWrite(QueueWrite write);

    /// <summary>Reads a segment back from the journal.</summary>
    void BeginLoad(SegmentAddress segment);

    /// <summary>Has messages published to the dead letter exchange.</summary>
    void GiveUp(DeadLetterSegment[] segments);

    /// <summary>Says that the journal knows of a transaction's end.</summary>
    void TellApplied(TransactionId id);
}
