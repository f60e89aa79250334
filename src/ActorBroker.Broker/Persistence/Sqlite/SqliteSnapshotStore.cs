using Akka.Configuration;
using Akka.Persistence;
using Serializers = Akka.Serialization.Serialization;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>The snapshots of a SQLite file, by the statements of <see cref="SqliteReader"/> and <see cref="SqliteChanges"/>.</summary>
public sealed class SqliteSnapshotStore(Config config) : CheckedSnapshotStore(config)
{
    private readonly SqliteJournal _store = (SqliteJournal)JournalPlugins.StoreOf(Context);
    private readonly Serializers _serializers = Context.System.Serialization;

    /// <inheritdoc/>
    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(snapshot);
        var serializer = _serializers.FindSerializerFor(snapshot);
        var (bytes, manifest) = Serializers.WithTransport(
            _serializers.System, (snapshot, serializer), static of => (of.serializer.ToBinary(of.snapshot), Serializers.ManifestFor(of.serializer, of.snapshot)));
        var row = new SnapshotRow(metadata.SequenceNr, metadata.Timestamp.Ticks, bytes, manifest, serializer.Identifier);
        return _store.Writer.MakeAsync(SqliteChanges.SnapshotSaved(metadata.PersistenceId, row));
    }

    /// <inheritdoc/>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return DeleteAsync(
            metadata.PersistenceId, new SnapshotSelectionCriteria(metadata.SequenceNr, DateTime.MaxValue, metadata.SequenceNr), cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(criteria);
        return _store.Writer.MakeAsync(SqliteChanges.SnapshotsDeleted(persistenceId, criteria));
    }

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
