using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <content>Messages leave, or come back.</content>
public sealed partial class QueueDecider
{
    /// <summary>
    /// Settles positions that the consumer holds; any it does not hold are passed over (an earlier incarnation of the
    /// queue gave them out, and they are ready again).
    /// </summary>
    public void Settle(ConsumerKey key, SettleOutcome outcome, PositionRange positions)
    {
        if (_roster.Find(key) is not { } consumer)
        {
            _history?.Settle(key, outcome, positions);
            return;
        }

        _scratch.Clear();
        var settled = consumer.Unsettled.Remove(positions, _scratch);
        UnsettledCount -= settled;
        _counters?.Acknowledged += outcome == SettleOutcome.Accepted ? settled : 0;
        for (var i = 0; i < _scratch.IntervalCount; i++)
        {
            var range = _scratch.Interval(i);
            if (outcome is not (SettleOutcome.Accepted or SettleOutcome.Rejected))
            {
                consumer.HeldSince.Returned(range);
            }

            if (_holding is not null)
            {
                _holding.Hold(outcome, range);
                continue;
            }

            switch (outcome)
            {
                case SettleOutcome.Accepted:
                    Leave(range, _writes.Settled);
                    break;
                case SettleOutcome.Rejected:
                    Die(range, DeathReason.Rejected);
                    break;
                default:
                    TakeBack(range, outcome);
                    break;
            }

            EndHoldingAgain(range);
        }

        if (consumer is { IsStopped: true, Unsettled.IsEmpty: true })
        {
            Leave(consumer);
        }
        else
        {
            _roster.Enqueue(consumer);
        }
    }

    /// <summary>To be called once after one or more settlements: what they made possible happens.</summary>
    public void AfterSettling()
    {
        _history?.AfterSettling();
        AnswerGets();
        Dispatch();
    }

    /// <summary>
    /// Removes all messages that are ready, or will be. What the journal must hear of is in the returned ranges, for the
    /// event that says who did it: also what was settled before and is not written yet, so that nothing comes back after it.
    /// </summary>
    public (long Count, PositionRange[] Journaled) Purge()
    {
        var journaled = new PositionSet();
        _scratch.Clear();
        _ready.AddTo(_scratch);
        _ready.Clear();
        _readyBytes = 0;
        _scratch.AddAll(_delayed);
        _delayed.Clear();
        var count = _scratch.Count;
        for (var i = 0; i < _scratch.IntervalCount; i++)
        {
            Leave(_scratch.Interval(i), journaled);
        }

        if (UnsettledCount == 0)
        {
            // Otherwise, what is held by its position may come back unmarked.
            _undelivered.Clear();
        }

        _writes.SettleByEvent(journaled);
        AnswerGets();
        AfterDrain();
        return (count, journaled.ToArray());
    }

    private void TakeBack(PositionRange range, SettleOutcome outcome)
    {
        if (outcome is SettleOutcome.Requeued or SettleOutcome.Failed)
        {
            Return(range, failed: outcome == SettleOutcome.Failed, counts: true);
            return;
        }

        _undelivered.Add(range);
        Return(range, failed: false, counts: false);
    }

    private void EndHoldingAgain(PositionRange range)
    {
        if (_heldAgain.IsEmpty)
        {
            return;
        }

        _ofHeldAgain.Clear();
        _heldAgain.Remove(range, _ofHeldAgain);
        for (var i = 0; i < _ofHeldAgain.IntervalCount; i++)
        {
            _undelivered.Remove(_ofHeldAgain.Interval(i));
        }
    }

    private void Close(QueueConsumer consumer, bool failed)
    {
        UnsettledCount -= consumer.Unsettled.Count;
        _roster.Remove(consumer);
        for (var i = 0; i < consumer.Unsettled.IntervalCount; i++)
        {
            Return(consumer.Unsettled.Interval(i), failed, counts: true);
            EndHoldingAgain(consumer.Unsettled.Interval(i));
        }

        consumer.Unsettled.Clear();
        _ready.Release(consumer.Key);
    }

    // A consumer or getter that holds nothing.
    private void Leave(QueueConsumer consumer)
    {
        _roster.Remove(consumer);
        _ready.Release(consumer.Key);
    }

    // Consumers have what they can take: what may not stay leaves. Memory may be free now that was not.
    private void AfterDrain()
    {
        if (_isMarked)
        {
            Expire();
            if (DropHead())
            {
                AnswerGets();
                ServeAll();
            }

            HandOverDeadLetters();
        }

        ScheduleLook();
        if (_isSpilling && _log.PinnedBytes == 0 && _ready.IsEmpty)
        {
            _isSpilling = false;
        }

        TryWrite();
        _links.AcceptWithheld(IsWithholding);
    }
}
