using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <content>
/// Messages that come and go together. What a transaction accepts is in the event that brings its messages, and stays
/// where it is, held by nobody, until that is committed: neither a crash nor a snapshot ever has one without the other.
/// </content>
public sealed partial class QueueDecider
{
    private readonly PositionSet _discarded = new();
    private PositionSet? _ofTransaction;

    /// <inheritdoc/>
    public void Commit(int connection, long linkSequence, MessageBatch batch, ReadOnlySpan<HeldSettlement> settlements)
    {
        var accepted = new PositionSet();
        _ofTransaction = accepted;
        foreach (var settlement in settlements)
        {
            Settle(settlement.Consumer, settlement.Outcome, settlement.Positions);
        }

        _ofTransaction = null;
        _writes.OfTransaction = accepted.IsEmpty ? null : accepted;
        Publish(connection, linkSequence, batch);
        if (_writes.OfTransaction is not null)
        {
            // None of its messages needs a write.
            _writes.OfTransaction = null;
            Release(accepted, _writes.Settled);
        }

        AfterSettling();
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
    }

    private void Release(PositionSet positions, PositionSet journaled)
    {
        for (var i = 0; i < positions.IntervalCount; i++)
        {
            Leave(positions.Interval(i), journaled);
        }
    }
}
