using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Core.Streams;

/// <summary>
/// Committed messages that consumers read by offset without taking anything out of them: a message's offset is its
/// position in the queue. What leaves the log leaves it from the front, in whole segments, by age or size.
/// <para>
/// Memory holds the segment that grows, and the segments that were read last within
/// <see cref="QueueMemoryLimits.ResidentBytesMax"/>. A reader that takes nothing costs nothing, wherever it is.
/// </para>
/// </summary>
internal sealed partial class OffsetLog
{
    private readonly IQueueEffects _effects;
    private readonly QueueMemoryLimits _limits;
    private readonly MessageFormats _formats;
    private readonly StreamSegments _segments = new();
    private OffsetLogSettings _settings;
    private long _lastChunk;

    /// <summary>A log without messages.</summary>
    /// <param name="settings">What is kept.</param>
    /// <param name="limits">Bounds of its memory.</param>
    /// <param name="formats">Reads filter values.</param>
    /// <param name="now">Unix time in milliseconds.</param>
    /// <param name="effects">Delivers, and reads back.</param>
    public OffsetLog(OffsetLogSettings settings, QueueMemoryLimits limits, MessageFormats formats, long now, IQueueEffects effects)
    {
        _settings = settings;
        _limits = limits;
        _formats = formats;
        _effects = effects;
        Now = now;
    }

    /// <summary>Deliveries are counted here; null where nobody watches.</summary>
    public QueueCounters? Counters { get; set; }

    /// <summary>Unix time in milliseconds, as of the last <see cref="AdvanceTo"/>.</summary>
    public long Now { get; private set; }

    /// <summary>Offset of the oldest message that is left; the end when there is none.</summary>
    public long First => _segments.First;

    /// <summary>The offset after the last committed message.</summary>
    public long End => _segments.End;

    /// <summary>What readers may be given.</summary>
    public HistoryExtent Extent => new(First, End);

    /// <summary>Size of the records in memory.</summary>
    public long ResidentBytes => _segments.ResidentBytes;

    /// <summary>The lowest journal event that holds a message of it; <see cref="long.MaxValue"/> for none.</summary>
    public long FirstSequenceNr => _segments.All.Count > 0 ? _segments.All[0].FirstSequenceNr : long.MaxValue;

    /// <summary>Messages that it holds.</summary>
    public long Count => _segments.Count;

    /// <summary>Size of their records.</summary>
    public long SizeBytes => _segments.SizeBytes;

    /// <summary>
    /// The batches of a journal event. Those that are not behind <see cref="End"/> are passed over: found twice in a
    /// replay, or written late.
    /// </summary>
    /// <param name="batches">Perhaps none.</param>
    /// <param name="sequenceNr">The event.</param>
    /// <param name="at">When it was written, Unix time in milliseconds.</param>
    public void Append(PlacedBatch[] batches, long sequenceNr, long at)
    {
        batches = Behind(End, batches);
        if (batches.Length == 0)
        {
            return;
        }

        // A clock that was set back must not make the search by time fail.
        at = _segments.All.Count > 0 ? Math.Max(at, _segments.All[^1].LastAt) : at;
        var segment = SegmentFor(batches, at);
        foreach (var placed in batches)
        {
            NoteFilterValues(segment.Filter, placed.Batch);
        }

        _lastChunk = batches[0].FirstPosition;
        _segments.Append(segment, sequenceNr, at, batches);
    }

    /// <summary>To be called after <see cref="Append"/>, when whoever published has been told: readers get what is new.</summary>
    public void ServeNew()
    {
        ServeThoseAtEnd();
        Retain();
        BoundMemory();
    }

    /// <summary>Drops what memory has no room for.</summary>
    public void BoundMemory()
    {
        var isUnread = _settings.IsHistory && ReaderCount == 0;
        _segments.EvictDownTo(isUnread ? 0 : _limits.ResidentBytesMax, keepsOpen: !isUnread);
    }

    private static PlacedBatch[] Behind(long offset, PlacedBatch[] batches)
    {
        var end = offset;
        foreach (var placed in batches)
        {
            if (placed.FirstPosition < end)
            {
                return [.. InOrder(offset, batches)];
            }

            end = placed.EndPosition;
        }

        return batches;
    }

    private static IEnumerable<PlacedBatch> InOrder(long offset, PlacedBatch[] batches)
    {
        foreach (var placed in batches.Where(placed => placed.FirstPosition >= offset))
        {
            if (placed.FirstPosition >= offset)
            {
                offset = placed.EndPosition;
                yield return placed;
            }
        }
    }

    private void NoteFilterValues(FilterValueSet filter, MessageBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (StreamFilter.ValueOf(batch[i], _formats) is { } value)
            {
                filter.Add(value);
            }
            else
            {
                filter.HasUnfiltered = true;
            }
        }
    }
}
