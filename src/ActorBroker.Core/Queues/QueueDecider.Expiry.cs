using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Log;

namespace ActorBroker.Core.Queues;

/// <content>
/// What happens because time has passed. A message that is ready when its deadline comes leaves then, wherever it is in
/// line; one that is held, or waits to be tried again, leaves when it comes back.
/// </content>
public sealed partial class QueueDecider
{
    private readonly DueIndex _expiry = new();

    // Not ready when their deadline came.
    private readonly PositionSet _overdue = new();
    private readonly PositionSet _expired = new();

    // Recovery, or new settings, may have left something to be done at the next chance.
    private bool _isDue;

    /// <summary>When <see cref="AdvanceTo"/> should be called although nothing happens; null for never.</summary>
    public long? NextDue
    {
        get
        {
            var due = Math.Min(Math.Min(_expiry.NextDue, _delays.NextDue), Math.Min(_nextLook, _history?.NextDue ?? long.MaxValue));
            return _isDue ? Now : due == long.MaxValue ? null : due;
        }
    }

    /// <summary>Time has come to there. To be called before anything else that happens then; time that goes back stands still.</summary>
    public void AdvanceTo(long now)
    {
        Now = Math.Max(Now, now);
        _history?.AdvanceTo(Now);
        if (NextDue is not { } due || due > Now)
        {
            return;
        }

        _isDue = false;
        Expire();
        LookForTimeouts();
        EndDelays();
        AfterSettling();
    }

    private void SetDeadlines(LogBatch placed, MessageBatch batch)
    {
        _isMarked = true;
        var first = 0;
        var due = DeadlineOf(batch[0]);
        for (var i = 1; i <= batch.Count; i++)
        {
            var next = i < batch.Count ? DeadlineOf(batch[i]) : null;
            if (i == batch.Count || next != due)
            {
                SetDeadline(placed, new PositionRange(placed.First + first, i - first), due);
                (first, due) = (i, next);
            }
        }

        _expiry.Retain(_ready.Count + UnsettledCount + _delayed.Count, ReadyOrAway);
    }

    private void SetDeadline(LogBatch placed, PositionRange positions, long? due)
    {
        if (due is { } at)
        {
            _expiry.Add(positions, at);
            if (placed.IsJournaled)
            {
                _writes.Notes.Expire(positions, at);
            }
        }
    }

    private long? DeadlineOf(MessageView message)
    {
        var own = (message.Flags & MessageFlags.Expires) != 0 ? Formats[message.Format].ReadExpiration(message.Properties) : null;
        var lifetime = Settings.Stage is { } stage ? stage.DelayOf(message, Formats)
            : own is { } ttl ? Math.Min(ttl, Settings.MessageTtl ?? long.MaxValue)
            : Settings.MessageTtl;
        return lifetime is { } wait ? DueIndex.RoundUp(wait > long.MaxValue - Now ? long.MaxValue : Now + wait, Now) : null;
    }

    private void Expire()
    {
        while (_expiry.TryTakeDue(Now, out var positions))
        {
            _expired.Clear();
            var count = RemoveReady(positions, _expired);
            if (count < positions.Count)
            {
                RememberOverdue(positions);
            }

            for (var i = 0; i < _expired.IntervalCount; i++)
            {
                Die(_expired.Interval(i), DeathReason.Expired);
            }
        }
    }

    private void RememberOverdue(PositionRange positions)
    {
        foreach (var consumer in _roster.All)
        {
            foreach (var held in consumer.Unsettled.Within(positions))
            {
                _overdue.Add(held);
            }
        }

        foreach (var delayed in _delayed.Within(positions))
        {
            _overdue.Add(delayed);
        }

        if (!_prepared.IsEmpty)
        {
            var held = new PositionSet();
            _prepared.AddHeldTo(held);
            foreach (var part in held.Within(positions))
            {
                _overdue.Add(part);
            }
        }
    }

    private PositionSet Live()
    {
        var positions = ReadyOrAway();
        foreach (var (dying, _) in _dying.Deaths)
        {
            positions.Add(dying);
        }

        _writes.AddHeldTo(positions);
        return positions;
    }

    private PositionSet ReadyOrAway()
    {
        var positions = new PositionSet();
        _ready.AddTo(positions);
        positions.AddAll(_delayed);
        positions.AddAll(_unreadable);
        _prepared.AddHeldTo(positions);
        foreach (var consumer in _roster.All)
        {
            positions.AddAll(consumer.Unsettled);
        }

        return positions;
    }
}
