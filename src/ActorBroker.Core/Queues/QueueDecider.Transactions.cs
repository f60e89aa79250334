using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Queues;

/// <content>
/// Messages that come and go together. What a transaction of this queue alone accepts is in the event that brings its
/// messages, and stays where it is, held by nobody, until that is committed: neither a crash nor a snapshot ever has one
/// without the other. A transaction of several queues is prepared first: the journal holds its messages, which have no
/// places yet, and what it settles is held by nobody. Committed, they come in like any other batch, in one event that
/// also says that the transaction has ended; until that is committed, a recovery finds it prepared, and asks again.
/// </content>
public sealed partial class QueueDecider
{
    private readonly PositionSet _discarded = new();
    private readonly PreparedTransactions _prepared = new();

    // While settlements are only taken from their consumers.
    private HeldPositions? _holding;

    /// <inheritdoc/>
    public IEnumerable<UndecidedTransaction> UndecidedTransactions => _prepared.Undecided.Select(static prepared => prepared.Undecided);

    /// <inheritdoc/>
    public bool HasPrepared => !_prepared.IsEmpty;

    /// <inheritdoc/>
    public long PreparedBytes => _prepared.Bytes;

    /// <inheritdoc/>
    public void Commit(int connection, long linkSequence, MessageBatch batch, ReadOnlySpan<HeldSettlement> settlements)
    {
        var link = _links.Of(connection);
        if (!HasRoomFor(batch))
        {
            Refuse(link, linkSequence, batch);
            return;
        }

        var accepted = settlements.IsEmpty ? null : SettleAllButAccepted(Hold(settlements));
        EnterWhole(batch);
        var needsWrite = EnqueueEntered(link, linkSequence, IsDurable ? accepted : null);
        if (!IsDurable && accepted is not null)
        {
            Release(accepted, _writes.Settled);
        }

        link.Receive(linkSequence, needsWrite);
        _history?.AfterSettling();
        AfterEntering();
        _links.Tell(link, IsWithholding);
        BoundMemory();
    }

    /// <inheritdoc/>
    public void Prepare(int connection, long linkSequence, TransactionId id, MessageBatch batch, ReadOnlySpan<HeldSettlement> settlements)
    {
        var link = _links.Of(connection);
        if (!HasRoomFor(batch))
        {
            Refuse(link, linkSequence, batch);
            return;
        }

        var held = Hold(settlements);
        var prepared = new PreparedTransaction(id, connection, batch, held, Now)
        {
            NeedsWrite = IsDurable && (!held.Accepted.IsEmpty || !held.Rejected.IsEmpty || (IsQuorum ? batch.Count : batch.CountPersistent()) > 0),
        };
        _prepared.Add(prepared);
        link.Receive(linkSequence, prepared.NeedsWrite);
        if (prepared.NeedsWrite)
        {
            _writes.Add(new WaitingWrite(null, link) { LinkSequence = linkSequence, Prepares = prepared });
        }

        AfterSettling();
        _links.Tell(link, IsWithholding);
    }

    /// <inheritdoc/>
    public bool End(TransactionId id, bool committed)
    {
        if (_prepared.Find(id) is not { } prepared)
        {
            return false;
        }

        if (prepared.IsCommitted is null)
        {
            _prepared.Decide(prepared, committed);
            if (committed)
            {
                Commit(prepared);
            }
            else
            {
                Undo(prepared);
            }
        }

        return true;
    }

    private void Commit(PreparedTransaction prepared)
    {
        Release(prepared.Held.Accepted, _writes.Settled);
        ForgetHoldingAgain(prepared.Held.Accepted);
        SettleOthers(prepared.Held);
        EnterWhole(prepared.Batch);
        if (prepared.IsRecovered && _entered.Count > 0)
        {
            MarkOvertaken(_entered[0].First);
            _deliveredBefore = Math.Max(_deliveredBefore, _entered[0].End);
        }

        if (!EnqueueEntered(link: null, linkSequence: 0, ends: prepared.NeedsWrite ? prepared : null))
        {
            Ended(prepared);
        }

        AfterEntering();
        BoundMemory();
    }

    // Its channel is closed, as RabbitMQ does when a commit fails: what it held comes back as from any that ends.
    private void Undo(PreparedTransaction prepared)
    {
        foreach (var range in prepared.Held.All().ToArray())
        {
            Return(range, failed: !prepared.IsRecovered, counts: !prepared.IsRecovered);
            EndHoldingAgain(range);
        }

        Ended(prepared);
        AfterSettling();
    }

    private void Ended(PreparedTransaction prepared)
    {
        if (prepared.HasBegun)
        {
            _writes.Transactions.End(prepared);
        }
        else
        {
            _prepared.Forget(prepared);
        }
    }

    private HeldPositions Hold(ReadOnlySpan<HeldSettlement> settlements)
    {
        var held = new HeldPositions();
        _holding = held;
        foreach (var settlement in settlements)
        {
            Settle(settlement.Consumer, settlement.Outcome, settlement.Positions);
        }

        _holding = null;
        return held;
    }

    // What is accepted, if anything, goes with the write.
    private PositionSet? SettleAllButAccepted(HeldPositions held)
    {
        ForgetHoldingAgain(held.Accepted);
        SettleOthers(held);
        return held.Accepted.IsEmpty ? null : held.Accepted;
    }

    private void SettleOthers(HeldPositions held)
    {
        for (var i = 0; i < held.Rejected.IntervalCount; i++)
        {
            Die(held.Rejected.Interval(i), DeathReason.Rejected);
            EndHoldingAgain(held.Rejected.Interval(i));
        }

        foreach (var (outcome, range) in held.Returned)
        {
            TakeBack(range, outcome);
            EndHoldingAgain(range);
        }
    }

    private void ForgetHoldingAgain(PositionSet positions)
    {
        for (var i = 0; i < positions.IntervalCount; i++)
        {
            EndHoldingAgain(positions.Interval(i));
        }
    }

    // The write that held them is committed.
    private void ReleaseCommitted()
    {
        if (!_writes.CommittedWithBatch.IsEmpty)
        {
            Release(_writes.CommittedWithBatch, _discarded);
            _writes.CommittedWithBatch.Clear();
            _discarded.Clear();
        }

        _prepared.Written(_writes.Transactions, _effects);
    }

    private void Release(PositionSet positions, PositionSet journaled)
    {
        for (var i = 0; i < positions.IntervalCount; i++)
        {
            Leave(positions.Interval(i), journaled);
        }
    }

    private void RecoverEnded(TransactionId id)
    {
        if (_prepared.Find(id) is { } prepared)
        {
            // What a committed one took is settled by this event or an earlier one; the rest is ready again.
            _prepared.Forget(prepared);
            Array.ForEach(prepared.Held.All().ToArray(), BecomeReady);
        }
    }

    private void RecoverPrepared(PreparedShare share)
    {
        if (_prepared.Find(share.Id) is not null)
        {
            // Rejected, written again, and found twice after all.
            return;
        }

        var held = new HeldPositions();
        Array.ForEach(share.Accepted, range => RecoverAway(range, part => held.Hold(SettleOutcome.Accepted, part)));
        Array.ForEach(share.Rejected, range => RecoverAway(range, part => held.Hold(SettleOutcome.Rejected, part)));
        _prepared.Add(PreparedTransaction.Recover(share, held, Now));
    }
}
