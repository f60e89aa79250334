using System.Diagnostics;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Log;

/// <summary>One batch at its place in the log.</summary>
internal sealed class LogBatch(long first, MessageBatch batch)
{
    /// <summary>Position of the batch's first message.</summary>
    public long First { get; } = first;

    /// <summary>The position after the last message.</summary>
    public long End { get; } = first + batch.Count;

    /// <summary>Size of all records.</summary>
    public int SizeBytes { get; } = batch.SizeBytes;

    /// <summary>The messages, or null once none of them is wanted any more.</summary>
    public MessageBatch? Batch { get; set; } = batch;

    /// <summary>All of them, until a journal event holds them, where the journal must have them even if nobody in the queue wants them any more.</summary>
    public MessageBatch? Kept { get; set; }

    /// <summary>Messages that are still in the queue (ready or unsettled).</summary>
    public int Live { get; set; } = batch.Count;

    /// <summary>It is confirmed when the journal has it.</summary>
    public bool AwaitsWrite { get; set; }

    /// <summary>It goes, or went, into the journal: its settlements must too.</summary>
    public bool IsJournaled { get; set; }

    /// <summary>It was refused and only waits to be dead-lettered: a journal must never bring it back.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Some of its messages do not outlive a restart.</summary>
    public bool HasTransient { get; set; }

    /// <summary>The journal event that holds it, 0 while none does.</summary>
    public long SequenceNr { get; set; }

    /// <summary>Takes memory that can't be given back by reading the journal later.</summary>
    public bool IsPinned => Batch is not null && SequenceNr == 0;
}

/// <summary>Whether a segment's bodies are in memory.</summary>
internal enum SegmentResidency : byte
{
    /// <summary>In memory.</summary>
    Resident,

    /// <summary>Only in the journal.</summary>
    Evicted,

    /// <summary>Being read back.</summary>
    Loading,
}

/// <summary>A run of batches that are dropped from memory and read back together.</summary>
internal sealed class LogSegment(long first)
{
    /// <summary>Position of the first message.</summary>
    public long First { get; private set; } = first;

    /// <summary>The position after the last message so far.</summary>
    public long End { get; set; } = first;

    /// <summary>Size of all records that were appended, or that moved.</summary>
    public long SizeBytes { get; set; }

    /// <summary>Messages that are still in the queue.</summary>
    public long Live { get; private set; }

    /// <summary>About the size of their records.</summary>
    public long LiveBytes { get; set; }

    /// <summary>Its live messages are to be copied, or are being: it stays in memory.</summary>
    public bool IsMoving { get; set; }

    /// <summary>Not everything live could be read back: only what was written first may still hold it.</summary>
    public bool CannotMove { get; set; }

    /// <summary>Batches by ascending position; empty unless resident.</summary>
    public List<LogBatch> Batches { get; } = [];

    /// <summary>Where the bodies are.</summary>
    public SegmentResidency Residency { get; set; }

    /// <summary>Lowest journal event with one of its messages, 0 for none.</summary>
    public long FirstSequenceNr { get; set; }

    /// <summary>Highest journal event with one of its messages.</summary>
    public long LastSequenceNr { get; set; }

    /// <summary>Batches that are in memory and not in the journal.</summary>
    public int PinnedBatches { get; set; }

    /// <summary>When it was last read back, some event of it was damaged: what it lacks is gone.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Every live message can be read back from the journal.</summary>
    public bool IsEvictable => Residency == SegmentResidency.Resident && PinnedBatches == 0 && FirstSequenceNr > 0 && !IsMoving;

    /// <summary>How to read it back.</summary>
    public SegmentAddress Address => new(First, End, FirstSequenceNr, LastSequenceNr, SizeBytes) { LiveBytes = LiveBytes };

    /// <summary>A batch comes to its end.</summary>
    public void Append(LogBatch batch)
    {
        Batches.Add(batch);
        End = batch.End;
        SizeBytes += batch.SizeBytes;
        Live += batch.Live;
        LiveBytes += batch.SizeBytes;
        PinnedBatches++;
    }

    /// <summary>So many messages leave the queue.</summary>
    public void Settle(long count)
    {
        LiveBytes -= LiveBytes * count / Live;
        Live -= count;
        Debug.Assert(Live >= 0);
    }

    /// <summary>What a snapshot knows of it.</summary>
    public void Recover(SegmentAddress address, long live)
    {
        End = address.EndPosition;
        SizeBytes = address.SizeBytes;
        Live = live;
        LiveBytes = address.LiveBytes ?? address.SizeBytes * live / (address.EndPosition - address.FirstPosition);
        FirstSequenceNr = address.FirstSequenceNr;
        LastSequenceNr = address.LastSequenceNr;
        Residency = SegmentResidency.Evicted;
    }

    /// <summary>Takes over what is in the segment behind it, which is in memory as it is itself.</summary>
    public void Take(LogSegment next)
    {
        Debug.Assert(next.First >= End && Residency == SegmentResidency.Resident && next.Residency == SegmentResidency.Resident);
        Batches.AddRange(next.Batches);
        End = next.End;
        SizeBytes += next.SizeBytes;
        Live += next.Live;
        LiveBytes += next.LiveBytes;
        PinnedBatches += next.PinnedBatches;
        foreach (var sequenceNr in (ReadOnlySpan<long>)[next.FirstSequenceNr, next.LastSequenceNr])
        {
            if (sequenceNr > 0)
            {
                AddSequenceNr(sequenceNr);
            }
        }
    }

    /// <summary>Everything live of it that the journal holds is in that event, or in none.</summary>
    public void MoveTo(long sequenceNr, long copiedBytes)
    {
        FirstSequenceNr = LastSequenceNr = copiedBytes > 0 ? sequenceNr : 0;
        SizeBytes = copiedBytes + Batches.Where(static batch => batch.IsPinned).Sum(static batch => (long)batch.SizeBytes);
        LiveBytes = SizeBytes;
    }

    /// <summary>Remembers that a batch of it is in that journal event.</summary>
    public void AddSequenceNr(long sequenceNr)
    {
        FirstSequenceNr = FirstSequenceNr == 0 ? sequenceNr : Math.Min(FirstSequenceNr, sequenceNr);
        LastSequenceNr = Math.Max(LastSequenceNr, sequenceNr);
    }

    /// <summary>Empties it, to be appended to from a position that no segment had: one that is gone may still be read back.</summary>
    public void Reset(long first)
    {
        First = first;
        End = first;
        SizeBytes = 0;
        LiveBytes = 0;
        FirstSequenceNr = 0;
        LastSequenceNr = 0;
        PinnedBatches = 0;
        IsMoving = false;
        CannotMove = false;
        IsDamaged = false;
        Residency = SegmentResidency.Resident;
        Batches.Clear();
    }

    /// <summary>Index of the batch that holds the position, or when a gap does, the complement of the next batch's.</summary>
    public int IndexOf(long position)
    {
        int low = 0, high = Batches.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var batch = Batches[middle];
            if (position < batch.First)
            {
                high = middle - 1;
            }
            else if (position >= batch.End)
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return ~low;
    }

    /// <summary>Positions of the segment that none of its batches holds.</summary>
    public IEnumerable<PositionRange> Gaps()
    {
        var next = First;
        foreach (var batch in Batches)
        {
            if (batch.First > next)
            {
                yield return new PositionRange(next, batch.First - next);
            }

            next = batch.End;
        }

        if (next < End)
        {
            yield return new PositionRange(next, End - next);
        }
    }
}
