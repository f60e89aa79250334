using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;

namespace ActorBroker.Core.Queues;

/// <summary>What a snapshot keeps of a queue's messages: where they are, not what they are.</summary>
/// <param name="NextPosition">The position of the next message.</param>
/// <param name="DeliveredBefore">Messages at lower positions may have been delivered already.</param>
/// <param name="Live">Positions of the written, persistent messages that are in the queue.</param>
/// <param name="Segments">Where the journal keeps them, by ascending position.</param>
public sealed record QueueIndex(long NextPosition, long DeliveredBefore, PositionRange[] Live, SegmentAddress[] Segments)
{
    /// <summary>What else is known of live messages.</summary>
    public QueueNotes Notes { get; init; } = QueueNotes.None;

    /// <summary>Sizes of live messages' bodies, where the queue has a limit of them.</summary>
    public PositionRun[] BodySizes { get; init; } = [];
}
