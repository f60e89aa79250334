using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <content>How messages are divided into segments, and when segments leave.</content>
public sealed partial class StreamDecider
{
    // A segment is what leaves at once: this fraction of what is kept, so that limits are kept about as exactly.
    private const int SegmentsKept = 8;
    private const int SegmentBytesMin = 4096;

    /// <summary>When the oldest segment is too old, which is when its youngest message is; null for never.</summary>
    public long? NextDue => Settings.MaxAge is { } age && _log.Segments.Count > 1 && _log.Segments[0].LastAt <= long.MaxValue - age - 1
        ? _log.Segments[0].LastAt + age + 1
        : null;

    /// <inheritdoc/>
    public void AdvanceTo(long now)
    {
        Now = Math.Max(Now, now);
        Retain();
    }

    /// <inheritdoc/>
    public void Apply(QueueSettings settings)
    {
        Settings = settings;
        Retain();
    }

    private long SegmentBytes
    {
        get
        {
            var bytes = Math.Min(_limits.SegmentBytes, Settings.StreamSegmentBytes);
            return Settings.MaxLengthBytes is { } most ? Math.Min(bytes, Math.Max(most / SegmentsKept, SegmentBytesMin)) : bytes;
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
            && (Settings.MaxAge is not { } age || at - open.FirstAt <= age / SegmentsKept)
            ? open
            : _log.Begin(at, Math.Max(Settings.StreamFilterBytes, 1));
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
        (Settings.MaxLengthBytes is { } bytes && _log.SizeBytes > bytes)
        || (Settings.MaxAge is { } age && Now - oldest.LastAt > age);
}
