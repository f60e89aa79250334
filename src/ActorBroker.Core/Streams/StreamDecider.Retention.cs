using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <content>How messages are divided into segments, and when segments leave.</content>
public sealed partial class StreamDecider
{
    // A segment is what leaves at once: this fraction of what is kept, so that limits are kept about as exactly.
    private const int SegmentsKept = 8;
    private const int SegmentBytesMin = 4096;

    /// <summary>
    /// When <see cref="AdvanceTo"/> has something to do, Unix time in milliseconds; null for never. Later than the oldest
    /// message's age by the span of its segment.
    /// </summary>
    public long? NextDue => _settings.MaxAge is { } age && _log.Segments.Count > 1 && _log.Segments[0].LastAt <= long.MaxValue - age - 1
        ? _log.Segments[0].LastAt + age + 1
        : null;

    /// <inheritdoc/>
    public void AdvanceTo(long now)
    {
        Now = Math.Max(Now, now);
        Retain();
    }

    /// <summary>Other retention, or other sizes, from here on.</summary>
    public void Apply(QueueSettings settings)
    {
        _settings = settings;
        Retain();
    }

    private long SegmentBytes
    {
        get
        {
            var bytes = Math.Min(_limits.SegmentBytes, _settings.StreamSegmentBytes);
            return _settings.MaxLengthBytes is { } most ? Math.Min(bytes, Math.Max(most / SegmentsKept, SegmentBytesMin)) : bytes;
        }
    }

    // The open segment, unless the event would make it too large or too long in time.
    private StreamSegment SegmentFor(PlacedBatch[] batches, long at)
    {
        var bytes = 0L;
        foreach (var placed in batches)
        {
            bytes += placed.Batch.SizeBytes;
        }

        return _log.Open is { } open
            && open.SizeBytes + bytes <= SegmentBytes
            && (_settings.MaxAge is not { } age || at - open.FirstAt <= age / SegmentsKept)
            ? open
            : _log.Begin(at, Math.Max(_settings.StreamFilterBytes, 1));
    }

    // The last segment always stays, as in RabbitMQ: a stream never forgets where it is.
    private void Retain()
    {
        List<StreamConsumer>? left = null;
        while (_log.Segments.Count > 1 && IsOver(_log.Segments[0]))
        {
            var removed = _log.RemoveFirst();
            if (removed.Waiting.Count > 0)
            {
                (left ??= []).AddRange(removed.Waiting);
                removed.Waiting.Clear();
            }
        }

        foreach (var consumer in left ?? [])
        {
            consumer.WaitsFor = null;
            Serve(consumer);
        }
    }

    private bool IsOver(StreamSegment oldest) =>
        (_settings.MaxLengthBytes is { } bytes && _log.SizeBytes > bytes)
        || (_settings.MaxAge is { } age && Now - oldest.LastAt > age);
}
