using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <summary>
/// The rules of one stream: a log of messages that consumers read by offset without taking anything out of it. A
/// message's offset is its position. Everything that is published is written, and confirmed when it is; only what is
/// committed is read. What leaves the stream leaves it from the front, in whole segments, by age or size.
/// <para>
/// Memory holds what waits for its commit, the segment that grows, and the segments that were read last within
/// <see cref="QueueMemoryLimits.ResidentBytesMax"/>. A consumer that takes nothing costs nothing, wherever it is.
/// </para>
/// </summary>
public sealed partial class StreamDecider : IQueueRules
{
    private readonly IQueueEffects _effects;
    private readonly QueueMemoryLimits _limits;
    private readonly MessageFormats _formats;
    private readonly StreamLog _log = new();
    private readonly StreamWriteBuffer _writes;
    private readonly Dictionary<int, PublisherLink> _links = [];
    private readonly List<PublisherLink> _toTell = [];
    private long _nextOffset;
    private long _writeBegan;
    private long _lastChunk;

    // Some link may have been told less than all it sent.
    private bool _hasWithheld;

    /// <summary>A stream without messages.</summary>
    /// <param name="settings">Retention, and the sizes of segments and filters.</param>
    /// <param name="limits">Bounds of its memory.</param>
    /// <param name="formats">Reads filter values.</param>
    /// <param name="now">Unix time in milliseconds.</param>
    /// <param name="effects">Does what is decided.</param>
    public StreamDecider(QueueSettings settings, QueueMemoryLimits limits, MessageFormats formats, long now, IQueueEffects effects)
    {
        Settings = settings;
        _limits = limits;
        _formats = formats;
        _effects = effects;
        _writes = new StreamWriteBuffer(limits.WriteBytesMax);
        Now = now;
    }

    /// <inheritdoc/>
    public long Now { get; private set; }

    /// <inheritdoc/>
    public QueueSettings Settings { get; private set; }

    /// <summary>Offset of the oldest message that is left; the end when there is none.</summary>
    public long FirstOffset => _log.First;

    /// <summary>The offset after the last committed message.</summary>
    public long EndOffset => _log.End;

    /// <summary>Bytes of messages in memory, those that wait for their commit included.</summary>
    public long MemoryBytes => _log.ResidentBytes + _writes.SizeBytes;

    /// <summary>Committed messages: all of them can be read.</summary>
    public long ReadyCount => _log.End - _log.First;

    /// <inheritdoc/>
    public bool HasUnwrittenSettlements => false;

    /// <inheritdoc/>
    public bool IsWithholding => _writes.SizeBytes > _limits.PinnedBytesMax;

    /// <inheritdoc/>
    public bool IsWrittenOut => _writes is { IsWriting: false, HasBatches: false };

    /// <inheritdoc/>
    public bool CanBeForgotten => IsWrittenOut && ConsumerCount == 0;

    /// <inheritdoc/>
    public long FirstLiveSequenceNr => _log.Segments.Count > 0 ? _log.Segments[0].FirstSequenceNr : long.MaxValue;

    /// <inheritdoc/>
    public void Publish(int connection, long linkSequence, MessageBatch batch)
    {
        if (!_links.TryGetValue(connection, out var link))
        {
            link = new PublisherLink(connection);
            _links.Add(connection, link);
        }

        link.Receive(linkSequence, needsWrite: true);
        var placed = new PlacedBatch(_nextOffset, batch);
        _nextOffset = placed.EndPosition;
        _writes.Add(placed, link);
        TryWrite();
        Tell(link);
    }

    /// <inheritdoc/>
    public void WriteCompleted(long sequenceNr)
    {
        _toTell.Clear();
        Append(_writes.Complete(_toTell), sequenceNr, _writeBegan);
        foreach (var link in _toTell)
        {
            Tell(link);
        }

        TryWrite();
        AcceptWithheld();
        ServeThoseAtEnd();
        Retain();
        BoundMemory();
    }

    /// <inheritdoc/>
    public void WriteFailed()
    {
        foreach (var link in _links.Values)
        {
            link.Fail(_effects);
        }
    }

    /// <summary>Nothing: a stream has no settlements to write.</summary>
    public void FlushSettlements() => TryWrite();

    /// <summary>Nothing: all that a stream holds in memory is on its way to the journal already.</summary>
    public void Spill() => TryWrite();

    /// <summary>Nothing that anyone can ask for: a stream is read, not taken from.</summary>
    public (long Count, PositionRange[] Journaled) Purge() => (0, []);

    /// <summary>Finds nothing: a stream is read by consumers.</summary>
    public void Take(ConsumerKey key, long requestId, bool noAck) => _effects.GetAnswered(key, requestId, segment: null, 0);

    /// <summary>Nothing: a stream gives up no messages.</summary>
    public void DeadLettersDone(PositionRange positions)
    {
    }

    /// <summary>Nothing: a stream gives up no messages.</summary>
    public void DeadLettersInterrupted()
    {
    }

    /// <inheritdoc/>
    public void Abandon()
    {
        foreach (var link in _links.Values)
        {
            link.Finish(_effects);
        }
    }

    private void Append(PlacedBatch[] batches, long sequenceNr, long at)
    {
        if (batches.Length == 0)
        {
            return;
        }

        // A clock that was set back must not make the search by time fail.
        at = _log.Segments.Count > 0 ? Math.Max(at, _log.Segments[^1].LastAt) : at;
        var segment = SegmentFor(batches, at);
        foreach (var placed in batches)
        {
            NoteFilterValues(segment.Filter, placed.Batch);
        }

        _lastChunk = batches[0].FirstPosition;
        _log.Append(segment, sequenceNr, at, batches);
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

    private void TryWrite()
    {
        if (!_writes.IsWriting && _writes.HasBatches)
        {
            _writeBegan = Now;
            _effects.Write(_writes.Begin());
        }
    }

    private void Tell(PublisherLink link)
    {
        var accept = !IsWithholding;
        _hasWithheld |= !accept;
        link.Tell(_effects, accept);
    }

    private void AcceptWithheld()
    {
        if (_hasWithheld && !IsWithholding)
        {
            _hasWithheld = false;
            foreach (var link in _links.Values)
            {
                link.Tell(_effects, accept: true);
            }
        }
    }

    private void BoundMemory() => _log.EvictDownTo(_limits.ResidentBytesMax);
}
