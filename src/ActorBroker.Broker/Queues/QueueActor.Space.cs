using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Queues;

/// <content>What the rules have copied out of the way is deleted soon, also where nothing more comes.</content>
public sealed partial class QueueActor
{
    // A snapshot from there on is followed by a deletion, however little it seems to be worth.
    private long _trimDueFrom = long.MaxValue;

    private bool IsTrimDue => _trimDueFrom != long.MaxValue;

    private void ReclaimSpace()
    {
        if (_queue?.ReclaimSpace(_trimmedTo) is true)
        {
            _trimDueFrom = LastSequenceNr;
        }
    }

    private bool TakeTrimDue(long recoverableFrom)
    {
        var isDue = IsTrimDue && recoverableFrom >= _trimDueFrom;
        _trimDueFrom = isDue ? long.MaxValue : _trimDueFrom;
        return isDue;
    }

    // What a stream or a history lost by its age left no event, after which the journal would be looked at.
    private bool HasForgotten(long sinceSequenceNr) =>
        _queue!.Settings.KeptFor is not null && _queue.FirstLiveSequenceNr - sinceSequenceNr > TrimStep;

    private static long BytesOf(QueueWrite write) =>
        write.Batches.Sum(static placed => (long)placed.Batch.SizeBytes) + write.Copies.Sum(static placed => (long)placed.Batch.SizeBytes);
}
