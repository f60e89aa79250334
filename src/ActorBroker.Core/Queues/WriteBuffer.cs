using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;

namespace ActorBroker.Core.Queues;

/// <summary>
/// What waits for the journal, and what is on its way there. One write is under way at a time; whatever comes in
/// meanwhile is in the next one.
/// </summary>
internal sealed class WriteBuffer(int writeBytesMax)
{
    private readonly Queue<(LogBatch Batch, PublisherLink? Link)> _waiting = new();
    private readonly List<(LogBatch Batch, PublisherLink? Link)> _underWay = [];
    private readonly PositionSet _ofWaiting = new();
    private readonly PositionSet _unwritten = new();

    /// <summary>Settlements that the journal must hear of with the next write.</summary>
    public PositionSet Settled { get; } = new();

    public bool IsWriting { get; private set; }

    public bool HasBatches => _waiting.Count > 0;

    /// <summary>Settlements that are in the journal with their batch.</summary>
    public PositionSet CommittedWithBatch { get; } = new();

    /// <summary>Settlements of a transaction that the next batch of a link is to take along into its event.</summary>
    public PositionSet? OfTransaction { get; set; }

    /// <summary>What the last write said of which messages may have been handed out.</summary>
    public long DeliveredBefore { get; private set; }

    /// <summary>What the journal must hear of beside that.</summary>
    public PendingNotes Notes { get; } = new();

    /// <summary>Something waits that no batch will take along.</summary>
    public bool HasSettlements => !Settled.IsEmpty || !Notes.IsEmpty;

    public void Add(LogBatch batch, PublisherLink? link)
    {
        batch.IsJournaled = true;
        if (link is not null)
        {
            batch.SettledWith = OfTransaction;
            OfTransaction = null;
        }

        _waiting.Enqueue((batch, link));
    }

    /// <summary>Adds the positions that leave the queue with a batch which is not committed yet.</summary>
    public void AddHeldTo(PositionSet positions)
    {
        foreach (var (batch, _) in _waiting.Concat(_underWay))
        {
            if (batch.SettledWith is not null)
            {
                positions.AddAll(batch.SettledWith);
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
        var bytes = 0;
        while (_waiting.TryPeek(out var next))
        {
            if (next.Batch.Batch is null)
            {
                _waiting.Dequeue();
                Settled.Remove(new PositionRange(next.Batch.First, next.Batch.End - next.Batch.First));
                if (batches.Count > 0 || next.Batch.SettledWith is not null)
                {
                    BeginBatch(next);
                }
                else if (next.Link is { } link)
                {
                    link.Commit();
                    confirmedWithoutWrite.Add(link);
                }

                continue;
            }

            if (batches.Count > 0 && bytes + next.Batch.SizeBytes > writeBytesMax)
            {
                break;
            }

            _waiting.Dequeue();
            BeginBatch(next);
            batches.Add(new PlacedBatch(next.Batch.First, next.Batch.Batch));
            bytes += next.Batch.SizeBytes;
        }

        if (batches.Count == 0 && copies.Length == 0 && !HasSettlements && !isMarkDue)
        {
            return null;
        }

        IsWriting = true;
        DeliveredBefore = deliveredBefore;
        TakeSettledOfWaiting(Settled);
        var write = new QueueWrite([.. batches], Settled.ToArray(), deliveredBefore) { Notes = TakeNotes(), Copies = copies };
        Settled.Clear();
        Settled.AddAll(_ofWaiting);
        return write;
    }

    /// <summary>
    /// An event of its own tells of settlements. Those of batches that still wait are told again with their batch,
    /// which comes after that event.
    /// </summary>
    public void SettledByEvent(PositionSet settled)
    {
        TakeSettledOfWaiting(settled);
        settled.AddAll(_ofWaiting);
        Settled.AddAll(_ofWaiting);
    }

    /// <summary>The write is committed as that journal event.</summary>
    public void Complete(MessageLog log, long sequenceNr, List<PublisherLink> confirmed)
    {
        foreach (var (batch, link) in _underWay)
        {
            log.MarkWritten(batch, sequenceNr);
            if (batch.SettledWith is { } settled)
            {
                CommittedWithBatch.AddAll(settled);
                batch.SettledWith = null;
            }

            if (link is not null)
            {
                link.Commit();
                confirmed.Add(link);
            }
        }

        _underWay.Clear();
        IsWriting = false;
    }

    private void BeginBatch((LogBatch Batch, PublisherLink? Link) next)
    {
        _underWay.Add(next);
        if (next.Batch.SettledWith is { } settled)
        {
            Settled.AddAll(settled);
        }
    }

    private QueueNotes TakeNotes()
    {
        _unwritten.Clear();
        if (!Notes.IsEmpty)
        {
            foreach (var (batch, _) in _waiting)
            {
                _unwritten.Add(new PositionRange(batch.First, batch.End - batch.First));
            }
        }

        return Notes.Take(_unwritten);
    }

    // A settlement that came before its message would be lost: a replay would find nothing to settle.
    private void TakeSettledOfWaiting(PositionSet settled)
    {
        _ofWaiting.Clear();
        foreach (var (batch, _) in _waiting)
        {
            if (batch.Live < batch.End - batch.First)
            {
                settled.Remove(new PositionRange(batch.First, batch.End - batch.First), _ofWaiting);
            }
        }
    }
}
