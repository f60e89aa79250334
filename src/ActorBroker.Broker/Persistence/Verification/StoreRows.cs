using ActorBroker.Broker.Persistence.Sqlite;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Serialization;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>The rows of a store that is being repaired, within a transaction.</summary>
internal sealed class StoreRows(SqliteConnection connection, SqliteTransaction transaction, DateTimeOffset now)
{
    private const string OneEvent = "WHERE persistence_id = @id AND sequence_number = @number";

    private readonly string _writer = Guid.NewGuid().ToString("N");

    /// <summary>What the bytes of an event say.</summary>
    public object Read(string id, long sequenceNr)
    {
        using var command = Command($"SELECT message FROM journal {OneEvent}", id, sequenceNr);
        return JournalEventSerializer.Read((byte[])command.ExecuteScalar()!, ManifestOf(id, sequenceNr));
    }

    public string ManifestOf(string id, long sequenceNr)
    {
        using var command = Command($"SELECT manifest FROM journal {OneEvent}", id, sequenceNr);
        return command.ExecuteScalar() as string ?? string.Empty;
    }

    public void KeepEvent(string id, long sequenceNr, string reason) => Run(SqliteQuarantine.KeepEvent, id, sequenceNr, reason);

    public void KeepSnapshot(string id, long sequenceNr, string reason) => Run(SqliteQuarantine.KeepSnapshot, id, sequenceNr, reason);

    /// <summary>All events and snapshots of an entity.</summary>
    public void KeepAll(string id, string reason)
    {
        Run(SqliteQuarantine.KeepEvents, id, 0, reason);
        Run(SqliteQuarantine.KeepSnapshots, id, 0, reason);
    }

    public void Replace(string id, long sequenceNr, IJournalEvent journalEvent)
    {
        using var command = Command($"UPDATE journal SET message = @message, manifest = @manifest, identifier = @identifier {OneEvent}", id, sequenceNr);
        AddContent(command, journalEvent);
        command.ExecuteNonQuery();
    }

    /// <summary>One more event of an entity, behind those that there are.</summary>
    public void Append(string id, IJournalEvent journalEvent)
    {
        using var command = Command(
            """
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
            VALUES (@ticks, 0, @id,
                1 + max(
                    coalesce((SELECT max(sequence_number) FROM journal WHERE persistence_id = @id), 0),
                    coalesce((SELECT max(sequence_number) FROM snapshot WHERE persistence_id = @id), 0)),
                @message, @manifest, @identifier, @writer)
            """,
            id,
            0);
        command.Parameters.AddWithValue("@ticks", now.UtcTicks);
        command.Parameters.AddWithValue("@writer", _writer);
        AddContent(command, journalEvent);
        command.ExecuteNonQuery();
    }

    public void DeleteSnapshot(string id, long sequenceNr) => Run($"DELETE FROM snapshot {OneEvent}", id, sequenceNr, string.Empty);

    public void DeleteAll(string id)
    {
        Run("DELETE FROM journal WHERE persistence_id = @id", id, 0, string.Empty);
        Run("DELETE FROM snapshot WHERE persistence_id = @id", id, 0, string.Empty);
    }

    private static void AddContent(SqliteCommand command, IJournalEvent journalEvent)
    {
        var (bytes, manifest) = JournalEventSerializer.Write(journalEvent);
        command.Parameters.AddWithValue("@message", bytes);
        command.Parameters.AddWithValue("@manifest", manifest);
        command.Parameters.AddWithValue("@identifier", JournalEventSerializer.Number);
    }

    private void Run(string statement, string id, long sequenceNr, string reason)
    {
        using var command = Command(statement, id, sequenceNr);
        command.Parameters.AddWithValue("@reason", reason);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string statement, string id, long sequenceNr)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Statements of this class and of SqliteQuarantine, with parameters.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("@id", id);
        command.Parameters.AddWithValue("@number", sequenceNr);
        command.Parameters.AddWithValue("@now", now.ToUnixTimeMilliseconds());
        return command;
    }
}
