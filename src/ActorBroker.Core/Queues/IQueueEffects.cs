using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Queues;

/// <summary>A consumer, or the getter of a channel: its connection's number at the queue, and the connection's own id for it.</summary>
public readonly record struct ConsumerKey(int Connection, int ConsumerId);

/// <summary>What a queue's decisions ask the world to do. Calls come in the order in which they must take effect.</summary>
public interface IQueueEffects
{
    /// <summary>Send messages to a consumer. The array is handed over.</summary>
    void Deliver(ConsumerKey consumer, DeliverySegment[] segments);

    /// <summary>Tell a connection how far its batches have come.</summary>
    void Progress(int connection, long acceptedSequence, long confirmedSequence);

    /// <summary>Tell a connection that these batches may be lost.</summary>
    void PublishFailed(int connection, long firstSequence, long lastSequence);

    /// <summary>Tell a connection that its batches from this one on have not come, though later ones have.</summary>
    void PublishMissing(int connection, long firstSequence);

    /// <summary>
    /// Commit. One write is under way at a time; <see cref="IQueueRules.WriteCompleted"/> or
    /// <see cref="IQueueRules.WriteFailed"/> must follow.
    /// </summary>
    void Write(QueueWrite write);

    /// <summary>
    /// Tell a connection that the journal holds the queue's share of its transaction; comes before the progress that
    /// tells of the share's sequence.
    /// </summary>
    void TransactionPrepared(int connection, TransactionId id);

    /// <summary>The journal knows that the transaction was committed: nobody need remember it for this queue.</summary>
    void TransactionEnded(TransactionId id);

    /// <summary>Read a segment back; <see cref="IQueueRules.SegmentLoaded"/> must follow.</summary>
    void Load(SegmentAddress segment);

    /// <summary>A get that had to wait for a segment has its message now (null: the queue is empty).</summary>
    void GetAnswered(ConsumerKey getter, long requestId, DeliverySegment? segment, long messagesLeft);

    /// <summary>
    /// Messages of a batch were refused, those at these indexes, ascending. The rest goes its way, and the batch's
    /// progress is told later as of any other.
    /// </summary>
    void PublishRejected(int connection, long linkSequence, int[] indexes);

    /// <summary>
    /// Give messages to the dead letter exchange; <see cref="IQueueRules.DeadLettersDone"/> must follow, in any order
    /// and by any parts. The array is handed over.
    /// </summary>
    void DeadLetter(DeadLetterSegment[] segments);

    /// <summary>Tell a consumer that the queue has ended it: it held a message for too long.</summary>
    void ConsumerCancelled(ConsumerKey consumer);

    /// <summary>Tell a connection that a consumer or getter has held a message for longer than it may; it is to close the channel.</summary>
    void ConsumerTimedOut(ConsumerKey consumer, long timeoutMs);
}

/// <summary>Sizes by which a queue bounds its memory.</summary>
/// <param name="SegmentBytes">Bodies are dropped and read back in runs of about this size.</param>
/// <param name="PinnedBytesMax">Past so many bytes in memory that are not in the journal, batches are not accepted.</param>
/// <param name="ResidentBytesMax">Past so many bytes in memory that are in the journal too, segments are dropped.</param>
/// <param name="WriteBytesMax">A write takes batches up to this size; one larger batch goes alone.</param>
/// <param name="ReadAheadSegments">Segments kept in memory from the next delivery on, at least one.</param>
public sealed record QueueMemoryLimits(
    long SegmentBytes, long PinnedBytesMax, long ResidentBytesMax, int WriteBytesMax, int ReadAheadSegments)
{
    /// <summary>
    /// Past so many bytes that the journal holds for nothing, and more of them than of live messages, what is live is
    /// copied out of the events that are in the way of deleting.
    /// </summary>
    public long DeadBytesMax { get; init; } = long.MaxValue;
}
