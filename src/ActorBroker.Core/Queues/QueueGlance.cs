using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <summary>Where a message that is in a queue stands. The numbers go between nodes.</summary>
public enum MessageStanding : byte
{
    /// <summary>Waits for a consumer.</summary>
    Ready = 0,

    /// <summary>A consumer holds it.</summary>
    Unacknowledged = 1,

    /// <summary>It has come back, and is ready again later.</summary>
    Delayed = 2,
}

/// <summary>Messages at consecutive positions of which the same is known.</summary>
/// <param name="Positions">Where they are.</param>
/// <param name="Standing">Who has them.</param>
/// <param name="Redelivered">They may have been delivered before.</param>
public readonly record struct SeenRun(PositionRange Positions, MessageStanding Standing, bool Redelivered);

/// <summary>
/// What is in a queue from some position on, of one segment at most, at one moment. Nothing is changed by looking: no
/// segment comes into memory for it, nor stays there.
/// </summary>
/// <param name="Runs">The messages, by ascending position.</param>
/// <param name="Batches">Those of them that are in memory, by ascending position; shared and immutable.</param>
/// <param name="Unread">Where the journal holds their bodies; null where they are in memory.</param>
/// <param name="Next">All messages before this position are in <paramref name="Runs"/>, or before the position that was asked for.</param>
/// <param name="First">The lowest position that may hold a message.</param>
/// <param name="End">The position behind the newest message.</param>
public sealed record QueueGlance(
    IReadOnlyList<SeenRun> Runs, IReadOnlyList<PlacedBatch> Batches, SegmentAddress? Unread, long Next, long First, long End);
