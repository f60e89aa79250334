using ActorBroker.Broker.Persistence.Sqlite;
using System.Globalization;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Serialization;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>Saves an event of which SQLite cannot read one of its pages: what is left of it, and its pieces for the quarantine.</summary>
internal static class EventSalvage
{
    /// <summary>Copies the first event behind a place that is not deleted and can be read in part.</summary>
    /// <returns>Its place; null when nothing of it can be read.</returns>
    public static long? Copy(SqliteConnection source, SqliteConnection target, long last, DateTimeOffset now)
    {
        try
        {
            using var select = source.CreateCommand();
            select.CommandText =
                "SELECT ordering, created, persistence_id, sequence_number, deleted FROM journal WHERE ordering > @last ORDER BY ordering LIMIT 1";
            select.Parameters.AddWithValue("@last", last);
            using var row = select.ExecuteReader();
            if (!row.Read() || row.GetBoolean(4))
            {
                return null;
            }

            var ordering = row.GetInt64(0);
            var (bytes, missing) = JournalSalvage.ReadPieces(source, ordering);
            if (bytes.Length == 0)
            {
                return null;
            }

            var reason = string.Create(CultureInfo.InvariantCulture, $"SQLite could not read {missing} of its {bytes.Length} bytes");
            var pieces = (byte[])bytes.Clone();
            var left = JournalEventSerializer.Salvage(bytes, reason) is MessagesWritten written
                ? (IJournalEvent)(written with { Damage = null })
                : new EventSetAside(string.Empty, reason);
            Insert(target, row, left, pieces, reason, now);
            return ordering;
        }
        catch (SqliteException failure) when (JournalSalvage.IsDamage(failure))
        {
            return null;
        }
    }

    // Its writer is on a later page; a recovery refuses events of one that come between those of another.
    private static void Insert(
        SqliteConnection target, SqliteDataReader row, IJournalEvent left, byte[] pieces, string reason, DateTimeOffset now)
    {
        var (bytes, manifest) = JournalEventSerializer.Write(left);
        using var insert = target.CreateCommand();
        insert.CommandText =
            """
            INSERT OR IGNORE INTO journal (ordering, created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
            VALUES (@ordering, @created, 0, @id, @number, @message, @manifest, @identifier, coalesce(
                (SELECT writer_uuid FROM journal WHERE persistence_id = @id AND sequence_number < @number ORDER BY sequence_number DESC LIMIT 1), ''));
            INSERT OR IGNORE INTO journal_quarantine (source, persistence_id, sequence_number, created, message, reason, set_aside)
            VALUES ('journal', @id, @number, @created, @pieces, @reason, @now);
            """;
        insert.Parameters.AddWithValue("@ordering", row.GetInt64(0));
        insert.Parameters.AddWithValue("@created", row.GetInt64(1));
        insert.Parameters.AddWithValue("@id", row.GetString(2));
        insert.Parameters.AddWithValue("@number", row.GetInt64(3));
        insert.Parameters.AddWithValue("@message", bytes);
        insert.Parameters.AddWithValue("@manifest", manifest);
        insert.Parameters.AddWithValue("@identifier", JournalEventSerializer.Number);
        insert.Parameters.AddWithValue("@pieces", pieces);
        insert.Parameters.AddWithValue("@reason", reason);
        insert.Parameters.AddWithValue("@now", now.ToUnixTimeMilliseconds());
        insert.ExecuteNonQuery();
    }
}
