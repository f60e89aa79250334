using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Queues;

/// <summary>A batch at its place in the queue: message i has position <paramref name="FirstPosition"/> + i.</summary>
public readonly record struct PlacedBatch(long FirstPosition, MessageBatch Batch)
{
    /// <summary>The position after the last message.</summary>
    public long EndPosition => FirstPosition + Batch.Count;

    /// <summary>When the event that holds it was written, Unix time in milliseconds; set where it is read back.</summary>
    public long At { get; init; }
}

/// <summary>What a queue commits at once: everything that came in while the last write was under way.</summary>
/// <param name="Batches">
/// New messages, by ascending position except for spilled ones, which may come late; gaps are messages that need no write.
/// </param>
/// <param name="Settled">Positions that have left the queue since the last write; applied last.</param>
/// <param name="DeliveredBefore">Messages at lower positions may have been delivered already.</param>
public sealed record QueueWrite(PlacedBatch[] Batches, PositionRange[] Settled, long DeliveredBefore)
{
    /// <summary>What became known of messages, those of <see cref="Batches"/> too; applied before <see cref="Settled"/>.</summary>
    public QueueNotes Notes { get; init; } = QueueNotes.None;

    /// <summary>
    /// Transactions whose end is known from here on; applied before <see cref="Prepared"/>. What a committed one brought
    /// and took is in this write, or, of what it took, in an earlier one.
    /// </summary>
    public TransactionId[] Ended { get; init; } = [];

    /// <summary>Shares of transactions that wait for their end; applied before <see cref="Settled"/>.</summary>
    public PreparedShare[] Prepared { get; init; } = [];

    /// <summary>How far publishers' batches have come with it.</summary>
    public PublisherMark[] Marks { get; init; } = [];

    /// <summary>
    /// Messages that earlier events hold, once more, so that those can be deleted. A replay learns from them where
    /// messages are, never that there are any.
    /// </summary>
    public PlacedBatch[] Copies { get; init; } = [];
}

/// <summary>
/// A run of journal events whose messages have consecutive places, the unit in which bodies are dropped from memory
/// and read back.
/// </summary>
/// <param name="FirstPosition">First position that may be in it.</param>
/// <param name="EndPosition">The position after its last one.</param>
/// <param name="FirstSequenceNr">Journal sequence number of the first event to read.</param>
/// <param name="LastSequenceNr">Journal sequence number of the last event to read.</param>
/// <param name="SizeBytes">Sum of its records' sizes.</param>
public readonly record struct SegmentAddress(
    long FirstPosition, long EndPosition, long FirstSequenceNr, long LastSequenceNr, long SizeBytes)
{
    /// <summary>About how much of it was live when this was written into a snapshot; null where that was not noted.</summary>
    public long? LiveBytes { get; init; }

    /// <summary>Copies of messages that other events hold are to be left out: it is read as it was published.</summary>
    public bool WithoutCopies { get; init; }
}
