using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;

namespace ActorBroker.Core.Queues;

/// <content>What is known of messages, over a restart.</content>
public sealed partial class QueueDecider
{
    // The last delay of each message counts.
    private readonly PositionMap _recoveredDelays = new();
    private RememberedIdentity[] _identitiesUnderWay = [];

    private QueueNotes NotesOf(PositionSet live)
    {
        var overdue = _overdue.ToArray().Select(static positions => new PositionRun(positions, 0));
        return new QueueNotes(
            Within(_expiry.Entries().Concat(overdue), live),
            Within(_dying.Deaths, live),
            Within(_returns.ToArray(), live),
            Within(Within(_delays.Entries(), _delayed), live),
            [.. _identities?.Lasting.Except(_writes.Notes.Identities.Concat(_identitiesUnderWay)) ?? []]);
    }

    // With the write that begins. One that was tied to a message is forgotten with it.
    private void ForgetUntied()
    {
        if (_identities is { IsTiedToMessages: true } tied)
        {
            _writes.Notes.ForgetIdentities(remembered => !tied.Holds(remembered.Position));
        }
    }

    private static PositionRun[] Within(IEnumerable<PositionRun> runs, PositionSet live) =>
        [.. runs.SelectMany(run => live.Within(run.Positions), static (run, part) => run with { Positions = part }).OrderBy(static run => run.Positions.First)];

    private void RecoverNotes(QueueNotes notes)
    {
        _isMarked |= !notes.IsEmpty;
        foreach (var (positions, due) in notes.Deadlines)
        {
            _expiry.Add(positions, due);
        }

        foreach (var (positions, reason) in notes.Deaths)
        {
            RecoverAway(positions, part => _dying.Recover(part, (DeathReason)reason));
        }

        foreach (var run in notes.Returns)
        {
            RecoverReturns(run);
        }

        foreach (var (positions, readyAt) in notes.Delays)
        {
            RecoverAway(positions, part =>
            {
                _recoveredDelays.Set(part, readyAt);
                _delayed.Add(part);
            });
        }

        foreach (var remembered in notes.Identities)
        {
            _identities?.Remember(remembered);
        }
    }

    private void RecoverAway(PositionRange positions, Action<PositionRange> recover)
    {
        var found = new PositionSet();
        _ready.Remove(positions, found);
        _delayed.Remove(positions, found);
        _prepared.RemoveHeld(positions, found);
        Array.ForEach(found.ToArray(), part => recover(part));
    }

    // A snapshot may know of more returns than a write that was under way when it was taken. Positions that the journal
    // does not hold yet are given out again: what was known of a transient message is not of the next one there.
    private void RecoverReturns(PositionRun run)
    {
        var end = Math.Min(run.Positions.End, _log.NextPosition);
        for (var position = run.Positions.First; position < end;)
        {
            var known = ReturnCounts.Unpack(_returns.ValueAt(position, end - position, out var alike) ?? 0);
            _returns.Set(new PositionRange(position, alike), known.Max(ReturnCounts.Unpack(run.Value)).Packed);
            position += alike;
        }
    }

    private void RecoverMarks()
    {
        if (!_isMarked)
        {
            return;
        }

        var live = Live();
        var returns = Within(_returns.ToArray(), live);
        _returns.Clear();
        foreach (var (positions, counts) in returns)
        {
            _returns.Set(positions, counts);
        }

        foreach (var (positions, readyAt) in Within(_recoveredDelays.ToArray(), _delayed))
        {
            _delays.Add(positions, readyAt);
        }

        _recoveredDelays.Clear();
        _identities = _identities?.With(Settings.Deduplication!, live.Contains);
        CountReadyBytes();
        _isDue = true;
    }
}
