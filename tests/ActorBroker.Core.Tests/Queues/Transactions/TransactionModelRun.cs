using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Tests.Messages;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Transactions;

/// <summary>A transaction as its client sees it.</summary>
internal sealed class ModelTransaction(int number)
{
    public int Number { get; } = number;

    public TransactionId Id { get; } = new(new Guid(number, 0, 0, new byte[8]));

    /// <summary>Its connection, of which it is the only transaction.</summary>
    public int Connection => 100 + Number;

    /// <summary>What it publishes to a queue, and which of its messages it accepts.</summary>
    public Dictionary<int, (string[] Published, string[] Accepted)> Shares { get; } = [];

    public HashSet<int> Votes { get; } = [];

    /// <summary>A queue was lost before it could vote.</summary>
    public bool IsDoomed { get; set; }

    public bool? Outcome { get; set; }
}

/// <summary>
/// Three queues under random transactions, writes and crashes, beside the plainest model there is: which messages are
/// in which queue when only committed transactions have happened.
/// </summary>
internal sealed class TransactionModelRun
{
    private const int QueueCount = 3;
    private static readonly QueueMemoryLimits Tight = new(200, 400, 400, 120, 1);

    private readonly TestQueue[] _queues = new TestQueue[QueueCount];
    private readonly List<ModelTransaction> _transactions = [];

    // Where each message is; and those that a crash may have lost, or brought back.
    private readonly HashSet<string>[] _there = [[], [], []];
    private readonly HashSet<string>[] _unsure = [[], [], []];
    private readonly Dictionary<string, long>[] _held = [[], [], []];
    private readonly long[] _plainSequence = new long[QueueCount];
    private readonly bool _indexed;
    private int _bodies;

    // Settled, left out of an index, and not written so: a replay without that index would find it again. So a run that
    // stores indexes recovers from them.
    public TransactionModelRun(bool ample, bool indexed)
    {
        _indexed = indexed;
        for (var q = 0; q < QueueCount; q++)
        {
            _queues[q] = new TestQueue(
                ample ? TestQueue.Ample : Tight, settings: q == 1 ? QueueSettings.Default with { Type = QueueType.Quorum } : QueueSettings.Default);
            Consume(q);
        }
    }

    public int CommittedCount => _transactions.Count(static transaction => transaction.Outcome is true);

    public int CrashedUndecided { get; private set; }

    public void Step((int Kind, int A, int B) command)
    {
        var (kind, a, b) = command;
        var q = a % QueueCount;
        switch (kind)
        {
            case < 3: Publish(q); break;
            case < 7: Begin(a, b); break;
            case < 13: _queues[q].Commit(); break;
            case < 16: Decide(a); break;
            case < 20: Tell(a, q); break;
            case 20: Abort(a); break;
            case 21: StoreIndex(q); break;
            case 22: _queues[q].Decider.FlushSettlements(); break;
            case 23: Accept(q, b); break;
            default: Crash(q, b); break;
        }

        Collect();
    }

    /// <summary>Every transaction ends; then each queue has what the model has, also after another crash.</summary>
    public void Finish()
    {
        foreach (var transaction in _transactions)
        {
            End(transaction, transaction.Outcome ?? false);
        }

        for (var q = 0; q < QueueCount; q++)
        {
            TellAll(_queues[q]);
            _queues[q].CommitAll();
            Assert.Empty(_queues[q].Decider.UndecidedTransactions);
            Assert.Equal(0, _queues[q].Decider.PreparedBytes);
            Check(q, _queues[q].Crash());
            _queues[q].StoreIndex();
            Check(q, _queues[q].Crash());
        }
    }

    private void StoreIndex(int q)
    {
        if (_indexed)
        {
            _queues[q].StoreIndex();
        }
    }

    private void Publish(int q)
    {
        var body = NewBody();
        _unsure[q].Add(body);
        _queues[q].Decider.Publish(99, ++_plainSequence[q], TestBatches.Persistent(body));
    }

    private void Begin(int a, int b)
    {
        var transaction = new ModelTransaction(_transactions.Count);
        _transactions.Add(transaction);
        for (var q = 0; q < QueueCount; q++)
        {
            var published = Enumerable.Range(0, (a >> (2 * q)) % 3).Select(_ => NewBody()).ToArray();
            var accepted = _held[q].Keys.Take((b >> (2 * q)) % 3).ToArray();
            if (published.Length + accepted.Length == 0)
            {
                continue;
            }

            transaction.Shares.Add(q, (published, accepted));
            var settlements = Array.ConvertAll(
                accepted, body => new HeldSettlement(Consumer, SettleOutcome.Accepted, new PositionRange(_held[q][body], 1)));
            Array.ForEach(accepted, body => _held[q].Remove(body));
            _queues[q].Decider.Prepare(
                transaction.Connection, 1, transaction.Id, published.Length == 0 ? MessageBatch.Empty : TestBatches.Persistent(published), settlements);
        }
    }

    private void Decide(int pick)
    {
        if (Pick(pick, static transaction => transaction.Outcome is null) is { IsDoomed: false } transaction
            && transaction.Votes.SetEquals(transaction.Shares.Keys))
        {
            End(transaction, committed: true);
        }
    }

    private void Abort(int pick)
    {
        if (Pick(pick, static transaction => transaction.Outcome is null) is { } transaction)
        {
            End(transaction, committed: false);
        }
    }

    private void End(ModelTransaction transaction, bool committed)
    {
        if (transaction.Outcome is not null)
        {
            return;
        }

        transaction.Outcome = committed;
        foreach (var (q, (published, accepted)) in transaction.Shares)
        {
            if (committed)
            {
                _there[q].UnionWith(published);
                _there[q].ExceptWith(accepted);
                _unsure[q].ExceptWith(accepted);
            }
        }
    }

    private void Tell(int pick, int q)
    {
        if (Pick(pick, static transaction => transaction.Outcome is not null) is { } transaction)
        {
            _queues[q].Decider.End(transaction.Id, transaction.Outcome is true);
        }
    }

    private void TellAll(TestQueue queue)
    {
        foreach (var transaction in _transactions)
        {
            queue.Decider.End(transaction.Id, transaction.Outcome is true);
        }
    }

    // Outside any transaction: it may come back.
    private void Accept(int q, int pick)
    {
        if (_held[q].Count > 0)
        {
            var (body, position) = _held[q].ElementAt(pick % _held[q].Count);
            _held[q].Remove(body);
            _queues[q].Settle(Consumer, SettleOutcome.Accepted, position);
            _there[q].Remove(body);
            _unsure[q].Add(body);
        }
    }

    // What is under way may have landed. The next incarnation asks, and who has not decided never will.
    private void Crash(int q, int b)
    {
        foreach (var committed in _queues[q].Uncommitted.Take(b % 3))
        {
            _queues[q].Journal.Append(committed);
        }

        foreach (var transaction in _transactions.Where(transaction => transaction.Outcome is null && transaction.Shares.ContainsKey(q)))
        {
            transaction.IsDoomed |= !transaction.Votes.Contains(q);
        }

        _queues[q] = _queues[q].Crash();
        _plainSequence[q] = 0;
        _held[q].Clear();
        foreach (var undecided in _queues[q].Decider.UndecidedTransactions.ToArray())
        {
            var transaction = _transactions.Find(transaction => transaction.Id == undecided.Id)!;
            if (transaction.Outcome is null)
            {
                CrashedUndecided++;
            }

            if (b % 5 > 0)
            {
                End(transaction, transaction.Outcome ?? false);
                Assert.True(_queues[q].Decider.End(undecided.Id, transaction.Outcome is true));
            }
        }

        Consume(q);
    }

    private void Collect()
    {
        for (var q = 0; q < QueueCount; q++)
        {
            var queue = _queues[q];
            queue.AnswerLoads();
            foreach (var (_, segment) in queue.Delivered)
            {
                for (var i = 0; i < segment.Count; i++)
                {
                    var body = TestBatches.BodyText(segment, i);
                    Assert.True(_there[q].Contains(body) || _unsure[q].Contains(body), $"{body} was delivered though it should not be in queue {q}.");
                    Assert.DoesNotContain(_transactions, open => open.Outcome is not false && open.Votes.Contains(q) && IsIn(open.Shares, q, body));
                    _held[q][body] = segment.FirstPosition + i;
                }
            }

            queue.Delivered.Clear();
            foreach (var (connection, _, confirmed) in queue.Told)
            {
                if (connection >= 100 && confirmed == 1)
                {
                    _transactions[connection - 100].Votes.Add(q);
                }
            }

            queue.Told.Clear();
        }
    }

    private static bool IsIn(Dictionary<int, (string[] Published, string[] Accepted)> shares, int q, string body) =>
        shares.TryGetValue(q, out var share) && share.Accepted.Contains(body);

    private void Check(int q, TestQueue queue)
    {
        Assert.Empty(queue.Decider.UndecidedTransactions);
        var found = queue.Drain().Replace("*", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(found.Length, found.Distinct().Count());
        Assert.Empty(_there[q].Except(found).Except(_unsure[q]));
        Assert.Empty(found.Except(_there[q]).Except(_unsure[q]));
        foreach (var transaction in _transactions.Where(transaction => transaction.Shares.ContainsKey(q)))
        {
            var order = transaction.Shares[q].Published.Select(body => Array.IndexOf(found, body)).Where(static at => at >= 0).ToArray();
            Assert.Equal(order.Order(), order);
        }
    }

    private ModelTransaction? Pick(int pick, Predicate<ModelTransaction> which)
    {
        var candidates = _transactions.FindAll(which);
        return candidates.Count == 0 ? null : candidates[pick % candidates.Count];
    }

    private static ConsumerKey Consumer { get; } = new(1, 1);

    private void Consume(int q) => _queues[q].Start(1, 1, TestQueue.Settings(prefetch: 4));

    private string NewBody() => $"m{_bodies++}";
}
