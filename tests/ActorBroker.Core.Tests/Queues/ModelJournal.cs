using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>An event of a queue's journal: a write, a purge, or other settings.</summary>
internal sealed record JournalEvent(QueueWrite? Write, PositionRange[] Purged)
{
    public long At { get; init; }

    public QueueSettings? Settings { get; init; }
}

/// <summary>An index, the event up to which it goes, and the lowest event that it needs.</summary>
internal sealed record StoredIndex(long SequenceNr, long FirstLiveSequenceNr, QueueIndex Index);

/// <summary>Keeps committed events and answers reads; deletes nothing that <see cref="Replay"/> from the start needs, but hides it from reads.</summary>
internal sealed class ModelJournal
{
    private readonly List<JournalEvent> _events = [];
    private long _trimmedBelow = 1;

    /// <summary>The settings that the queue began with.</summary>
    public QueueSettings? Declared { get; init; }

    public long LastSequenceNr => _events.Count;

    public long TrimmedTo => _trimmedBelow - 1;

    /// <summary>Records that were not deleted.</summary>
    public long SizeBytes => _events.Skip((int)TrimmedTo).Sum(static committed =>
        (committed.Write?.Batches ?? []).Concat(committed.Write?.Copies ?? []).Sum(static placed => (long)placed.Batch.SizeBytes));

    public StoredIndex? Snapshot { get; set; }

    public long Append(JournalEvent committed)
    {
        var write = committed.Write;
        _events.Add(write is null
            ? committed
            : committed with
            {
                Write = write with { Batches = Copied(write.Batches), Copies = Copied(write.Copies) },
            });
        return _events.Count;
    }

    /// <summary>What a read of the segment's range of events finds.</summary>
    public List<PlacedBatch> Read(SegmentAddress address)
    {
        var found = new List<PlacedBatch>();
        for (var sequenceNr = Math.Max(address.FirstSequenceNr, _trimmedBelow); sequenceNr <= Math.Min(address.LastSequenceNr, LastSequenceNr); sequenceNr++)
        {
            var read = _events[(int)sequenceNr - 1];
            found.AddRange((read.Write?.Batches ?? []).Select(placed => placed with { At = read.At }));
            found.AddRange(address.WithoutCopies ? [] : read.Write?.Copies ?? []);
        }

        return found;
    }

    /// <summary>Deletes what neither the stored index nor its bodies need; without an index, what is below the first live event.</summary>
    public void Trim(long? firstLive = null)
    {
        var needed = firstLive is { } first
            ? Math.Min(first, LastSequenceNr + 1)
            : Snapshot is { } snapshot ? Math.Min(snapshot.FirstLiveSequenceNr, snapshot.SequenceNr) : 0;
        _trimmedBelow = Math.Max(_trimmedBelow, needed);
    }

    /// <summary>Recovers from the stored index and the events after it.</summary>
    public void Recover(IQueueRules decider)
    {
        if (Snapshot is { } snapshot)
        {
            decider.RecoverIndex(snapshot.Index);
        }

        Replay(decider, Snapshot?.SequenceNr ?? 0);
    }

    /// <summary>The settings that were in force at an event, as far as the journal knows.</summary>
    public QueueSettings? SettingsAt(long sequenceNr) =>
        _events.Take((int)sequenceNr).LastOrDefault(static committed => committed.Settings is not null)?.Settings;

    /// <summary>Replays the events after a sequence number and ends the recovery.</summary>
    public void Replay(IQueueRules decider, long after)
    {
        for (var sequenceNr = after + 1; sequenceNr <= LastSequenceNr; sequenceNr++)
        {
            var committed = _events[(int)sequenceNr - 1];
            if (committed.Write is { } write)
            {
                decider.RecoverWrite(write, sequenceNr, committed.At);
            }

            if (committed.Settings is { } settings)
            {
                decider.Apply(settings);
            }

            decider.RecoverPurge(committed.Purged);
        }

        decider.RecoveryCompleted();
    }

    private static PlacedBatch[] Copied(PlacedBatch[] batches) =>
        [.. batches.Select(static placed => placed with { Batch = TestBatches.Copy(placed.Batch) })];
}
