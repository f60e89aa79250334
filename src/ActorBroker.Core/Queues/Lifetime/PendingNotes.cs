using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lifetime;

/// <summary>Notes that the journal has not heard of yet.</summary>
internal sealed class PendingNotes
{
    private readonly PositionMap _deadlines = new();
    private readonly PositionMap _deaths = new();
    private readonly PositionMap _returns = new();
    private readonly PositionMap _delays = new();
    private readonly List<RememberedIdentity> _identities = [];

    /// <summary>There is nothing to write.</summary>
    public bool IsEmpty => HasNoPositions && _identities.Count == 0;

    /// <summary>Someone waits for the journal to know of a death.</summary>
    public bool IsUrgent => !_deaths.IsEmpty;

    private bool HasNoPositions => _deadlines.IsEmpty && _deaths.IsEmpty && _returns.IsEmpty && _delays.IsEmpty;

    /// <summary>Identities that the journal has not heard of yet.</summary>
    public IEnumerable<RememberedIdentity> Identities => _identities;

    /// <summary>The messages expire then.</summary>
    public void Expire(PositionRange positions, long due) => _deadlines.Set(positions, due);

    /// <summary>The messages are given up.</summary>
    public void Die(PositionRange positions, DeathReason reason) => _deaths.Set(positions, (long)reason);

    /// <summary>The messages have come back so often.</summary>
    public void Return(PositionRange positions, ReturnCounts counts) => _returns.Set(positions, counts.Packed);

    /// <summary>The messages are not ready before then.</summary>
    public void Delay(PositionRange positions, long readyAt) => _delays.Set(positions, readyAt);

    /// <summary>An identity is remembered.</summary>
    public void Remember(RememberedIdentity identity) => _identities.Add(identity);

    /// <summary>The journal need not hear of these.</summary>
    public void ForgetIdentities(Predicate<RememberedIdentity> areForgotten) => _identities.RemoveAll(areForgotten);

    /// <summary>The messages are gone: nothing of them matters, though their identities may.</summary>
    public void Forget(PositionRange positions)
    {
        if (!HasNoPositions)
        {
            _deadlines.Remove(positions);
            _deaths.Remove(positions);
            _returns.Remove(positions);
            _delays.Remove(positions);
        }
    }

    /// <summary>
    /// Takes out what can be written now. Notes of messages that the journal does not hold yet stay: a replay would find
    /// nothing that they are about.
    /// </summary>
    public QueueNotes Take(PositionSet unwritten)
    {
        if (IsEmpty)
        {
            return QueueNotes.None;
        }

        var notes = new QueueNotes(
            Take(_deadlines, unwritten), Take(_deaths, unwritten), Take(_returns, unwritten), Take(_delays, unwritten), [.. _identities.Where(remembered => !unwritten.Contains(remembered.Position))]);
        _identities.RemoveAll(remembered => !unwritten.Contains(remembered.Position));
        return notes;
    }

    private static PositionRun[] Take(PositionMap map, PositionSet unwritten)
    {
        var runs = map.ToArray();
        map.Clear();
        if (unwritten.IsEmpty)
        {
            return runs;
        }

        var taken = new List<PositionRun>(runs.Length);
        foreach (var run in runs)
        {
            var next = run.Positions.First;
            foreach (var kept in unwritten.Within(run.Positions))
            {
                map.Set(kept, run.Value);
                AddTo(taken, next, kept.First, run.Value);
                next = kept.End;
            }

            AddTo(taken, next, run.Positions.End, run.Value);
        }

        return [.. taken];
    }

    private static void AddTo(List<PositionRun> taken, long first, long end, long value)
    {
        if (end > first)
        {
            taken.Add(new PositionRun(new PositionRange(first, end - first), value));
        }
    }
}
