using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lanes;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues.Publishers;

namespace ActorBroker.Core.Queues;

/// <summary>
/// The rules of one queue: where each message is (ready, held by a consumer, gone), who gets it next, what must be
/// written and who may be told. Pure: no clock, no IO; what must happen outside is asked of <see cref="IQueueEffects"/>
/// in order. The actor that owns it persists what <see cref="IQueueEffects.Write"/> says and reports back.
/// <para>
/// Delivery does not wait for the commit, a confirm does. Settlements are written with the next write, or alone when
/// <see cref="FlushSettlements"/> is called: one that is lost costs a redelivery, never a message.
/// </para>
/// </summary>
public sealed partial class QueueDecider : IQueueRules
{
    private readonly IQueueEffects _effects;
    private readonly QueueMemoryLimits _limits;
    private readonly MessageLog _log;
    private readonly WriteBuffer _writes;
    private readonly ConsumerRoster _roster = new();
    private readonly PublisherLinks _links;
    private readonly ReadyMessages _ready;
    private readonly UpcomingSegments _upcoming = new();

    // Positions below _deliveredBefore that never reached a client after all.
    private readonly PositionSet _undelivered = new();

    // Held positions that had been delivered before: releasing them does not unmark them.
    private readonly PositionSet _heldAgain = new();
    private readonly PositionSet _ofHeldAgain = new();

    // Transient messages of a durable queue that are in the journal: in no snapshot.
    private readonly PositionSet _volatile = new();
    private readonly PositionSet _scratch = new();
    private readonly PositionSet _removed = new();
    private readonly PositionSet _done = new();

    // Of segments that could not be read back whole.
    private readonly PositionSet _unreadable = new();
    private readonly List<QueueConsumer> _served = [];
    private readonly Queue<WaitingGet> _waitingGets = new();
    private long _deliveredBefore;
    private long _writtenUpTo;
    private long _journaledEnd;
    private bool _isSpilling;

    // More is known of some message than where it is.
    private bool _isMarked;

    /// <summary>A queue without messages.</summary>
    /// <param name="durable">Persistent messages are written, and confirmed when they are.</param>
    /// <param name="settings">What the queue does.</param>
    /// <param name="limits">Bounds of its memory.</param>
    /// <param name="formats">Reads properties where a rule needs to.</param>
    /// <param name="now">Unix time in milliseconds.</param>
    /// <param name="effects">Does what is decided.</param>
    public QueueDecider(
        bool durable, QueueSettings settings, QueueMemoryLimits limits, MessageFormats formats, long now, IQueueEffects effects)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.ReadAheadSegments, 1);
        IsDurable = durable;
        Formats = formats;
        Now = now;
        _limits = limits;
        _effects = effects;
        _links = new PublisherLinks(effects);
        _ready = new ReadyMessages(settings, formats);
        _log = new MessageLog(limits.SegmentBytes);
        _writes = new WriteBuffer(limits.WriteBytesMax);
        _space = new JournalSpace(limits.DeadBytesMax / SpaceGrains);
        Settings = settings;
        TakeOver(settings);
    }

    /// <summary>Persistent messages outlive a restart.</summary>
    public bool IsDurable { get; }

    /// <summary>What the queue does.</summary>
    public QueueSettings Settings { get; private set; }

    /// <summary>Unix time in milliseconds, as of the last <see cref="AdvanceTo"/>.</summary>
    public long Now { get; private set; }

    /// <summary>Reads properties where a rule needs to.</summary>
    internal MessageFormats Formats { get; }

    /// <summary>Messages that wait for a consumer.</summary>
    public long ReadyCount => _ready.Count;

    /// <summary>Messages that consumers hold.</summary>
    public long UnsettledCount { get; private set; }

    /// <summary>Consumers on the queue.</summary>
    public int ConsumerCount => _roster.ConsumerCount + (_history?.ReaderCount ?? 0);

    /// <summary>The queue has had a consumer: what auto-delete waits for.</summary>
    public bool HadConsumer { get; private set; }

    /// <summary>The only consumer that is served on a queue with a single active one; null when nobody is there, and on other queues.</summary>
    public ConsumerKey? SingleActiveConsumer => _roster.Active?.Key;

    /// <summary>A consumer has the queue to itself.</summary>
    public bool HasExclusiveConsumer => _roster.HasExclusive;

    /// <summary>Settlements, or marks of deliveries, wait that <see cref="FlushSettlements"/> would write.</summary>
    public bool HasUnwrittenSettlements => (_writes.HasSettlements || HasUnwrittenMarks) && !_writes.IsWriting;

    /// <summary>Publishers are held back until memory is free: <see cref="Spill"/> would free it.</summary>
    public bool IsWithholding => _log.PinnedBytes + _prepared.UndecidedBytes > _limits.PinnedBytesMax;

    /// <summary>Nothing waits to be written and no write is under way.</summary>
    public bool IsWrittenOut => !_writes.IsWriting && !_writes.HasBatches && !_writes.HasSettlements && !HasUnwrittenMarks;

    /// <summary>
    /// The lowest journal event that is still needed for a body; <see cref="long.MaxValue"/> for none. What a snapshot
    /// needs is this as of its <see cref="Index"/>: later it may have gone up by settlements that no event holds yet.
    /// </summary>
    public long FirstLiveSequenceNr => Math.Min(_log.FirstLiveSequenceNr, RetainedFrom);

    /// <summary>The write under way is committed as that journal event.</summary>
    public void WriteCompleted(long sequenceNr)
    {
        _history?.Append(_underWay!.Batches, sequenceNr, _writeBegan);
        CompleteMove(sequenceNr);
        _writes.Complete(_log, sequenceNr, _links.Committed);
        ReleaseCommitted();
        _journaledEnd = Math.Max(_journaledEnd, _writtenUpTo);
        _links.TellCommitted(IsWithholding, Now);
        _dying.Written(_deathsUnderWay);
        _identitiesUnderWay = [];
        AfterDrain();
        BoundMemory();
        _history?.ServeNew();
    }

    /// <summary>The journal refused or failed: no publish that is unconfirmed may ever be confirmed.</summary>
    public void WriteFailed() => _links.Fail();

    /// <summary>Writes settlements and marks that wait, if no write is under way (which would take them along next).</summary>
    public void FlushSettlements()
    {
        if (!_writes.IsWriting)
        {
            BeginWrite();
        }
    }

    /// <summary>The consumers that were not cancelled.</summary>
    public IEnumerable<ConsumerKey> Consumers =>
        _roster.All.Where(static consumer => !consumer.IsStopped).Select(static consumer => consumer.Key).Concat(_history?.Readers ?? []);

    /// <summary>
    /// The queue is being deleted: publishes count as taken, as if they had been consumed just before, and gets find
    /// nothing.
    /// </summary>
    public void Abandon()
    {
        _links.Finish();
        foreach (var get in _waitingGets)
        {
            _effects.GetAnswered(get.Getter, get.RequestId, segment: null, 0);
        }

        _waitingGets.Clear();
    }

    /// <summary>A connection is gone: its consumers end and what they held is ready again.</summary>
    public void ConnectionClosed(int connection, bool isHearsay = false)
    {
        _links.Close(connection, isHearsay);
        CloseConsumers(connection);
    }

    /// <summary>A connection begins anew: its consumers and getters end, and what they held is ready again.</summary>
    public void CloseConsumers(int connection)
    {
        ForgetGets(key => key.Connection == connection);
        _history?.ConnectionClosed(connection);
        foreach (var consumer in _roster.All.Where(consumer => consumer.Key.Connection == connection).ToArray())
        {
            Close(consumer, failed: true);
        }

        AfterSettling();
    }

    // Messages that the journal holds but a restart drops.
    private void MarkVolatile(LogBatch placed)
    {
        for (var i = 0; IsDurable && !IsQuorum && i < placed.Batch!.Count; i++)
        {
            if (!placed.Batch[i].IsPersistent)
            {
                _volatile.Add(new PositionRange(placed.First + i, 1));
            }
        }
    }

    // Somebody holds messages that a restart would hand out as if for the first time. Where nothing is held, what was
    // handed out is settled, and the journal hears of it by that.
    private bool HasUnwrittenMarks =>
        IsDurable && UnsettledCount > 0 && Math.Min(_deliveredBefore, _journaledEnd) > _writes.DeliveredBefore;

    private void TryWrite()
    {
        if (!_writes.IsWriting && (_writes.HasBatches || _writes.Notes.IsUrgent || CanMove))
        {
            BeginWrite();
        }
    }

    private void BeginWrite()
    {
        ForgetUntied();
        var write = _writes.Begin(_deliveredBefore, HasUnwrittenMarks, BeginMove(), _links.Committed);
        if (write is not null)
        {
            _underWay = write;
            _writeBegan = Now;
            // Spilled batches come after younger ones: the last is not always the highest.
            foreach (var placed in write.Batches)
            {
                _writtenUpTo = Math.Max(_writtenUpTo, placed.EndPosition);
            }

            _deathsUnderWay = write.Notes.Deaths;
            _identitiesUnderWay = write.Notes.Identities;
            _effects.Write(write);
        }

        _links.TellCommitted(IsWithholding, Now);
    }
}
