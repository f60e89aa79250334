using ActorBroker.Core.Names;

namespace ActorBroker.Core.Queues.Transactions;

/// <summary>A transaction that was committed, and the queues that need to be told.</summary>
public sealed record CommittedTransaction(TransactionId Id, QueueKey[] Participants);

/// <summary>A transaction that never will be, and when that was decided, Unix time in milliseconds.</summary>
public sealed record AbortedTransaction(TransactionId Id, long At);

/// <summary>
/// Decisions as far as they are written. A commit is remembered until every participant knows, an abort for as long as
/// somebody might still try to commit it.
/// </summary>
public sealed class TransactionLedger
{
    /// <summary>For so many milliseconds an abort is remembered: far longer than any request for a commit is under way.</summary>
    public const long AbortsKeptMs = 3_600_000;

    private readonly Dictionary<TransactionId, Commit> _committed = [];
    private readonly HashSet<TransactionId> _aborted = [];
    private readonly Queue<AbortedTransaction> _abortsByAge = new();

    private sealed record Commit(HashSet<QueueKey> Unaware, long At);

    /// <summary>How the transaction ended; null when nothing is written of it.</summary>
    public bool? OutcomeOf(TransactionId id) => _committed.ContainsKey(id) ? true : _aborted.Contains(id) ? false : null;

    /// <summary>Decisions that are remembered.</summary>
    public int Count => _committed.Count + _aborted.Count;

    /// <summary>It is written: the transaction is committed.</summary>
    public void Committed(CommittedTransaction transaction, long at) =>
        _committed[transaction.Id] = new Commit([.. transaction.Participants], at);

    /// <summary>It is written: the transaction is not committed.</summary>
    public void Aborted(TransactionId id, long at)
    {
        if (_aborted.Add(id))
        {
            _abortsByAge.Enqueue(new AbortedTransaction(id, at));
        }
    }

    /// <summary>A participant knows, or is no more. True when it was the last: nobody will ask again.</summary>
    public bool Applied(TransactionId id, QueueKey queue) =>
        _committed.TryGetValue(id, out var commit) && commit.Unaware.Remove(queue) && commit.Unaware.Count == 0;

    /// <summary>A committed transaction need not be remembered.</summary>
    public void Forget(TransactionId id) => _committed.Remove(id);

    /// <summary>Time has come to there: old aborts are forgotten.</summary>
    public void AdvanceTo(long now)
    {
        while (_abortsByAge.TryPeek(out var oldest) && oldest.At + AbortsKeptMs <= now)
        {
            _aborted.Remove(oldest.Id);
            _abortsByAge.Dequeue();
        }
    }

    /// <summary>Participants that have not said that they know of commits which were written by then.</summary>
    public IEnumerable<(TransactionId Id, QueueKey Queue)> Unaware(long writtenBy) =>
        from commit in _committed
        where commit.Value.At <= writtenBy
        from queue in commit.Value.Unaware
        select (commit.Key, queue);

    /// <summary>Everything, for a snapshot.</summary>
    public (CommittedTransaction[] Committed, AbortedTransaction[] Aborted) Snapshot() => (
        [.. _committed.Select(static commit => new CommittedTransaction(commit.Key, [.. commit.Value.Unaware]))],
        [.. _abortsByAge]);
}
