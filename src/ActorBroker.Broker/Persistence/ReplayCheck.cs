using ActorBroker.Contracts;
using Akka.Persistence;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Watches the replay of an entity: what of its snapshot and events cannot be read, or is not there. An entity that does
/// not know what it is must not serve, and must not write.
/// </summary>
/// <param name="trimsWithoutSnapshot">Without any snapshot, that the first events are gone means nothing.</param>
internal sealed class ReplayCheck(bool trimsWithoutSnapshot = false)
{
    private long _next = 1;
    private bool _hasSnapshot;
    private bool _hasBegun;
    private string? _unreadableSnapshot;

    /// <summary>Why the entity cannot be served; null when it can.</summary>
    public string? Damage { get; private set; }

    /// <summary>The newest snapshots were unreadable, and events that they made superfluous may be gone.</summary>
    public bool HasSkipped { get; private set; }

    /// <summary>
    /// As <see cref="Damage"/>, and also where events are gone that an unreadable snapshot had made superfluous, without the one
    /// before it: for an entity that cannot do without them.
    /// </summary>
    public string? DamageWithGaps =>
        Damage ?? (HasSkipped ? $"the newest snapshot cannot be read and events before {First} are gone" : null);

    /// <summary>Sequence number of the first event that is replayed; 0 before it.</summary>
    public long First { get; private set; }

    /// <summary>Takes in what the journal offers; answers what the entity is to recover from it, or null for nothing.</summary>
    /// <param name="message">A snapshot, an event, or the end of the replay.</param>
    /// <param name="sequenceNr">The entity's last sequence number so far.</param>
    public object? Look(object message, long sequenceNr)
    {
        switch (message)
        {
            case SnapshotOffer offer:
                return Look(offer);
            case RecoveryCompleted:
                Begin(sequenceNr + 1);
                return message;
            case UnreadableEvent unreadable:
                Begin(sequenceNr);
                Damage ??= $"event {sequenceNr}: {unreadable.Reason}";
                return null;
            case EventSetAside:
                Begin(sequenceNr);
                return null;
            default:
                Begin(sequenceNr);
                return message;
        }
    }

    private object? Look(SnapshotOffer offer)
    {
        _next = offer.Metadata.SequenceNr + 1;
        _hasSnapshot = true;
        switch (offer.Snapshot)
        {
            case UnreadableEvent unreadable:
                _unreadableSnapshot = unreadable.Reason;
                return null;
            case OlderSnapshot older:
                HasSkipped = true;
                return older.Snapshot;
            default:
                return offer.Snapshot;
        }
    }

    // A number may be missing because its write was refused; but an entity begins with its first event or a snapshot.
    private void Begin(long sequenceNr)
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        First = sequenceNr;
        var isGap = sequenceNr > _next;
        HasSkipped &= isGap;
        if (_unreadableSnapshot is not null && isGap)
        {
            Damage ??= $"no snapshot can be read ({_unreadableSnapshot}) and events 1 to {sequenceNr - 1} are gone";
        }
        else if (isGap && !_hasSnapshot && !trimsWithoutSnapshot)
        {
            Damage ??= $"events {_next} to {sequenceNr - 1} are missing";
        }
    }
}
