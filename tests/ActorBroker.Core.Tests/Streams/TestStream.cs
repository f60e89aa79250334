using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Streams;
using ActorBroker.Core.Tests.Messages;
using Xunit;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>What outlives a stream's incarnations: committed events, and a snapshot.</summary>
internal sealed class StreamJournal
{
    private readonly List<(QueueWrite Write, long At)> _events = [];
    private (QueueIndex Index, long SequenceNr, long FirstLive)? _snapshot;
    private long _trimmedBelow = 1;

    public long Append(QueueWrite write, long at)
    {
        _events.Add((write with { Batches = [.. write.Batches.Select(static placed => placed with { Batch = TestBatches.Copy(placed.Batch) })] }, at));
        return _events.Count;
    }

    public void Store(StreamDecider decider) => _snapshot = (decider.Index(), _events.Count, decider.FirstLiveSequenceNr);

    /// <summary>Deletes what neither the snapshot nor its bodies need.</summary>
    public void Trim()
    {
        if (_snapshot is { } snapshot)
        {
            _trimmedBelow = Math.Max(_trimmedBelow, Math.Min(snapshot.FirstLive, snapshot.SequenceNr + 1));
        }
    }

    public List<PlacedBatch> Read(SegmentAddress address)
    {
        var found = new List<PlacedBatch>();
        for (var sequenceNr = Math.Max(address.FirstSequenceNr, _trimmedBelow); sequenceNr <= address.LastSequenceNr; sequenceNr++)
        {
            var (write, at) = _events[(int)sequenceNr - 1];
            found.AddRange(write.Batches.Select(placed => placed with { At = at }));
        }

        return found;
    }

    public void Recover(StreamDecider decider)
    {
        if (_snapshot is { } snapshot)
        {
            decider.RecoverIndex(snapshot.Index);
        }

        for (var sequenceNr = (_snapshot?.SequenceNr ?? 0) + 1; sequenceNr <= _events.Count; sequenceNr++)
        {
            Assert.True(sequenceNr >= _trimmedBelow, "An event that recovery needs was deleted.");
            decider.RecoverWrite(_events[(int)sequenceNr - 1].Write, sequenceNr, _events[(int)sequenceNr - 1].At);
        }

        decider.RecoveryCompleted();
    }
}

/// <summary>A stream's rules whose effects are kept until the test answers them.</summary>
internal sealed class TestStream : IQueueEffects
{
    public static readonly QueueMemoryLimits Ample = new(64_000, 1_000_000, 1_000_000, 1_000_000, 2);

    private readonly QueueMemoryLimits _limits;
    private readonly QueueSettings _settings;
    private QueueWrite? _write;

    public TestStream(QueueMemoryLimits? limits = null, QueueSettings? settings = null, long now = 0, StreamJournal? journal = null)
    {
        _limits = limits ?? Ample;
        _settings = settings ?? new QueueSettings { Type = QueueType.Stream };
        Journal = journal ?? new StreamJournal();
        Decider = new StreamDecider(_settings, _limits, StreamMessages.Formats, now, this);
    }

    public StreamDecider Decider { get; }

    public StreamJournal Journal { get; }

    public bool IsWriting => _write is not null;

    /// <summary>Where the stream ends when the write under way is committed; null when none is.</summary>
    public long? WritingEnd => _write?.Batches[^1].EndPosition;

    public List<(int Connection, TransactionId Id)> Prepared { get; } = [];

    public List<TransactionId> Ended { get; } = [];

    public List<SegmentAddress> Loads { get; } = [];

    public List<(ConsumerKey Consumer, DeliverySegment Segment)> Delivered { get; } = [];

    public List<(int Connection, long Accepted, long Confirmed)> Told { get; } = [];

    public List<(int Connection, long First, long Last)> Failed { get; } = [];

    public List<(int Connection, long First)> Missing { get; } = [];

    public static ConsumerSettings Settings(int prefetch = 1000, int window = 1_000_000, bool noAck = false, params (string, ArgumentValue)[] arguments) =>
        new("tag", noAck, Exclusive: false, prefetch, window, ArgumentTable.Of(arguments));

    public static (string, ArgumentValue) Offset(string word) => ("x-stream-offset", ArgumentValue.FromString(word));

    public static (string, ArgumentValue) Offset(long offset) => ("x-stream-offset", ArgumentValue.FromInt64(offset));

    public static (string, ArgumentValue) Filter(params string[] values) =>
        ("x-stream-filter", ArgumentValue.FromArray([.. values.Select(ArgumentValue.FromString)]));

    public ConsumerKey Start(int id, ConsumerSettings settings)
    {
        var key = new ConsumerKey(1, id);
        Assert.Null(Decider.StartConsumer(key, settings, "queue 's'"));
        Decider.Dispatch();
        return key;
    }

    public ConsumerKey Start(int id, params (string, ArgumentValue)[] arguments) => Start(id, Settings(arguments: arguments));

    /// <summary>Publishes and commits, one event a text group.</summary>
    public void Write(params string[] texts)
    {
        Decider.Publish(9, ++LastSequence, StreamMessages.Batch(texts));
        CommitAll();
    }

    public long LastSequence { get; private set; }

    public bool Commit()
    {
        if (_write is not { } write)
        {
            return false;
        }

        _write = null;
        Decider.WriteCompleted(Journal.Append(write, Decider.Now));
        return true;
    }

    public void CommitAll()
    {
        while (Commit())
        {
        }
    }

    public void AnswerLoad(int index)
    {
        var address = Loads[index];
        Loads.RemoveAt(index);
        Decider.SegmentLoaded(address, Journal.Read(address), isDamaged: false);
    }

    public void AnswerLoads()
    {
        while (Loads.Count > 0)
        {
            AnswerLoad(0);
        }
    }

    public void Settle(ConsumerKey consumer, long first, long count = 1, SettleOutcome outcome = SettleOutcome.Accepted)
    {
        Decider.Settle(consumer, outcome, new PositionRange(first, count));
        Decider.AfterSettling();
    }

    /// <summary>A new incarnation from what was committed.</summary>
    public TestStream Crash(QueueSettings? settings = null)
    {
        var next = new TestStream(_limits, settings ?? _settings, Decider.Now, Journal);
        Journal.Recover(next.Decider);
        return next;
    }

    /// <summary>The offsets and texts that a consumer was given.</summary>
    public string TextOf(ConsumerKey consumer) => string.Join(' ', Delivered
        .Where(delivered => delivered.Consumer == consumer)
        .SelectMany(static delivered => Enumerable.Range(0, delivered.Segment.Count)
            .Select(i => $"{delivered.Segment.FirstPosition + i}{TestBatches.BodyText(delivered.Segment, i)}")));

    void IQueueEffects.Deliver(ConsumerKey consumer, DeliverySegment[] segments)
    {
        Assert.NotEmpty(segments);
        Assert.All(segments, static segment => Assert.True(segment is { IsOfStream: true, Redelivered: false, Count: > 0 }));
        Delivered.AddRange(segments.Select(segment => (consumer, segment)));
    }

    void IQueueEffects.Progress(int connection, long acceptedSequence, long confirmedSequence) =>
        Told.Add((connection, acceptedSequence, confirmedSequence));

    void IQueueEffects.PublishFailed(int connection, long firstSequence, long lastSequence) =>
        Failed.Add((connection, firstSequence, lastSequence));

    void IQueueEffects.PublishMissing(int connection, long firstSequence) => Missing.Add((connection, firstSequence));

    void IQueueEffects.PublishRejected(int connection, long linkSequence, int[] indexes) => Assert.Fail("A stream refuses nothing.");

    void IQueueEffects.DeadLetter(DeadLetterSegment[] segments) => Assert.Fail("A stream gives up nothing.");

    void IQueueEffects.ConsumerCancelled(ConsumerKey consumer) => Assert.Fail("A stream ends no consumer.");

    void IQueueEffects.ConsumerTimedOut(ConsumerKey consumer, long timeoutMs) => Assert.Fail("A stream lets its consumers take their time.");

    void IQueueEffects.Write(QueueWrite write)
    {
        Assert.Null(_write);
        Assert.Empty(write.Settled);
        _write = write;
    }

    void IQueueEffects.TransactionPrepared(int connection, TransactionId id) => Prepared.Add((connection, id));

    void IQueueEffects.TransactionEnded(TransactionId id) => Ended.Add(id);

    void IQueueEffects.Load(SegmentAddress segment) => Loads.Add(segment);

    void IQueueEffects.GetAnswered(ConsumerKey getter, long requestId, DeliverySegment? segment, long messagesLeft) =>
        Assert.Null(segment);
}
