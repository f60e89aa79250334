using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Contracts.Transactions;

/// <summary>
/// What the entities that decide transactions understand: those of several queues, each of which has written its share
/// down before. One that nobody has decided is not committed (presumed abort), and once somebody has been told so, it
/// never will be.
/// </summary>
public abstract record TransactionCommand(TransactionId Id) : IShardedMessage
{
    /// <inheritdoc/>
    public string EntityId => EntityIds.Of(Id);
}

/// <summary>
/// All queues are prepared: commit. Answered by <see cref="TransactionDecided"/> once that is written. May be asked again
/// until it is, as long as an abort that a queue has asked for is remembered (an hour).
/// </summary>
/// <param name="Id">Of the transaction.</param>
/// <param name="RequestId">For the answer.</param>
/// <param name="Participants">Queues whose journals hold shares: the decision is kept until each has said <see cref="TransactionApplied"/>.</param>
public sealed record DecideTransaction(TransactionId Id, long RequestId, IReadOnlyList<QueueKey> Participants) : TransactionCommand(Id);

/// <summary>A queue has a share and does not know how the transaction ended. Answered by <see cref="EndTransaction"/>.</summary>
public sealed record AskTransactionEnd(TransactionId Id, QueueKey Queue) : TransactionCommand(Id);

/// <summary>A queue's journal knows that the transaction was committed, or has nothing to do with it any more.</summary>
public sealed record TransactionApplied(TransactionId Id, QueueKey Queue) : TransactionCommand(Id);

/// <summary>The answer to <see cref="DecideTransaction"/>.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Committed">Null when it may or may not be written: whoever asks again is told, unless <paramref name="IsLost"/>.</param>
/// <param name="IsLost">The journal of who decides is damaged: nobody will know.</param>
public sealed record TransactionDecided(long RequestId, bool? Committed, bool IsLost = false) : IRequestAnswer;
