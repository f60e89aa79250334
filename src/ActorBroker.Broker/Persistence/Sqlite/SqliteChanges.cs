using Akka.Persistence;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>What entities change in the file besides writing events.</summary>
internal static class SqliteChanges
{
    // Of events of 1 MiB each: SQLite follows the chain of an event's pages to free them.
    private const int BytesOfStep = 16 << 20;
    private const int RowsOfStep = 500;

    // Their lengths are known without reading them.
    private const string SelectFirst =
        """
        SELECT sequence_number, length(message) FROM journal
        WHERE persistence_id = $id AND sequence_number < $last ORDER BY sequence_number LIMIT $most
        """;

    private const string DeleteFirst = "DELETE FROM journal WHERE persistence_id = $id AND sequence_number <= $last";

    private const string MarkLast =
        """
        UPDATE journal SET deleted = 1, message = x'' WHERE persistence_id = $id AND sequence_number =
            (SELECT max(sequence_number) FROM journal WHERE persistence_id = $id AND sequence_number <= $last)
        """;

    private const string SaveSnapshot =
        """
        INSERT OR REPLACE INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id)
        VALUES ($id, $number, $created, $snapshot, $manifest, $identifier)
        """;

    private const string DeleteSnapshots =
        """
        DELETE FROM snapshot WHERE persistence_id = $id AND sequence_number BETWEEN $first AND $last AND created BETWEEN $after AND $before
        """;

    /// <summary>Deletes an entity's events up to a number, but for the last of them, which stays without its content: the entity counts on from it.</summary>
    public static SqliteChange EventsDeleted(string persistenceId, long toSequenceNr) => new(connection =>
    {
        if (EndOfStep(connection, persistenceId, toSequenceNr) is { } last)
        {
            Execute(connection, DeleteFirst, ("$id", persistenceId), ("$last", last));
            return false;
        }

        Execute(connection, MarkLast, ("$id", persistenceId), ("$last", toSequenceNr));
        return true;
    });

    /// <summary>Keeps a snapshot, in place of one of the same number.</summary>
    public static SqliteChange SnapshotSaved(string persistenceId, SnapshotRow snapshot) => new(connection =>
    {
        Execute(
            connection,
            SaveSnapshot,
            ("$id", persistenceId),
            ("$number", snapshot.SequenceNr),
            ("$created", snapshot.Created),
            ("$snapshot", snapshot.Bytes),
            ("$manifest", snapshot.Manifest),
            ("$identifier", snapshot.Identifier));
        return true;
    });

    /// <summary>Deletes the snapshots of a range of numbers and times.</summary>
    public static SqliteChange SnapshotsDeleted(string persistenceId, SnapshotSelectionCriteria criteria) => new(connection =>
    {
        Execute(
            connection,
            DeleteSnapshots,
            ("$id", persistenceId),
            ("$first", criteria.MinSequenceNr),
            ("$last", criteria.MaxSequenceNr),
            ("$after", criteria.MinTimestamp?.Ticks ?? 0),
            ("$before", criteria.MaxTimeStamp.Ticks));
        return true;
    });

    // Null when there is nothing to delete any more.
    private static long? EndOfStep(SqliteConnection connection, string persistenceId, long toSequenceNr)
    {
        using var command = Command(connection, SelectFirst, ("$id", persistenceId), ("$last", toSequenceNr), ("$most", RowsOfStep));
        using var row = command.ExecuteReader();
        long? last = null;
        for (var bytes = 0L; bytes < BytesOfStep && row.Read(); bytes += row.GetInt64(1))
        {
            last = row.GetInt64(0);
        }

        return last;
    }

    private static void Execute(SqliteConnection connection, string statement, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(connection, statement, parameters);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string statement, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of the statements above.
        command.CommandText = statement;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
