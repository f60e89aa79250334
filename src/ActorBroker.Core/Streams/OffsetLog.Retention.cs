using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <content>How messages are divided into segments, and when segments leave.</content>
internal sealed partial class OffsetLog
{
    // A segment is what leaves at once: this fraction of what is kept, so that limits are kept about as exactly.
    private const int SegmentsKept = 8;
    private const int SegmentBytesMin = 4096;

    /// <summary>When the oldest segment is too old, which is when its youngest message is; null for never.</summary>
    public long? NextDue => _settings.MaxAge is { } age && _segments.All.Count > AlwaysKept && _segments.All[0].LastAt <= long.MaxValue - age - 1
        ? _segments.All[0].LastAt + age + 1
        : null;

    /// <summary>Time has come to there; time that goes back stands still.</summary>
    public void AdvanceTo(long now)
    {
        Now = Math.Max(Now, now);
        Retain();
    }

    /// <summary>Other settings are in force from now on.</summary>
    public void Apply(OffsetLogSettings settings)
    {
        _settings = settings;
        Retain();
    }

    private long SegmentBytes
    {
        get
        {
            var bytes = Math.Min(_limits.SegmentBytes, _settings.SegmentBytes);
            return _settings.MaxBytes is { } most ? Math.Min(bytes, Math.Max(most / SegmentsKept, SegmentBytesMin)) : bytes;
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

        return _segments.Open is { } open
            && open.SizeBytes + bytes <= SegmentBytes
            && (_settings.MaxAge is not { } age || at - open.FirstAt <= age / SegmentsKept)
            ? open
            : _segments.Begin(at, _settings.FilterBytes, isResident: !_settings.IsHistory || ReaderCount > 0);
    }

    // The last segment of a stream always stays, as in RabbitMQ: it never forgets where it is. A queue knows that itself.
    private int AlwaysKept => _settings.IsHistory ? 0 : 1;

    private void Retain()
    {
        List<OffsetReader>? left = null;
        while (_segments.All.Count > AlwaysKept && IsOver(_segments.All[0]))
        {
            var removed = _segments.RemoveFirst();
            if (removed.Waiting.Count > 0)
            {
                (left ??= []).AddRange(removed.Waiting);
                removed.Waiting.Clear();
            }
        }

        foreach (var reader in left ?? [])
        {
            reader.WaitsFor = null;
            Serve(reader);
        }
    }

    private bool IsOver(StreamSegment oldest) =>
        (_settings.MaxBytes is { } bytes && _segments.SizeBytes > bytes && _segments.All.Count > 1)
        || (_settings.MaxAge is { } age && Now - oldest.LastAt > age);
}
