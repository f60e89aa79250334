using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Core.Streams;

/// <summary>
/// The rules of one stream: a log of messages that consumers read by offset without taking anything out of it. A
/// message's offset is its position. Everything that is published is written, and confirmed when it is; only what is
/// committed is in the log, which is what is read and what leaves.
/// </summary>
public sealed partial class StreamDecider : IQueueRules
{
    private readonly IQueueEffects _effects;
    private readonly QueueMemoryLimits _limits;
    private readonly OffsetLog _log;
    private readonly StreamWriteBuffer _writes;
    private readonly PublisherLinks _links;
    private long _nextOffset;
    private long _writeBegan;

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
        _effects = effects;
        _links = new PublisherLinks(effects);
        _log = new OffsetLog(OffsetLogSettings.OfStream(settings), limits, formats, now, effects);
        _writes = new StreamWriteBuffer(limits.WriteBytesMax);
    }

    /// <inheritdoc/>
    public long Now => _log.Now;

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
    public QueueCounters? Counters
    {
        get => _log.Counters;
        set => _log.Counters = value;
    }

    /// <inheritdoc/>
    public QueueSizes MeasureSizes() => _log.MeasureSizes();

    /// <inheritdoc/>
    public long ResidentBytes => MemoryBytes;

    /// <inheritdoc/>
    public long? NextDue => _log.NextDue;

    /// <inheritdoc/>
    public bool HasUnwrittenSettlements => _writes is { Transactions.HasEnds: true, IsWriting: false };

    /// <inheritdoc/>
    public bool IsWithholding => _writes.SizeBytes + _prepared.UndecidedBytes > _limits.PinnedBytesMax;

    /// <inheritdoc/>
    public bool IsWrittenOut => _writes is { IsWriting: false, HasBatches: false, Transactions.HasEnds: false };

    /// <inheritdoc/>
    public bool CanBeForgotten => IsWrittenOut && ConsumerCount == 0 && _prepared.IsEmpty;

    /// <inheritdoc/>
    public long FirstLiveSequenceNr => _log.FirstSequenceNr;

    /// <inheritdoc/>
    public void AdvanceTo(long now) => _log.AdvanceTo(now);

    /// <inheritdoc/>
    public void Apply(QueueSettings settings)
    {
        Settings = settings;
        _log.Apply(OffsetLogSettings.OfStream(settings));
    }

    /// <inheritdoc/>
    public LinkStanding OpenLink(int connection, LinkOpening opening) => _links.Open(connection, opening);

    /// <inheritdoc/>
    public bool ExpectsBatch(int connection, long linkSequence) => _links.Expects(connection, linkSequence);

    /// <inheritdoc/>
    public void Publish(int connection, long linkSequence, MessageBatch batch)
    {
        var link = _links.Of(connection);
        link.Receive(linkSequence, needsWrite: batch.Count > 0);
        if (batch.Count > 0)
        {
            _writes.Add(new StreamWrite(Place(batch), link) { LinkSequence = linkSequence });
        }

        TryWrite();
        _links.Tell(link, IsWithholding);
    }

    /// <inheritdoc/>
    public void WriteCompleted(long sequenceNr)
    {
        _log.Append(_writes.Complete(_links.Committed), sequenceNr, _writeBegan);
        _prepared.Written(_writes.Transactions, _effects);
        _links.TellCommitted(IsWithholding, Now);
        TryWrite();
        _links.AcceptWithheld(IsWithholding);
        _log.ServeNew();
    }

    /// <inheritdoc/>
    public void WriteFailed() => _links.Fail();

    /// <summary>A stream has no settlements to write, but perhaps the ends of transactions.</summary>
    public void FlushSettlements()
    {
        if (!_writes.IsWriting && (_writes.HasBatches || _writes.Transactions.HasEnds))
        {
            BeginWrite();
        }
    }

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
    public void Abandon() => _links.Finish();

    private void TryWrite()
    {
        if (!_writes.IsWriting && _writes.HasBatches)
        {
            BeginWrite();
        }
    }

    private void BeginWrite()
    {
        _writeBegan = Now;
        _effects.Write(_writes.Begin());
    }

    private PlacedBatch Place(MessageBatch batch)
    {
        var placed = new PlacedBatch(_nextOffset, batch);
        Counters?.Published += batch.Count;
        _nextOffset = placed.EndPosition;
        return placed;
    }
}
