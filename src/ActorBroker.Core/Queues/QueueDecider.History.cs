using ActorBroker.Core.Collections;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Streams;

namespace ActorBroker.Core.Queues;

/// <content>
/// Where the queue has x-retention, everything that is published is written, and what is written is kept as a stream's
/// messages are, whatever becomes of it in the queue. A consumer with x-stream-offset reads that history and takes
/// nothing out of the queue.
/// </content>
public sealed partial class QueueDecider
{
    private OffsetLog? _history;
    private long _writeBegan;

    /// <inheritdoc/>
    public bool KeepsHistory => _history is not null;

    /// <inheritdoc/>
    public HistoryExtent? History => _history?.Extent;

    /// <inheritdoc/>
    public long RetainedCount => _history?.Count ?? 0;

    /// <inheritdoc/>
    public long RetainedBytes => _history?.SizeBytes ?? 0;

    // Events from there on are kept for the history.
    private long RetainedFrom => _history?.FirstSequenceNr ?? long.MaxValue;

    /// <summary>Where a reader of the history goes on; null for other consumers, and where it still has to be found.</summary>
    public long? NextOffsetOf(ConsumerKey key) => _history?.NextOffsetOf(key);

    // What the journal holds from here on is kept. Without retention, history and readers end.
    private void ApplyRetention(Retention? retention)
    {
        if (retention is not null && IsDurable)
        {
            var settings = OffsetLogSettings.OfHistory(retention);
            if (_history is null)
            {
                _history = new OffsetLog(settings, _limits, Formats, Now, _effects) { Counters = _counters };
                _history.SkipTo(_journaledEnd);
            }
            else
            {
                _history.Apply(settings);
            }
        }
        else if (_history is { } ended)
        {
            _history = null;
            foreach (var reader in ended.Readers.ToArray())
            {
                _effects.ConsumerCancelled(reader);
            }
        }
    }

    private Refusal? StartReader(OffsetLog history, ConsumerKey key, ConsumerSettings settings, string queueText)
    {
        var refusal = history.Start(key, settings, $"the history of {queueText}");
        HadConsumer |= refusal is null && !settings.IsOfBroker;
        return refusal;
    }

    private long HistoryLoaded(SegmentAddress address, IReadOnlyList<PlacedBatch> batches, bool isDamaged)
    {
        var missing = _history?.SegmentLoaded(address, batches, isDamaged) ?? 0;
        LostCount += isDamaged ? missing : 0;
        return missing;
    }

    // What is lost of the queue is lost of its history too, which may know of it already.
    private long CountLost(PositionSet positions) => _history?.NoteLost(positions) ?? positions.Count;

    // What is settled later in a replay is no loss, unless it would still be in the history.
    private void ForgetLost(PositionRange settled)
    {
        if (_history is null)
        {
            _lostInReplay.Remove(settled);
        }
        else if (settled.First < _history.First)
        {
            _lostInReplay.Remove(settled with { Count = Math.Min(settled.End, _history.First) - settled.First });
        }
    }
}
