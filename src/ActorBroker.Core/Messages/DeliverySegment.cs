namespace ActorBroker.Core.Messages;

/// <summary>
/// A run of messages that a queue hands to one consumer: records <see cref="StartIndex"/> up to
/// <see cref="StartIndex"/> + <see cref="Count"/> of a batch, at consecutive positions of the queue.
/// </summary>
/// <param name="Batch">Holds the records; shared, immutable.</param>
/// <param name="StartIndex">Index of the first record in the batch.</param>
/// <param name="Count">How many records, at least one.</param>
/// <param name="FirstPosition">The first message's position in its queue, by which it is settled.</param>
/// <param name="Redelivered">All of the run may have been delivered before.</param>
public readonly record struct DeliverySegment(MessageBatch Batch, int StartIndex, int Count, long FirstPosition, bool Redelivered);

/// <summary>Consecutive positions of a queue.</summary>
/// <param name="First">The first position.</param>
/// <param name="Count">How many, at least one.</param>
public readonly record struct PositionRange(long First, long Count)
{
    /// <summary>The position after the last one.</summary>
    public long End => First + Count;
}

/// <summary>What a consumer says of messages that it was given.</summary>
public enum SettleOutcome : byte
{
    /// <summary>Processed: the message leaves the queue.</summary>
    Accepted = 0,

    /// <summary>Back to its place in the queue, marked as redelivered.</summary>
    Requeued = 1,

    /// <summary>Refused without requeue: the message leaves the queue (and is dead-lettered where that is set).</summary>
    Rejected = 2,

    /// <summary>Never reached the client: back to its place, not marked.</summary>
    Released = 3,
}
