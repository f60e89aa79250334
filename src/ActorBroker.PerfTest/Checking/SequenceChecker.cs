namespace ActorBroker.PerfTest.Checking;

/// <summary>What is wrong with the messages that were delivered. All zero if nothing is.</summary>
internal readonly record struct SequenceFaults(long Lost, long Duplicates, long OutOfOrder)
{
    public long Total => Lost + Duplicates + OutOfOrder;

    public static SequenceFaults operator +(SequenceFaults left, SequenceFaults right) =>
        new(left.Lost + right.Lost, left.Duplicates + right.Duplicates, left.OutOfOrder + right.OutOfOrder);
}

/// <summary>
/// Checks the messages that one queue delivers, a <see cref="SequenceStream"/> per producer. The consumers of the queue share
/// it and hand over many messages at a time, so that its lock costs nothing per message.
/// </summary>
/// <param name="run">The run whose messages are checked; others' are only counted. Null: those of any run, from the first seen on.</param>
/// <param name="isOrdered">The queue has one consumer.</param>
internal sealed class SequenceChecker(int? run, bool isOrdered)
{
    /// <summary>More streams than this are not kept apart but counted as foreign: leftovers of many runs must not fill the memory.</summary>
    private const int StreamsMax = 16_384;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, SequenceStream> _streams = [];
    private SequenceStream? _last;
    private int _lastKey;
    private long _foreign;

    /// <summary>Messages of other runs, which were in the queue before.</summary>
    public long Foreign => Volatile.Read(ref _foreign);

    /// <param name="identities">First eight bytes of the bodies, in the order of delivery: see <see cref="MessageStamp"/>.</param>
    public void Observe(ReadOnlySpan<ulong> identities, bool redelivered)
    {
        lock (_lock)
        {
            foreach (var identity in identities)
            {
                if (FindStream(identity) is { } stream)
                    stream.Observe(MessageStamp.SequenceOf(identity), redelivered);
                else
                    _foreign++;
            }
        }
    }

    /// <summary>How many different messages of a producer came.</summary>
    public long ReceivedFrom(int producer)
    {
        lock (_lock)
            return FindOwn(producer)?.Received ?? 0;
    }

    /// <summary>Messages that were skipped, repeated or late, as far as can be seen from those that came.</summary>
    public SequenceFaults Faults()
    {
        lock (_lock)
        {
            var faults = default(SequenceFaults);
            foreach (var stream in _streams.Values)
                faults += new SequenceFaults(stream.Missing, stream.Duplicates, stream.OutOfOrder);
            return faults;
        }
    }

    /// <summary>How many of a producer's last messages did not come, after the highest that did.</summary>
    /// <param name="published">The highest sequence number that the producer used.</param>
    public long MissingAtEnd(int producer, long published)
    {
        lock (_lock)
            return Math.Max(0, published - (FindOwn(producer)?.Highest ?? 0));
    }

    private SequenceStream? FindOwn(int producer) =>
        run is { } own ? _streams.GetValueOrDefault(MessageStamp.StreamOf(own, producer)) : null;

    private SequenceStream? FindStream(ulong identity)
    {
        var key = MessageStamp.StreamOf(identity);
        if (_last is not null && key == _lastKey)
            return _last;
        if (run is { } own && key >> MessageStamp.ProducerBits != own)
            return null;
        if (!_streams.TryGetValue(key, out var stream))
        {
            if (_streams.Count == StreamsMax)
                return null;
            stream = new SequenceStream(run is null ? MessageStamp.SequenceOf(identity) : 1, isOrdered);
            _streams.Add(key, stream);
        }

        (_last, _lastKey) = (stream, key);
        return stream;
    }
}
