using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Transactions;

/// <summary>A queue's share of a transaction, from its prepare until the journal knows how it ended.</summary>
internal sealed class PreparedTransaction(TransactionId id, int connection, MessageBatch batch, HeldPositions held, long since)
{
    private PreparedShare? _share;

    public TransactionId Id { get; } = id;

    public MessageBatch Batch { get; } = batch;

    public HeldPositions Held { get; } = held;

    public UndecidedTransaction Undecided { get; } = new(id, connection, since);

    /// <summary>The journal is to know of it.</summary>
    public bool NeedsWrite { get; init; }

    /// <summary>A write that holds it has begun.</summary>
    public bool HasBegun { get; set; }

    /// <summary>The journal has it.</summary>
    public bool IsWritten { get; set; }

    /// <summary>It came from the journal: what it brings may have been delivered before.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>How it ended; null while nobody has said.</summary>
    public bool? IsCommitted { get; set; }

    /// <summary>Bytes of its messages' bodies.</summary>
    public long BodyBytes { get; } = SumOfBodies(batch);

    /// <summary>Its written form, which says what it settles as of its prepare.</summary>
    public PreparedShare Share => _share ??= new PreparedShare(Id, Batch, Held.Accepted.ToArray(), Held.Rejected.ToArray());

    public static PreparedTransaction Recover(PreparedShare share, HeldPositions held, long now) =>
        new(share.Id, connection: 0, share.Batch, held, now) { NeedsWrite = true, HasBegun = true, IsWritten = true, IsRecovered = true };

    private static long SumOfBodies(MessageBatch batch)
    {
        var sum = 0L;
        for (var i = 0; i < batch.Count; i++)
        {
            sum += batch[i].BodyLength;
        }

        return sum;
    }
}
