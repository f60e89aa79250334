using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;

namespace ActorBroker.Broker.Access;

/// <content>
/// Snapshots, so that a start reads what there is rather than all that ever changed. They hold the fewest events that come to
/// it. Writing one takes as long as there is much, so that one is due after a part of that has changed.
/// </content>
public sealed partial class AccessActor
{
    private const int PartThatChanges = 4;

    private readonly SnapshotPair _snapshots;
    private int _eventsSinceSnapshot;

    private void Recover(AccessEntitySnapshot snapshot)
    {
        _snapshots.Recovered(SnapshotSequenceNr);
        _current = snapshot.Changes.Aggregate(AccessSnapshot.Empty, static (current, change) => current.After(change));
    }

    // Never between two events of one change.
    private void SaveSnapshotWhenDue()
    {
        if (_eventsSinceSnapshot >= Math.Max(_settings.SnapshotAfterEvents, _current.Count / PartThatChanges) && _replay.DamageWithGaps is null)
        {
            _eventsSinceSnapshot = 0;
            SaveSnapshot(new AccessEntitySnapshot(_current.ToEvents()));
        }
    }
}
