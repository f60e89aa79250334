using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <summary>
/// Messages that have their offsets but no commit yet. One write is under way at a time; what comes in meanwhile is in
/// the next one. Nobody reads them before they are committed.
/// </summary>
internal sealed class StreamWriteBuffer(int writeBytesMax)
{
    private readonly Queue<(PlacedBatch Batch, PublisherLink Link)> _waiting = new();
    private readonly List<PublisherLink> _underWayLinks = [];
    private PlacedBatch[] _underWay = [];

    /// <summary>Bytes that only a commit frees.</summary>
    public long SizeBytes { get; private set; }

    public bool IsWriting { get; private set; }

    public bool HasBatches => _waiting.Count > 0;

    public void Add(PlacedBatch batch, PublisherLink link)
    {
        _waiting.Enqueue((batch, link));
        SizeBytes += batch.Batch.SizeBytes;
    }

    /// <summary>Takes what the next write holds; there must be something.</summary>
    public QueueWrite Begin()
    {
        var batches = new List<PlacedBatch>(_waiting.Count);
        var bytes = 0L;
        while (_waiting.TryPeek(out var next) && (batches.Count == 0 || bytes + next.Batch.Batch.SizeBytes <= writeBytesMax))
        {
            _waiting.Dequeue();
            batches.Add(next.Batch);
            _underWayLinks.Add(next.Link);
            bytes += next.Batch.Batch.SizeBytes;
        }

        IsWriting = true;
        _underWay = [.. batches];
        return new QueueWrite(_underWay, Settled: [], DeliveredBefore: 0);
    }

    /// <summary>The write is committed: its batches, which are the log's from here on. Adds who published them to <paramref name="confirmed"/>.</summary>
    public PlacedBatch[] Complete(List<PublisherLink> confirmed)
    {
        var batches = _underWay;
        foreach (var placed in batches)
        {
            SizeBytes -= placed.Batch.SizeBytes;
        }

        foreach (var link in _underWayLinks)
        {
            link.Commit();
            confirmed.Add(link);
        }

        _underWay = [];
        _underWayLinks.Clear();
        IsWriting = false;
        return batches;
    }
}
