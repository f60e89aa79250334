using ActorBroker.Contracts;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Sql.Snapshot;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// The snapshots of Akka.Persistence.Sql, of which those that cannot be read are reported, kept in quarantine and passed
/// over: an entity is offered the newest readable one, as an <see cref="OlderSnapshot"/>. Where there were snapshots and
/// none is readable, it is offered an <see cref="UnreadableEvent"/> of sequence number 0, and all events that are left.
/// </summary>
public class CheckedSnapshotStore(Config config) : SqlSnapshotStore(config)
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IJournalStore _store = JournalPlugins.StoreOf(Context);

    /// <inheritdoc/>
    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(criteria);
        UnreadableEvent? newest = null;
        while (true)
        {
            var found = await LoadOrSalvageAsync(persistenceId, criteria, cancellationToken).ConfigureAwait(false);
            if (found is null)
            {
                return newest is null ? null : new SelectedSnapshot(new SnapshotMetadata(persistenceId, 0, DateTime.MinValue), newest);
            }

            if (found.Snapshot is not UnreadableEvent unreadable)
            {
                return newest is null ? found : new SelectedSnapshot(found.Metadata, new OlderSnapshot(found.Snapshot));
            }

            newest ??= unreadable;
            await ReportAsync(found.Metadata, unreadable).ConfigureAwait(false);
            criteria = new SnapshotSelectionCriteria(found.Metadata.SequenceNr - 1, criteria.MaxTimeStamp);
        }
    }

    /// <summary>The newest snapshot that is asked for, readable or not; null when there is none.</summary>
    protected virtual async Task<SelectedSnapshot?> FindAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        await base.LoadAsync(persistenceId, criteria, cancellationToken).ConfigureAwait(false);

    private async Task<SelectedSnapshot?> LoadOrSalvageAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        try
        {
            return await _store.ReadAsync(() => FindAsync(persistenceId, criteria, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception failure) when (_store.Quarantine.IsDamage(failure))
        {
            var newest = _store.Quarantine.NewestSnapshot(persistenceId, criteria.MaxSequenceNr);
            return new SelectedSnapshot(
                new SnapshotMetadata(persistenceId, newest, DateTime.MinValue), new UnreadableEvent(string.Empty, $"the database cannot read it: {failure.GetBaseException().Message}"));
        }
    }

    private async Task ReportAsync(SnapshotMetadata metadata, UnreadableEvent unreadable)
    {
        _log.Error(
            "{0}: journal damage: snapshot {1} cannot be read, an older one or all events take its place: {2}; kept in {3}",
            metadata.PersistenceId, metadata.SequenceNr, unreadable.Reason, _store.Quarantine.Place);
        await _store.Quarantine
            .KeepSnapshotAsync(metadata.PersistenceId, metadata.SequenceNr, unreadable.Reason, TimeProvider.System.GetUtcNow())
            .ConfigureAwait(false);
    }
}
