using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>A message that was committed to a queue with retention.</summary>
internal sealed record KeptMessage(long Position, byte[] Record, long At);

/// <summary>Who reads what was kept, as a list sees it.</summary>
internal sealed class HistoryModelReader(long next, int prefetch, int window)
{
    public long Next { get; set; } = next;

    public long Window { get; set; } = window;

    public bool IsActive { get; set; } = true;

    public SortedSet<long> Held { get; } = [];

    public SortedSet<long> Returned { get; } = [];

    public bool CanTake => IsActive && Window > 0 && Held.Count < prefetch;
}

/// <summary>All that was ever committed to a queue, of which retention leaves the end, and its readers.</summary>
internal sealed class HistoryModel(Retention retention, long segmentBytes, ModelCoverage coverage)
{
    private readonly List<KeptMessage> _committed = [];
    private long _largestEvent;
    private int _start;

    public Dictionary<ConsumerKey, HistoryModelReader> Readers { get; } = [];

    /// <summary>Behind the last that was committed.</summary>
    public long End => _committed.Count == 0 ? 0 : _committed[^1].Position + 1;

    public void Committed(JournalEvent committed)
    {
        var batches = committed.Write?.Batches ?? [];
        foreach (var placed in batches)
        {
            Assert.True(placed.FirstPosition >= End, "What is kept was not written in the order of its positions.");
            _committed.AddRange(Enumerable.Range(0, placed.Batch.Count)
                .Select(i => new KeptMessage(placed.FirstPosition + i, placed.Batch.RecordOf(i).ToArray(), committed.At)));
        }

        _largestEvent = Math.Max(_largestEvent, batches.Sum(static placed => (long)placed.Batch.SizeBytes));
    }

    /// <summary>What is kept is the end of what was committed, cut as retention says.</summary>
    public void Compare(IQueueRules decider)
    {
        var start = _committed.Count - (int)decider.RetainedCount;
        Assert.True(start >= _start, "What had left came back.");
        var kept = _committed.Skip(start).ToArray();
        Assert.Equal(kept.Sum(static message => (long)message.Record.Length), decider.RetainedBytes);
        CompareSize(start, decider.RetainedBytes);
        CompareAge(start, decider.Now);
        _start = start;
        Assert.All(Readers.Values, reader => reader.Returned.RemoveWhere(returned => returned < FirstKept));
    }

    /// <summary>Of a segment, what is live can leave it only whole: a restart may have divided it in another way.</summary>
    public void Recovered(IQueueRules decider)
    {
        Readers.Clear();
        _start = Math.Min(_start, _committed.Count - (int)decider.RetainedCount);
        _largestEvent += segmentBytes;
    }

    /// <summary>A reader starts: nothing that it asked for is before its offset.</summary>
    public void Start(ConsumerKey key, long? asked, long next, bool fromFirst, int prefetch, int window)
    {
        Assert.Equal(asked ?? next, next);
        Assert.True(!fromFirst || next <= FirstKept);
        Assert.True(fromFirst || asked is not null || next >= End);
        Readers.Add(key, new HistoryModelReader(next, prefetch, window));
    }

    /// <param name="key">Who gets it.</param>
    /// <param name="segment">It must be the next that the reader wants of what is kept by now.</param>
    /// <param name="retained">How much that is.</param>
    public void Deliver(ConsumerKey key, in DeliverySegment segment, long retained)
    {
        var reader = Readers[key];
        var firstKept = FirstOf(_committed.Count - (int)retained);
        for (var i = 0; i < segment.Count; i++)
        {
            var position = segment.FirstPosition + i;
            var index = _committed.FindIndex(message => message.Position == position);
            Assert.True(index >= 0, $"Position {position} was read before it was committed.");
            var record = segment.Batch.RecordOf(segment.StartIndex + i);
            Assert.Equal(_committed[index].Record, record.ToArray());
            Assert.True(segment is { IsOfStream: true, Redelivered: false });
            Assert.True(reader.CanTake, $"{key} was given more than it can take.");
            reader.Window -= record.Length;
            reader.Held.Add(position);
            reader.Returned.RemoveWhere(returned => returned < Math.Min(position, firstKept));
            if (!reader.Returned.Remove(position))
            {
                Assert.Empty(reader.Returned);
                Assert.True(position >= reader.Next, $"Position {position} was read twice.");
                Assert.DoesNotContain(_committed, message => message.Position >= Math.Max(reader.Next, firstKept) && message.Position < position);
                reader.Next = position + 1;
            }
        }

        coverage.Read(segment.Count);
    }

    /// <summary>Something is there for a reader that could take it.</summary>
    public bool IsWaiting(HistoryModelReader reader) =>
        reader.CanTake && (reader.Returned.Count > 0 || (_start < _committed.Count && End > reader.Next));

    private long FirstKept => FirstOf(_start);

    private long FirstOf(int start) => start < _committed.Count ? _committed[start].Position : End;

    private void CompareSize(int start, long bytes)
    {
        if (retention.Bytes is { } most)
        {
            Assert.True(bytes <= Math.Max(most, Math.Max(segmentBytes, _largestEvent)), "Too much is kept.");
        }

        if (start == _start)
        {
            return;
        }

        coverage.Forgotten();
        var before = _committed.Skip(_start).Sum(static message => (long)message.Record.Length);
        Assert.True(retention.Age is not null || before > retention.Bytes, "Too little is kept.");
    }

    private void CompareAge(int start, long now)
    {
        if (retention.Age is { } age)
        {
            Assert.True(start == _committed.Count || _committed[start].At >= now - age - (age / 8) - 1, "What is too old is kept.");
            Assert.True(retention.Bytes is not null || start == _start || _committed[start - 1].At < now - age, "What is not too old left.");
        }
    }
}
