using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Contracts.Transactions;

/// <summary>What was decided since the last write.</summary>
/// <param name="At">When the write began, Unix time in milliseconds.</param>
/// <param name="Committed">With the queues that need to know.</param>
/// <param name="Aborted">A queue asked before anybody had decided.</param>
/// <param name="Forgotten">Committed, and known to all queues that needed to know.</param>
public sealed record TransactionsDecided(long At, CommittedTransaction[] Committed, TransactionId[] Aborted, TransactionId[] Forgotten)
    : IJournalEvent;

/// <summary>All decisions that are kept.</summary>
public sealed record TransactionsSnapshot(CommittedTransaction[] Committed, AbortedTransaction[] Aborted) : IJournalEvent;
