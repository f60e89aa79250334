using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Transactions;

/// <summary>
/// What a queue's journal holds of a transaction that may yet be committed or not. Whatever its consumers returned is
/// not in it: a restart returns that anyway.
/// </summary>
/// <param name="Id">Of the transaction.</param>
/// <param name="Batch">Messages that come, without places in the queue so far; perhaps none.</param>
/// <param name="Accepted">Positions that leave.</param>
/// <param name="Rejected">Positions that die.</param>
public sealed record PreparedShare(TransactionId Id, MessageBatch Batch, PositionRange[] Accepted, PositionRange[] Rejected);

/// <summary>A transaction that a queue is ready to commit, and does not know the outcome of.</summary>
/// <param name="Id">Of the transaction.</param>
/// <param name="Connection">Whose it is, by the number of its connection at the queue; 0 when it comes from the journal.</param>
/// <param name="Since">When the queue got, or recovered, its share, Unix time in milliseconds.</param>
public readonly record struct UndecidedTransaction(TransactionId Id, int Connection, long Since);
