using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Streams;

/// <content>
/// Transactions: what is settled is credit and nothing more, so it counts at once. Prepared messages have no offsets
/// before the transaction is committed, so that nobody waits at a gap; they are written again then, with their offsets.
/// </content>
public sealed partial class StreamDecider
{
    private readonly PreparedTransactions _prepared = new();

    /// <inheritdoc/>
    public IEnumerable<UndecidedTransaction> UndecidedTransactions => _prepared.Undecided.Select(static prepared => prepared.Undecided);

    /// <inheritdoc/>
    public bool HasPrepared => !_prepared.IsEmpty;

    /// <inheritdoc/>
    public long PreparedBytes => _prepared.Bytes;

    /// <inheritdoc/>
    public void Commit(int connection, long linkSequence, MessageBatch batch, ReadOnlySpan<HeldSettlement> settlements)
    {
        Settle(settlements);
        Publish(connection, linkSequence, batch);
        AfterSettling();
    }

    /// <inheritdoc/>
    public void Prepare(int connection, long linkSequence, TransactionId id, MessageBatch batch, ReadOnlySpan<HeldSettlement> settlements)
    {
        Settle(settlements);
        var link = _links.Of(connection);
        var prepared = new PreparedTransaction(id, connection, batch, new HeldPositions(), Now) { NeedsWrite = batch.Count > 0 };
        _prepared.Add(prepared);
        link.Receive(linkSequence, prepared.NeedsWrite);
        if (prepared.NeedsWrite)
        {
            _writes.Add(new StreamWrite(null, link) { LinkSequence = linkSequence, Prepares = prepared });
        }

        TryWrite();
        _links.Tell(link, IsWithholding);
        AfterSettling();
    }

    /// <inheritdoc/>
    public bool End(TransactionId id, bool committed)
    {
        if (_prepared.Find(id) is not { } prepared)
        {
            return false;
        }

        if (prepared.IsCommitted is not null)
        {
            return true;
        }

        _prepared.Decide(prepared, committed);
        if (committed && prepared.NeedsWrite)
        {
            _writes.Add(new StreamWrite(Place(prepared.Batch), Link: null) { Ends = prepared });
        }
        else if (prepared.HasBegun)
        {
            _writes.Transactions.End(prepared);
        }
        else
        {
            _prepared.Forget(prepared);
        }

        TryWrite();
        _links.AcceptWithheld(IsWithholding);
        return true;
    }

    private void Settle(ReadOnlySpan<HeldSettlement> settlements)
    {
        foreach (var settlement in settlements)
        {
            Settle(settlement.Consumer, settlement.Outcome, settlement.Positions);
        }
    }

    private void RecoverPrepared(PreparedShare share)
    {
        if (_prepared.Find(share.Id) is null)
        {
            _prepared.Add(PreparedTransaction.Recover(share, new HeldPositions(), Now));
        }
    }

    private void RecoverEnded(TransactionId id)
    {
        if (_prepared.Find(id) is { } prepared)
        {
            _prepared.Forget(prepared);
        }
    }
}
