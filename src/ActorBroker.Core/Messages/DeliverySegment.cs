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
public readonly record struct DeliverySegment(MessageBatch Batch, int StartIndex, int Count, long FirstPosition, bool Redelivered)
{
    /// <summary>How often a delivery of each of the run has failed so far, where the queue counts that (x-delivery-count).</summary>
    public int DeliveryCount { get; init; }

    /// <summary>How often each of the run has been returned for whatever reason, where the queue counts that (x-acquired-count).</summary>
    public int AcquiredCount { get; init; }

    /// <summary>The queue is a stream: a message's position is its offset (x-stream-offset).</summary>
    public bool IsOfStream { get; init; }

    /// <summary>When the journal took the run, Unix time in milliseconds; 0 where the queue keeps no history that is read by it.</summary>
    public long WrittenAt { get; init; }
}

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

    /// <summary>
    /// Its delivery has failed (<c>basic.reject</c> with requeue, or the consumer is gone): back to its place, marked as
    /// redelivered, and counted as failed where the queue counts that.
    /// </summary>
    Failed = 4,
}

/// <summary>Why a message is dead-lettered. Persisted: numbers never change.</summary>
public enum DeathReason : byte
{
    /// <summary>A consumer refused it without requeue.</summary>
    Rejected = 1,

    /// <summary>Its lifetime ended.</summary>
    Expired = 2,

    /// <summary>The queue was longer than it may be.</summary>
    MaxLength = 3,

    /// <summary>It was delivered in vain too often.</summary>
    DeliveryLimit = 4,
}

/// <summary>Messages that a queue gives up, all for one reason; they stay the queue's until it is told that they have arrived.</summary>
public readonly record struct DeadLetterSegment(DeliverySegment Messages, DeathReason Reason)
{
    /// <summary>An earlier incarnation of the queue may have handed the same messages over, and they may have arrived.</summary>
    public bool IsRepeated { get; init; }
}
