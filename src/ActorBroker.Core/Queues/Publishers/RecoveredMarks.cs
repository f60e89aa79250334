using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Publishers;

/// <summary>
/// What the journal knows of publishers that have not come back to this incarnation of the queue, bounded in number and
/// time: one that does not come within an hour has no batches left that it would send again.
/// </summary>
internal sealed class RecoveredMarks
{
    /// <summary>Most marks that are kept, the latest ones.</summary>
    public const int CountMax = 4096;

    private const long LifetimeMs = 3_600_000;

    private readonly Dictionary<long, PublisherMark> _marks = [];

    /// <summary>Adds what a snapshot or an event says.</summary>
    public void Add(PublisherMark mark)
    {
        if (_marks.TryGetValue(mark.Publisher, out var before))
        {
            mark = mark with { Sequence = Math.Max(before.Sequence, mark.Sequence), Refused = Join(before, mark) };
        }

        _marks[mark.Publisher] = mark;
        if (_marks.Count > 2 * CountMax)
        {
            KeepLatest();
        }
    }

    /// <summary>Takes out what is known of a publisher that has come.</summary>
    public PublisherMark Take(long publisher) => _marks.Remove(publisher, out var mark) ? mark : new PublisherMark(publisher, 0);

    /// <summary>What a snapshot keeps, with the marks of links.</summary>
    public PublisherMark[] With(IEnumerable<PublisherMark> linked, long now)
    {
        Forget(now);
        return [.. linked.Where(mark => mark.At > now - LifetimeMs).Concat(_marks.Values).OrderByDescending(static mark => mark.At).Take(CountMax)];
    }

    /// <summary>Drops what is too old or too much.</summary>
    public void Forget(long now)
    {
        foreach (var mark in _marks.Values.Where(mark => mark.At <= now - LifetimeMs).ToArray())
        {
            _marks.Remove(mark.Publisher);
        }

        KeepLatest();
    }

    private void KeepLatest()
    {
        if (_marks.Count > CountMax)
        {
            foreach (var mark in _marks.Values.OrderByDescending(static mark => mark.At).Skip(CountMax).ToArray())
            {
                _marks.Remove(mark.Publisher);
            }
        }
    }

    private static PositionRange[] Join(PublisherMark before, PublisherMark mark)
    {
        if (before.Refused.Length == 0 || mark.Refused.Length == 0)
        {
            return before.Refused.Length == 0 ? mark.Refused : before.Refused;
        }

        var joined = new RefusedBatches();
        joined.AddAll(before.Refused);
        joined.AddAll(mark.Refused);
        return joined.ToArray();
    }
}
