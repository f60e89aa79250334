using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>
/// Numbers of events that were rejected. Akka gives an entity's next event the next number, so that these would stay free:
/// an incarnation that has been replaced, and could not write for a while, would go on behind the numbers that its
/// successor uses, and both would be in the journal. So whoever goes on takes its skipped numbers too, by rows without
/// content, in the same statement; the unique key decides between the two as it does elsewhere. For any thread.
/// </summary>
internal sealed class SkippedNumbers
{
    private readonly ConcurrentDictionary<string, Skipped> _entities = new(StringComparer.Ordinal);

    /// <summary>A write was rejected.</summary>
    public void Add(IReadOnlyList<EventRow> rows)
    {
        var numbers = rows.Where(static row => !row.IsSkipped).Select(static row => row.SequenceNr).ToImmutableList();
        var (id, writer) = (rows[^1].PersistenceId, rows[^1].Writer);
        _entities.AddOrUpdate(
            id,
            _ => new Skipped(writer, numbers),
            (_, known) => new Skipped(writer, known.Writer == writer ? known.Numbers.AddRange(numbers) : numbers));
    }

    /// <summary>The rows of a write with those of the numbers that its incarnation has skipped in front.</summary>
    public IReadOnlyList<EventRow> With(List<EventRow> rows)
    {
        var last = rows[^1];
        return _entities.TryGetValue(last.PersistenceId, out var skipped) && skipped.Writer == last.Writer
            ? [.. skipped.Numbers.Select(number => new EventRow(last.PersistenceId, number, [], string.Empty, 0, last.Writer) { IsSkipped = true }), .. rows]
            : rows;
    }

    /// <summary>A write is committed, with the rows of the numbers that were skipped until then.</summary>
    public void Forget(IReadOnlyList<EventRow> rows)
    {
        if (_entities.IsEmpty)
        {
            return;
        }

        var (id, taken) = (rows[^1].PersistenceId, rows.Where(static row => row.IsSkipped).Select(static row => row.SequenceNr).ToHashSet());
        if (_entities.TryGetValue(id, out var known) && (known.Writer != rows[^1].Writer || taken.IsSupersetOf(known.Numbers)))
        {
            _entities.TryRemove(KeyValuePair.Create(id, known));
        }
    }

    private sealed record Skipped(string Writer, ImmutableList<long> Numbers);
}
