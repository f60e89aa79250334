using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Contracts.Publishing;

/// <summary>A batch that a publisher has for a queue which has not confirmed it.</summary>
/// <typeparam name="T">As of <see cref="PublishLink{T}"/>.</typeparam>
/// <param name="Batch">The messages; empty when they are not to be sent any more, but their place in the order is.</param>
/// <param name="Share">What else there is when it is a transaction's; null when it is not.</param>
/// <param name="Token">Null when nobody asks what becomes of it.</param>
internal readonly record struct SentBatch<T>(MessageBatch Batch, SentShare? Share, T? Token)
    where T : class
{
    /// <summary>As the queue is told it.</summary>
    public PublishBatch WithSequence(long sequence) => Share switch
    {
        null => new PublishBatch(sequence, Batch),
        { Transaction: { } id } => new PrepareTransaction(sequence, Batch, Share.Settlements, id),
        _ => new CommitTransaction(sequence, Batch, Share.Settlements),
    };
}

/// <summary>What makes a batch a transaction's share.</summary>
/// <param name="Settlements">Of deliveries of the incarnation of the queue that it is sent to first, and of no other.</param>
/// <param name="Transaction">The transaction, when it is one of several queues.</param>
internal sealed record SentShare(IReadOnlyList<Settlement> Settlements, TransactionId? Transaction);
