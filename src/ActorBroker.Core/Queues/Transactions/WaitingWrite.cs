using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues.Publishers;

namespace ActorBroker.Core.Queues.Transactions;

/// <summary>Something that waits for its place in a journal event, in the order in which it came.</summary>
/// <param name="Batch">Messages; null when there are none.</param>
/// <param name="Link">Who awaits the commit.</param>
internal readonly record struct WaitingWrite(LogBatch? Batch, PublisherLink? Link)
{
    /// <summary>The last of the link's batches of which this is the last part.</summary>
    public long LinkSequence { get; init; }

    /// <summary>What follows is of the same batch, and must be in the same event: the batch is known as a whole.</summary>
    public bool IsContinued { get; init; }

    /// <summary>Settlements that must be in the same event.</summary>
    public PositionSet? SettledWith { get; init; }

    /// <summary>A share to be written down.</summary>
    public PreparedTransaction? Prepares { get; init; }

    /// <summary>The transaction that <see cref="Batch"/> is what was committed of.</summary>
    public PreparedTransaction? Ends { get; init; }

    /// <summary>The messages that a journal has use for; null when there are none, or none any more.</summary>
    public MessageBatch? Messages => Batch?.Batch ?? Batch?.Kept;

    /// <summary>Bytes that a journal has use for; none when the messages are settled or the share was undone since.</summary>
    public int SizeBytes => Messages is not null ? Batch!.SizeBytes : Prepares is { IsCommitted: null } ? Prepares.Batch.SizeBytes : 0;

    /// <summary>There is something that must be written.</summary>
    public bool IsWanted => Messages is not null || Prepares is { IsCommitted: null };

    /// <summary>Something else depends on the event that it is in.</summary>
    public bool IsTied => SettledWith is not null || Ends is not null;
}
