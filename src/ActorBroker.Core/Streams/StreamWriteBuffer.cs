using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Streams;

/// <summary>Something that waits for its place in a journal event.</summary>
/// <param name="Batch">Messages with their offsets; null for a share that is to be prepared.</param>
/// <param name="Link">Who awaits the commit.</param>
internal readonly record struct StreamWrite(PlacedBatch? Batch, PublisherLink? Link)
{
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
    private readonly List<PreparedTransaction> _ending = [];
    private readonly List<StreamWrite> _underWay = [];
    private readonly List<PreparedTransaction> _endingUnderWay = [];

    /// <summary>Bytes of messages that only a commit frees; what is prepared does not count.</summary>
    public long SizeBytes { get; private set; }

    public bool IsWriting { get; private set; }

    public bool HasBatches => _waiting.Count > 0;

    /// <summary>Ends of transactions wait that no batch will take along.</summary>
    public bool HasEnds => _ending.Count > 0;

    /// <summary>Shares that the last write put into the journal.</summary>
    public List<PreparedTransaction> Prepared { get; } = [];

    /// <summary>Transactions whose end the last write put into the journal.</summary>
    public List<PreparedTransaction> Ended { get; } = [];

    public void Add(StreamWrite waiting)
    {
        _waiting.Enqueue(waiting);
        SizeBytes += waiting.Batch?.Batch.SizeBytes ?? 0;
    }

    /// <summary>A transaction has ended without messages: the next write says so.</summary>
    public void End(PreparedTransaction ended) => _ending.Add(ended);

    /// <summary>Takes what the next write holds; there must be something.</summary>
    public QueueWrite Begin()
    {
        var batches = new List<PlacedBatch>(_waiting.Count);
        List<PreparedShare>? prepared = null;
        var bytes = 0L;
        while (_waiting.TryPeek(out var next) && (bytes == 0 || bytes + next.SizeBytes <= writeBytesMax))
        {
            _waiting.Dequeue();
            _underWay.Add(next);
            bytes += next.SizeBytes;
            if (next.Batch is { } batch)
            {
                batches.Add(batch);
            }
            else if (next is { IsWanted: true, Prepares: { } share })
            {
                share.HasBegun = true;
                (prepared ??= []).Add(share.Share);
            }

            if (next.Ends is { } ended)
            {
                _endingUnderWay.Add(ended);
            }
        }

        _endingUnderWay.AddRange(_ending);
        _ending.Clear();
        IsWriting = true;
        return new QueueWrite([.. batches], Settled: [], DeliveredBefore: 0)
        {
            Prepared = prepared is null ? [] : [.. prepared],
            Ended = _endingUnderWay.Count == 0 ? [] : [.. _endingUnderWay.Select(static ended => ended.Id)],
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

            if (written.Prepares is { HasBegun: true } prepared)
            {
                prepared.IsWritten = true;
                Prepared.Add(prepared);
            }

            if (written.Link is { } link)
            {
                link.Commit();
                confirmed.Add(link);
            }
        }

        Ended.AddRange(_endingUnderWay);
        _endingUnderWay.Clear();
        _underWay.Clear();
        IsWriting = false;
        return [.. batches];
    }
}
