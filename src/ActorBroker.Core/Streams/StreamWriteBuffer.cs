using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Streams;

/// <summary>Something that waits for its place in a journal event.</summary>
/// <param name="Batch">Messages with their offsets; null for a share that is to be prepared.</param>
/// <param name="Link">Who awaits the commit.</param>
internal readonly record struct StreamWrite(PlacedBatch? Batch, PublisherLink? Link)
{
    /// <summary>The sequence of the link's batch.</summary>
    public long LinkSequence { get; init; }

    /// <summary>A share to be written down.</summary>
    public PreparedTransaction? Prepares { get; init; }

    /// <summary>The transaction that <see cref="Batch"/> is what was committed of.</summary>
    public PreparedTransaction? Ends { get; init; }

    /// <summary>A share that was undone before its turn came is not written.</summary>
    public bool IsWanted => Prepares is null or { IsCommitted: null };

    public int SizeBytes => Batch?.Batch.SizeBytes ?? (Prepares is { IsCommitted: null } ? Prepares.Batch.SizeBytes : 0);
}

/// <summary>
/// Messages that have their offsets but no commit yet, and shares of transactions. One write is under way at a time;
/// what comes in meanwhile is in the next one. Nobody reads messages before they are committed.
/// </summary>
internal sealed class StreamWriteBuffer(int writeBytesMax)
{
    private readonly Queue<StreamWrite> _waiting = new();
    private readonly List<StreamWrite> _underWay = [];

    /// <summary>Bytes of messages that only a commit frees; what is prepared does not count.</summary>
    public long SizeBytes { get; private set; }

    public bool IsWriting { get; private set; }

    public bool HasBatches => _waiting.Count > 0;

    /// <summary>What is told of transactions with it.</summary>
    public TransactionWrites Transactions { get; } = new();

    /// <summary>What is told of publishers with it.</summary>
    public MarkWrites Marks { get; } = new();

    public void Add(StreamWrite waiting)
    {
        _waiting.Enqueue(waiting);
        SizeBytes += waiting.Batch?.Batch.SizeBytes ?? 0;
    }

    /// <summary>Takes what the next write holds; there must be something.</summary>
    public QueueWrite Begin()
    {
        var batches = new List<PlacedBatch>(_waiting.Count);
        var bytes = 0L;
        while (_waiting.TryPeek(out var next) && (bytes == 0 || bytes + next.SizeBytes <= writeBytesMax))
        {
            _waiting.Dequeue();
            _underWay.Add(next);
            Marks.Add(next.Link, next.LinkSequence);
            bytes += next.SizeBytes;
            if (next.Batch is { } batch)
            {
                batches.Add(batch);
            }
            else if (next is { IsWanted: true, Prepares: { } share })
            {
                Transactions.Begin(share);
            }

            if (next.Ends is { } ended)
            {
                Transactions.BeginEnd(ended);
            }
        }

        IsWriting = true;
        return new QueueWrite([.. batches], Settled: [], DeliveredBefore: 0)
        {
            Prepared = Transactions.TakeShares(),
            Ended = Transactions.TakeEnds(),
            Marks = Marks.Take(),
        };
    }

    /// <summary>The write is committed: its batches, which are the log's from here on. Adds who published them to <paramref name="confirmed"/>.</summary>
    public PlacedBatch[] Complete(List<PublisherLink> confirmed)
    {
        var batches = new List<PlacedBatch>(_underWay.Count);
        foreach (var written in _underWay)
        {
            if (written.Batch is { } batch)
            {
                batches.Add(batch);
                SizeBytes -= batch.Batch.SizeBytes;
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
        return [.. batches];
    }
}
