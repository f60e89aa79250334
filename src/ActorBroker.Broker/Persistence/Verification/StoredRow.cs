using ActorBroker.Contracts;
using ActorBroker.Contracts.Serialization;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>A row of the journal, or of the snapshots, with what its bytes say.</summary>
/// <param name="PersistenceId">The entity's.</param>
/// <param name="SequenceNr">The event's, or of the last event in the snapshot.</param>
/// <param name="Manifest">Name and version of its form.</param>
/// <param name="Content">The event or snapshot, or <see cref="UnreadableEvent"/>; null for one that was deleted.</param>
internal sealed record StoredRow(string PersistenceId, long SequenceNr, string Manifest, object? Content)
{
    /// <summary>The statement whose rows <see cref="Read"/> reads, for events.</summary>
    public const string SelectEvents =
        "SELECT persistence_id, sequence_number, deleted, manifest, identifier, message FROM journal ORDER BY persistence_id, sequence_number";

    /// <summary>The same for snapshots.</summary>
    public const string SelectSnapshots =
        "SELECT persistence_id, sequence_number, 0, manifest, serializer_id, snapshot FROM snapshot ORDER BY persistence_id, sequence_number";

    /// <summary>The row that a reader is at.</summary>
    public static StoredRow Read(SqliteDataReader row)
    {
        var manifest = row.IsDBNull(3) ? string.Empty : row.GetString(3);
        object? content = row.GetBoolean(2) ? null
            : row.IsDBNull(4) || row.GetInt64(4) != JournalEventSerializer.Number || row.IsDBNull(5)
                ? new UnreadableEvent(manifest, "It is of a serializer that is not ours, or empty.")
                : JournalEventSerializer.Read(row.GetFieldValue<byte[]>(5), manifest);
        return new StoredRow(row.GetString(0), row.GetInt64(1), manifest, content);
    }
}
