using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Streams;

/// <content>From the journal, and into a snapshot.</content>
public sealed partial class StreamDecider
{
    /// <inheritdoc/>
    public long LostCount => _log.LostCount;

    /// <inheritdoc/>
    public QueueIndex Index() => new(_log.End, DeliveredBefore: 0, Live: [], Segments: [])
    {
        Prepared = _prepared.Written(),
        Marks = _links.Marks(Now),
        Stream = _log.Index(),
    };

    /// <inheritdoc/>
    public void RecoverIndex(QueueIndex index)
    {
        if (index.Stream is { } stream)
        {
            _log.Recover(stream);
        }

        _links.Recover(index.Marks);
        Array.ForEach(index.Prepared, RecoverPrepared);
        _log.SkipTo(index.NextPosition);
        _nextOffset = _log.End;
    }

    /// <inheritdoc/>
    public void RecoverWrite(QueueWrite write, long sequenceNr, long at)
    {
        _links.Recover(write.Marks, at);
        Array.ForEach(write.Ended, RecoverEnded);
        Array.ForEach(write.Prepared, RecoverPrepared);
        _log.Append(write.Batches, sequenceNr, at);
        _log.BoundMemory();
        _nextOffset = _log.End;
    }

    /// <summary>Nothing: a stream is not purged.</summary>
    public void RecoverPurge(PositionRange[] positions)
    {
    }

    /// <inheritdoc/>
    public void RecoverLost(PositionRange positions) => _log.RecoverLost(positions);

    /// <inheritdoc/>
    public void RecoveryCompleted()
    {
        _links.RecoveryCompleted(Now);
        _log.RecoveryCompleted();
        _nextOffset = _log.End;
    }
}
