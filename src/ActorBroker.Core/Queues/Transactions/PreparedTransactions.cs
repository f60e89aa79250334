using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Transactions;

/// <summary>The transactions that a queue has shares of and whose end its journal does not know.</summary>
internal sealed class PreparedTransactions
{
    private readonly Dictionary<TransactionId, PreparedTransaction> _byId = [];

    public bool IsEmpty => _byId.Count == 0;

    /// <summary>Messages that may come in.</summary>
    public long UndecidedMessages { get; private set; }

    /// <summary>Bytes of their bodies.</summary>
    public long UndecidedBodyBytes { get; private set; }

    /// <summary>Bytes of their records: memory that no one can free.</summary>
    public long UndecidedBytes { get; private set; }

    /// <summary>Bytes of the records of all shares.</summary>
    public long Bytes { get; private set; }

    public IEnumerable<PreparedTransaction> Undecided => _byId.Values.Where(static prepared => prepared.IsCommitted is null);

    public void Add(PreparedTransaction prepared)
    {
        _byId.Add(prepared.Id, prepared);
        Bytes += prepared.Batch.SizeBytes;
        Count(prepared, 1);
    }

    /// <summary>Null when it is not known here.</summary>
    public PreparedTransaction? Find(TransactionId id) => _byId.GetValueOrDefault(id);

    public void Decide(PreparedTransaction prepared, bool committed)
    {
        prepared.IsCommitted = committed;
        Count(prepared, -1);
    }

    /// <summary>The journal knows how it ended, or need not know of it at all.</summary>
    public void Forget(PreparedTransaction prepared)
    {
        if (_byId.Remove(prepared.Id))
        {
            Bytes -= prepared.Batch.SizeBytes;
            if (prepared.IsCommitted is null)
            {
                Count(prepared, -1);
            }
        }
    }

    /// <summary>A write is committed: who awaits that is told.</summary>
    /// <param name="written">What it put into the journal, which is taken out of there.</param>
    /// <param name="effects">Tells.</param>
    public void Written(TransactionWrites written, IQueueEffects effects)
    {
        foreach (var share in written.Prepared)
        {
            if (share.IsCommitted is null)
            {
                effects.TransactionPrepared(share.Undecided.Connection, share.Id);
            }
        }

        foreach (var transaction in written.Ended)
        {
            Forget(transaction);
            if (transaction.IsCommitted is true)
            {
                effects.TransactionEnded(transaction.Id);
            }
        }

        written.Prepared.Clear();
        written.Ended.Clear();
    }

    /// <summary>Adds what undecided ones hold of the queue's messages.</summary>
    public void AddHeldTo(PositionSet positions)
    {
        foreach (var prepared in Undecided)
        {
            positions.AddAll(prepared.Held.All());
        }
    }

    /// <summary>Recovery has found out what became of some of what undecided ones hold.</summary>
    public void RemoveHeld(PositionRange positions, PositionSet removed)
    {
        foreach (var prepared in _byId.Values)
        {
            prepared.Held.Accepted.Remove(positions, removed);
            prepared.Held.Rejected.Remove(positions, removed);
        }
    }

    /// <summary>What a snapshot must keep: shares whose end comes in a later event, if at all.</summary>
    public PreparedShare[] Written() =>
        [.. _byId.Values.Where(static prepared => prepared.IsWritten).Select(static prepared => prepared.Share)];

    private void Count(PreparedTransaction prepared, int sign)
    {
        UndecidedMessages += sign * prepared.Batch.Count;
        UndecidedBodyBytes += sign * prepared.BodyBytes;
        UndecidedBytes += sign * prepared.Batch.SizeBytes;
    }
}
