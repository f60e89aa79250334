namespace ActorBroker.Contracts.Statistics;

/// <summary>
/// What the numbers of one object were of late: one row each time somebody looks, the oldest making room. One thread adds,
/// any thread reads.
/// </summary>
/// <param name="width">Numbers in a row.</param>
/// <param name="capacity">Rows that are kept.</param>
public sealed class SampleRing(int width, int capacity)
{
    private readonly Lock _lock = new();

    // Time first. Grows by doubling, so that an object that was busy once does not keep room for all.
    private long[] _rows = new long[2 * (width + 1)];
    private int _next;
    private int _count;

    /// <summary>Numbers in a row.</summary>
    public int Width => width;

    private int Rows => _rows.Length / (width + 1);

    /// <summary>Adds a row.</summary>
    /// <param name="at">Unix time in milliseconds, later than that of the row before.</param>
    /// <param name="values">As many as <see cref="Width"/>.</param>
    public void Add(long at, ReadOnlySpan<long> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, width);
        lock (_lock)
        {
            if (_count == Rows && _count < capacity)
            {
                Grow();
            }

            var row = _rows.AsSpan(_next * (width + 1), width + 1);
            row[0] = at;
            values.CopyTo(row[1..]);
            _next = (_next + 1) % Rows;
            _count = Math.Min(_count + 1, Rows);
        }
    }

    /// <summary>The newest row is this one.</summary>
    public bool IsNewest(ReadOnlySpan<long> values)
    {
        lock (_lock)
        {
            return _count > 0 && Row(0)[1..].SequenceEqual(values);
        }
    }

    /// <summary>The newest row; there must be one.</summary>
    public long[] Newest()
    {
        lock (_lock)
        {
            return Row(0)[1..].ToArray();
        }
    }

    /// <summary>All rows are alike: nothing has happened for as long as they reach.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (_lock)
            {
                return _count == capacity && Row(0)[1..].SequenceEqual(Row(_count - 1)[1..]);
            }
        }
    }

    /// <summary>How much each number has grown in a second, between the two newest rows; zeros where there are not two.</summary>
    public void Rates(Span<double> rates)
    {
        rates.Clear();
        lock (_lock)
        {
            if (_count < 2)
            {
                return;
            }

            var newest = Row(0);
            var before = Row(1);
            var seconds = Math.Max(1, newest[0] - before[0]) / 1000.0;
            for (var i = 0; i < width; i++)
            {
                rates[i] = (newest[i + 1] - before[i + 1]) / seconds;
            }
        }
    }

    /// <summary>The numbers of one column, newest first.</summary>
    /// <param name="column">Which.</param>
    /// <param name="now">Unix time in milliseconds: from where back.</param>
    /// <param name="age">Milliseconds back.</param>
    /// <param name="increment">Milliseconds from one to the next.</param>
    public IReadOnlyList<(long At, long Value)> Column(int column, long now, long age, long increment)
    {
        var samples = new List<(long, long)>();
        lock (_lock)
        {
            var row = 0;
            for (var at = now; at >= now - age && row < _count; at -= increment)
            {
                // The newest that is not newer than that.
                while (row < _count && Row(row)[0] > at)
                {
                    row++;
                }

                if (row < _count)
                {
                    samples.Add((at, Row(row)[column + 1]));
                }
            }
        }

        return samples;
    }

    // The newest is row 0.
    private ReadOnlySpan<long> Row(int back)
    {
        var rows = Rows;
        return _rows.AsSpan((_next - 1 - back + (2 * rows)) % rows * (width + 1), width + 1);
    }

    private void Grow()
    {
        var grown = new long[Math.Min(capacity, 2 * Rows) * (width + 1)];
        for (var i = 0; i < _count; i++)
        {
            Row(_count - 1 - i).CopyTo(grown.AsSpan(i * (width + 1)));
        }

        _rows = grown;
        _next = _count;
    }
}
