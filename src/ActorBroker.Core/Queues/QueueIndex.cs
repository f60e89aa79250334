using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lanes;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Streams;

namespace ActorBroker.Core.Queues;

/// <summary>What a snapshot keeps of a queue's messages: where they are, not what they are.</summary>
/// <param name="NextPosition">The position of the next message.</param>
/// <param name="DeliveredBefore">Messages at lower positions may have been delivered already.</param>
/// <param name="Live">Positions of the written, persistent messages that are in the queue.</param>
/// <param name="Segments">Where the journal keeps them, by ascending position.</param>
public sealed record QueueIndex(long NextPosition, long DeliveredBefore, PositionRange[] Live, SegmentAddress[] Segments)
{
    /// <summary>Those of <see cref="Live"/> that have a priority or a header by which deliveries are shared out.</summary>
    public LaneIndex[] Lanes { get; init; } = [];

    /// <summary>What else is known of live messages.</summary>
    public QueueNotes Notes { get; init; } = QueueNotes.None;

    /// <summary>Sizes of live messages' bodies, where the queue has a limit of them.</summary>
    public PositionRun[] BodySizes { get; init; } = [];

    /// <summary>Shares of transactions whose end no event up to here tells, with their messages.</summary>
    public PreparedShare[] Prepared { get; init; } = [];

    /// <summary>How far publishers' batches have come, the latest first.</summary>
    public PublisherMark[] Marks { get; init; } = [];

    /// <summary>What the events take that are still needed, ascending.</summary>
    public JournalRun[] Space { get; init; } = [];

    /// <summary>What is kept of the queue's past; null where nothing is.</summary>
    public StreamIndex? History { get; init; }

    /// <summary>Of a stream, in place of the live positions and segments; null of any other queue.</summary>
    public StreamIndex? Stream { get; init; }
}
