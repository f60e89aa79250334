using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Core.Tests.Queues.Lanes;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>A decider whose effects are kept until the test answers them.</summary>
internal sealed class TestQueue : IQueueEffects
{
    public static readonly QueueMemoryLimits Ample = new(64_000, 1_000_000, 1_000_000, 1_000_000, 2);

    private readonly QueueMemoryLimits _limits;

    public TestQueue(QueueMemoryLimits? limits = null, bool durable = true, ModelJournal? journal = null, QueueSettings? settings = null, long now = 0)
    {
        _limits = limits ?? Ample;
        Journal = journal ?? new ModelJournal { Declared = settings };
        Decider = new QueueDecider(durable, settings ?? QueueSettings.Default, _limits, TextFormat.Only, now, this);
    }

    public QueueDecider Decider { get; }

    public ModelJournal Journal { get; }

    public Queue<JournalEvent> Uncommitted { get; } = new();

    public List<SegmentAddress> Loads { get; } = [];

    public List<(ConsumerKey Consumer, DeliverySegment Segment)> Delivered { get; } = [];

    public List<(int Connection, long Accepted, long Confirmed)> Told { get; } = [];

    public List<(int Connection, long First, long Last)> Failed { get; } = [];

    public List<(int Connection, long First)> Missing { get; } = [];

    public List<(ConsumerKey Getter, long RequestId, DeliverySegment? Segment, long Left)> Gets { get; } = [];

    public List<(int Connection, long Sequence, int[] Indexes)> Rejected { get; } = [];

    public List<DeadLetterSegment> Dead { get; } = [];

    public List<ConsumerKey> Cancelled { get; } = [];

    public List<(int Connection, TransactionId Id)> Prepared { get; } = [];

    public List<TransactionId> Ended { get; } = [];

    public List<(ConsumerKey Consumer, long TimeoutMs)> TimedOut { get; } = [];

    public static ConsumerSettings Settings(int prefetch = 0, int window = 1_000_000, bool noAck = false, bool exclusive = false) =>
        new("tag", noAck, exclusive, prefetch, window, ArgumentTable.Empty);

    /// <summary>What the consumer was given, as "body" or "body*" where it is marked as redelivered.</summary>
    public string TextOf(ConsumerKey consumer) => string.Join(' ', Delivered
        .Where(delivered => delivered.Consumer == consumer)
        .SelectMany(static delivered => Enumerable.Range(0, delivered.Segment.Count)
            .Select(i => TestBatches.BodyText(delivered.Segment, i) + (delivered.Segment.Redelivered ? "*" : ""))));

    public ConsumerKey Start(int connection, int id, ConsumerSettings? settings = null)
    {
        var key = new ConsumerKey(connection, id);
        Assert.Null(Decider.StartConsumer(key, settings ?? Settings(), "queue 'q'"));
        Decider.Dispatch();
        return key;
    }

    public void Settle(ConsumerKey consumer, SettleOutcome outcome, long first, long count = 1)
    {
        Decider.Settle(consumer, outcome, new PositionRange(first, count));
        Decider.AfterSettling();
    }

    public long Purge()
    {
        var (count, journaled) = Decider.Purge();
        Uncommitted.Enqueue(new JournalEvent(null, journaled));
        return count;
    }

    public long Remove(IReadOnlyList<PositionRange> positions, bool deadLetter = false)
    {
        var (count, journaled) = Decider.Remove(positions, deadLetter);
        if (journaled.Length > 0)
        {
            Uncommitted.Enqueue(new JournalEvent(null, journaled));
        }

        return count;
    }

    /// <summary>Commits the oldest event that awaits it; false when none does.</summary>
    public bool Commit()
    {
        if (!Uncommitted.TryDequeue(out var committed))
        {
            return false;
        }

        var sequenceNr = Journal.Append(committed);
        if (committed.Write is not null)
        {
            Decider.WriteCompleted(sequenceNr);
        }

        return true;
    }

    public void CommitAll()
    {
        do
        {
            while (Commit())
            {
            }

            Decider.FlushSettlements();
        }
        while (Uncommitted.Count > 0);
    }

    public void AnswerLoads()
    {
        while (Loads.Count > 0)
        {
            AnswerLoad(0);
        }
    }

    /// <summary>How many messages were not found.</summary>
    public long AnswerLoad(int index)
    {
        var address = Loads[index];
        Loads.RemoveAt(index);
        return Decider.SegmentLoaded(address, Journal.Read(address), isDamaged: false);
    }

    public void StoreIndex()
    {
        Journal.Snapshot = new StoredIndex(Journal.LastSequenceNr, Decider.FirstLiveSequenceNr, Decider.Index());
    }

    /// <summary>A new incarnation from what was committed.</summary>
    public TestQueue Crash()
    {
        var next = Restarted(Journal.Snapshot?.SequenceNr ?? 0);
        Journal.Recover(next.Decider);
        return next;
    }

    /// <summary>As <see cref="Crash"/>, without the help of a stored index.</summary>
    public TestQueue CrashWithoutIndex()
    {
        var next = Restarted(0);
        Journal.Replay(next.Decider, after: 0);
        return next;
    }

    /// <summary>Other settings are in force, and the journal will know.</summary>
    public void Apply(QueueSettings settings)
    {
        Decider.Apply(settings);
        Uncommitted.Enqueue(new JournalEvent(null, []) { Settings = settings });
    }

    /// <summary>All ready messages, in order, as <see cref="TextOf"/>.</summary>
    public string Drain()
    {
        var key = Start(int.MaxValue, 1, Settings(window: int.MaxValue, noAck: true));
        AnswerLoads();
        return TextOf(key);
    }

    // With the settings that the journal knows up to there: what comes after it says the rest.
    private TestQueue Restarted(long from)
    {
        var isRecorded = Journal.SettingsAt(Journal.LastSequenceNr) is not null;
        var settings = isRecorded ? Journal.SettingsAt(from) ?? Journal.Declared : Decider.Settings;
        return new TestQueue(_limits, Decider.IsDurable, Journal, settings, Decider.Now);
    }

    void IQueueEffects.Deliver(ConsumerKey consumer, DeliverySegment[] segments)
    {
        Assert.NotEmpty(segments);
        Delivered.AddRange(segments.Select(segment => (consumer, segment)));
    }

    void IQueueEffects.Progress(int connection, long acceptedSequence, long confirmedSequence) =>
        Told.Add((connection, acceptedSequence, confirmedSequence));

    void IQueueEffects.PublishFailed(int connection, long firstSequence, long lastSequence) =>
        Failed.Add((connection, firstSequence, lastSequence));

    void IQueueEffects.PublishMissing(int connection, long firstSequence) => Missing.Add((connection, firstSequence));

    void IQueueEffects.Write(QueueWrite write)
    {
        Assert.DoesNotContain(Uncommitted, static pending => pending.Write is not null);
        Uncommitted.Enqueue(new JournalEvent(write, []) { At = Decider.Now });
    }

    void IQueueEffects.Load(SegmentAddress segment) => Loads.Add(segment);

    void IQueueEffects.GetAnswered(ConsumerKey getter, long requestId, DeliverySegment? segment, long messagesLeft) =>
        Gets.Add((getter, requestId, segment, messagesLeft));

    void IQueueEffects.PublishRejected(int connection, long linkSequence, int[] indexes) => Rejected.Add((connection, linkSequence, indexes));

    void IQueueEffects.DeadLetter(DeadLetterSegment[] segments)
    {
        Assert.NotEmpty(segments);
        Dead.AddRange(segments);
    }

    void IQueueEffects.ConsumerCancelled(ConsumerKey consumer) => Cancelled.Add(consumer);

    void IQueueEffects.TransactionPrepared(int connection, TransactionId id) => Prepared.Add((connection, id));

    void IQueueEffects.TransactionEnded(TransactionId id) => Ended.Add(id);

    void IQueueEffects.ConsumerTimedOut(ConsumerKey consumer, long timeoutMs) => TimedOut.Add((consumer, timeoutMs));
}
