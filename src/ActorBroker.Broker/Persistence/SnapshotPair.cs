using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Keeps the journal of an entity short without relying on one snapshot: the one before the newest stays, with the events
/// after it, so that one damaged snapshot loses nothing.
/// </summary>
/// <param name="entity">Whose journal it is.</param>
/// <param name="log">Told what could not be done, which the next snapshot tries again.</param>
internal sealed class SnapshotPair(Eventsourced entity, ILoggingAdapter log)
{
    private long _newest;

    /// <summary>The entity recovers from the snapshot of this number.</summary>
    public void Recovered(long sequenceNr) => _newest = sequenceNr;

    /// <summary>An answer about snapshots and deleted events; false when the message is for somebody else.</summary>
    public bool OnMessage(object message)
    {
        switch (message)
        {
            case SaveSnapshotSuccess saved:
                KeepJournalShort(saved.Metadata.SequenceNr);
                return true;
            case SaveSnapshotFailure failed:
                log.Warning("{0}: no snapshot at {1}: {2}", entity.PersistenceId, failed.Metadata.SequenceNr, failed.Cause.Message);
                return true;
            case DeleteSnapshotsFailure failed:
                log.Warning("{0}: old snapshots stay: {1}", entity.PersistenceId, failed.Cause.Message);
                return true;
            case DeleteMessagesFailure failed:
                log.Warning("{0}: old events stay: {1}", entity.PersistenceId, failed.Cause.Message);
                return true;
            default:
                return message is DeleteSnapshotsSuccess or DeleteMessagesSuccess;
        }
    }

    private void KeepJournalShort(long saved)
    {
        if (_newest > 1)
        {
            entity.DeleteSnapshots(new SnapshotSelectionCriteria(_newest - 1));
        }

        if (_newest > 0)
        {
            entity.DeleteMessages(_newest);
        }

        _newest = saved;
    }
}
