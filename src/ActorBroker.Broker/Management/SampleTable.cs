using System.Collections.Concurrent;
using ActorBroker.Contracts.Statistics;

namespace ActorBroker.Broker.Management;

/// <summary>
/// What the numbers of all objects of one kind were of late. One thread samples, any thread reads. An object costs nothing
/// before something has happened to it, and little once that is long ago; those that are not sampled any more are dropped.
/// </summary>
/// <param name="gaugesFrom">From this column on numbers say how many there are, not how many there have been.</param>
/// <param name="comparer">Of keys.</param>
internal sealed class SampleTable<TKey>(int gaugesFrom, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    /// <summary>As many as there are in the ten minutes that RabbitMQ keeps, with one to begin from.</summary>
    public const int RowsMax = 122;

    private const int FewObjects = 1_000;

    private readonly ConcurrentDictionary<TKey, Entry> _entries = new(comparer ?? EqualityComparer<TKey>.Default);
    private long _last;
    private long _now;

    /// <summary>Rows of further objects, when there are many: about a minute. Two are enough for a rate.</summary>
    public int RowsOfMany { get; init; } = 13;

    /// <summary>Looks begin: all with the same time, in milliseconds.</summary>
    public void Begin(long now) => (_last, _now) = (_now, now);

    /// <summary>One object now.</summary>
    public void Sample(TKey key, long[] row)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (!row.AsSpan().ContainsAnyExcept(0))
            {
                return;
            }

            entry = new Entry(row.Length, _entries.Count < FewObjects ? RowsMax : RowsOfMany);
            _entries[key] = entry;
            AddOrigin(entry.Ring, row);
        }

        entry.SeenAt = _now;
        if (entry.IsResting && entry.Ring.IsNewest(row))
        {
            return;
        }

        if (entry.IsResting)
        {
            entry.IsResting = false;
            entry.Ring.Add(_last, entry.Ring.Newest());
        }

        entry.Ring.Add(_now, row);
        if (entry.Ring.IsAtRest)
        {
            entry.Rest(row, _now);
        }
    }

    /// <summary>What was not sampled since <see cref="Begin"/> is no more.</summary>
    public void End()
    {
        foreach (var (key, entry) in _entries)
        {
            if (entry.SeenAt != _now)
            {
                _entries.TryRemove(key, out _);
            }
        }
    }

    /// <summary>What was is forgotten. Any thread.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>What is known of an object; null for nothing.</summary>
    public SampleRing? Find(TKey key) => _entries.TryGetValue(key, out var entry) ? entry.Ring : null;

    // An object that came since the last look has counted from nothing; what was there before the first one is not known.
    private void AddOrigin(SampleRing ring, long[] row)
    {
        if (_last > 0)
        {
            var origin = new long[row.Length];
            row.AsSpan(gaugesFrom).CopyTo(origin.AsSpan(gaugesFrom));
            ring.Add(_last, origin);
        }
    }

    private sealed class Entry(int width, int capacity)
    {
        private volatile SampleRing _ring = new(width, capacity);

        public SampleRing Ring => _ring;

        public long SeenAt { get; set; }

        public bool IsResting { get; set; }

        public void Rest(long[] row, long now)
        {
            var rest = new SampleRing(width, capacity);
            rest.Add(now, row);
            _ring = rest;
            IsResting = true;
        }
    }
}
