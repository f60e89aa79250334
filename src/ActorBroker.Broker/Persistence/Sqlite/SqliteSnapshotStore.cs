using Akka.Configuration;
using Akka.Persistence;
using Serializers = Akka.Serialization.Serialization;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>The snapshots of a SQLite file, looked up by a statement that is prepared once.</summary>
public sealed class SqliteSnapshotStore(Config config) : CheckedSnapshotStore(config)
{
    private readonly SqliteJournal _store = (SqliteJournal)JournalPlugins.StoreOf(Context);
    private readonly Serializers _serializers = Context.System.Serialization;

    /// <inheritdoc/>
    protected override async Task<SelectedSnapshot?> FindAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(criteria);
        var found = await _store.Readers
            .ReadAsync(
                reader => reader.Snapshot(
                    persistenceId, criteria.MinSequenceNr, criteria.MaxSequenceNr, criteria.MinTimestamp?.Ticks ?? 0, criteria.MaxTimeStamp.Ticks),
                cancellationToken)
            .ConfigureAwait(false);
        return found is null
            ? null
            : new SelectedSnapshot(
                new SnapshotMetadata(persistenceId, found.SequenceNr, new DateTime(found.Created, DateTimeKind.Utc)),
                _serializers.Deserialize(found.Bytes, found.Identifier, found.Manifest));
    }
}
