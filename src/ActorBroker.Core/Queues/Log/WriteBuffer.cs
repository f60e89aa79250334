using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Queues.Log;

/// <summary>
/// What waits for the journal, and what is on its way there. One write is under way at a time; whatever comes in
/// meanwhile is in the next one.
/// </summary>
internal sealed class WriteBuffer(int writeBytesMax)
{
    private readonly Queue<WaitingWrite> _waiting = new();
    private readonly List<WaitingWrite> _underWay = [];
    private readonly PositionSet _ofWaiting = new();
    private readonly PositionSet _unwritten = new();

    /// <summary>Settlements that the journal must hear of with the next write.</summary>
    public PositionSet Settled { get; } = new();

    public bool IsWriting { get; private set; }

    public bool HasBatches => _waiting.Count > 0;

    /// <summary>Settlements that are in the journal with their batch.</summary>
    public PositionSet CommittedWithBatch { get; } = new();

    /// <summary>What is told of transactions with it.</summary>
    public TransactionWrites Transactions { get; } = new();

    /// <summary>What is told of publishers with it.</summary>
    public MarkWrites Marks { get; } = new();

    /// <summary>What the last write said of which messages may have been handed out.</summary>
    public long DeliveredBefore { get; private set; }

    /// <summary>What the journal must hear of beside that.</summary>
    public PendingNotes Notes { get; } = new();

    /// <summary>Something waits that no batch will take along.</summary>
    public bool HasSettlements => !Settled.IsEmpty || !Notes.IsEmpty || Transactions.HasEnds;

    public void Add(WaitingWrite waiting)
    {
        if (waiting.Batch is { } batch)
        {
            batch.IsJournaled = true;
        }

        _waiting.Enqueue(waiting);
    }

    /// <summary>Adds the positions that leave the queue with a batch which is not committed yet.</summary>
    public void AddHeldTo(PositionSet positions)
    {
        foreach (var waiting in _waiting.Concat(_underWay))
        {
            if (waiting.SettledWith is { } settled)
            {
                positions.AddAll(settled);
            }
        }
    }

    /// <summary>
    /// Takes what the next write holds, or null when there is nothing to write. Batches whose messages were all settled
    /// while they waited are not written: the journal has no need to know that they ever were.
    /// </summary>
    /// <param name="deliveredBefore">Messages below this position may have been handed out.</param>
    /// <param name="isMarkDue">That alone is worth a write.</param>
    /// <param name="copies">Of messages that earlier events hold.</param>
    /// <param name="confirmedWithoutWrite">Takes the links whose batches need no write any more.</param>
    public QueueWrite? Begin(long deliveredBefore, bool isMarkDue, PlacedBatch[] copies, List<PublisherLink> confirmedWithoutWrite)
    {
        var batches = new List<PlacedBatch>(_waiting.Count);
        var bytes = 0L;
        var isContinued = false;
        while (_waiting.TryPeek(out var next))
        {
            if (!next.IsWanted)
            {
                _waiting.Dequeue();
                isContinued &= next.IsContinued;
                TakeUnwanted(next, confirmedWithoutWrite);
                continue;
            }

            if (bytes > 0 && !isContinued && bytes + next.SizeBytes > writeBytesMax)
            {
                break;
            }

            _waiting.Dequeue();
            isContinued = next.IsContinued;
            Begin(next);
            bytes += next.SizeBytes;
            if (next.Prepares is { } share)
            {
                Transactions.Begin(share);
            }
            else
            {
                batches.Add(new PlacedBatch(next.Batch!.First, next.Messages!));
            }
        }

        if (_underWay.Count == 0 && copies.Length == 0 && !HasSettlements && !isMarkDue)
        {
            return null;
        }

        IsWriting = true;
        DeliveredBefore = deliveredBefore;
        TakeSettledOfWaiting(Settled);
        var write = new QueueWrite([.. batches], Settled.ToArray(), deliveredBefore)
        {
            Notes = TakeNotes(),
            Copies = copies,
            Prepared = Transactions.TakeShares(),
            Ended = Transactions.TakeEnds(),
            Marks = Marks.Take(),
        };
        Settled.Clear();
        Settled.AddAll(_ofWaiting);
        return write;
    }

    /// <summary>
    /// An event of its own tells of settlements, and takes those along that wait for a write. Those of batches that still
    /// wait are told again with their batch, which comes after that event.
    /// </summary>
    public void SettleByEvent(PositionSet settled)
    {
        settled.AddAll(Settled);
        Settled.Clear();
        TakeSettledOfWaiting(settled);
        settled.AddAll(_ofWaiting);
        Settled.AddAll(_ofWaiting);
    }

    /// <summary>The write is committed as that journal event.</summary>
    public void Complete(MessageLog log, long sequenceNr, List<PublisherLink> confirmed)
    {
        foreach (var written in _underWay)
        {
            if (written.Batch is { } batch)
            {
                log.MarkWritten(batch, sequenceNr);
            }

            if (written.SettledWith is { } settled)
            {
                CommittedWithBatch.AddAll(settled);
            }

            Transactions.Complete(written.Prepares);
            if (written.Link is { } link)
            {
                link.Commit();
                confirmed.Add(link);
            }
        }

        Transactions.CompleteEnds();
        _underWay.Clear();
        IsWriting = false;
    }

    private void TakeUnwanted(WaitingWrite next, List<PublisherLink> confirmedWithoutWrite)
    {
        if (next.Batch is { } batch)
        {
            Settled.Remove(new PositionRange(batch.First, batch.End - batch.First));
        }

        if (_underWay.Count > 0 || next.IsTied)
        {
            Begin(next);
        }
        else if (next.Link is { } link)
        {
            link.Commit();
            Marks.Add(link, next.LinkSequence);
            confirmedWithoutWrite.Add(link);
        }
    }

    private void Begin(WaitingWrite next)
    {
        _underWay.Add(next);
        Marks.Add(next.Link, next.LinkSequence);
        if (next.SettledWith is { } settled)
        {
            Settled.AddAll(settled);
        }

        if (next.Ends is { } ended)
        {
            Transactions.BeginEnd(ended);
        }
    }

    private QueueNotes TakeNotes()
    {
        _unwritten.Clear();
        if (!Notes.IsEmpty)
        {
            foreach (var waiting in _waiting)
            {
                if (waiting.Batch is { } batch)
                {
                    _unwritten.Add(new PositionRange(batch.First, batch.End - batch.First));
                }
            }
        }

        return Notes.Take(_unwritten);
    }

    // A settlement that came before its message would be lost: a replay would find nothing to settle.
    private void TakeSettledOfWaiting(PositionSet settled)
    {
        _ofWaiting.Clear();
        foreach (var waiting in _waiting)
        {
            if (waiting.Batch is { } batch && batch.Live < batch.End - batch.First)
            {
                settled.Remove(new PositionRange(batch.First, batch.End - batch.First), _ofWaiting);
            }
        }
    }
}
