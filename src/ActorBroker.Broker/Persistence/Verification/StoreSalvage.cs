using ActorBroker.Broker.Persistence.Sqlite;
using System.Globalization;
using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>Saves from a file that SQLite cannot read whole what it can read, row by row, into a new file in its place.</summary>
internal static class StoreSalvage
{
    private const string Journal = "journal";

    private static readonly (string Table, string Key)[] Tables =
        [(Journal, "ordering"), ("snapshot", "rowid"), ("journal_quarantine", "id")];

    /// <summary>Leaves the old file beside the new one.</summary>
    /// <exception cref="StartupException">Nothing of the file can be read.</exception>
    public static void Rebuild(string file, JournalOptions options, DateTimeOffset now, Action<string> tell)
    {
        var unfinished = file + ".unfinished";
        File.Delete(unfinished);
        try
        {
            using var source = StoreFile.Open(file);
            using var target = StoreFile.Create(unfinished);
            SqliteJournal.CreateTables(target, options);
            foreach (var (table, key) in Tables)
            {
                var (copied, failed) = Copy(source, target, table, key, now);
                tell(string.Create(CultureInfo.InvariantCulture, $"saved {copied} rows of table {table}; {failed} places could not be read"));
            }
        }
        catch (SqliteException failure)
        {
            File.Delete(unfinished);
            throw new StartupException($"journal {file} cannot be read at all, restore a backup: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }

        var old = string.Create(CultureInfo.InvariantCulture, $"{file}.damaged-{now.UtcDateTime:yyyyMMddHHmmss}");
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            if (File.Exists(file + suffix))
            {
                File.Move(file + suffix, old + suffix);
            }
        }

        File.Move(unfinished, file);
        tell($"the damaged file is {old}");
    }

    private static (long Copied, long Failed) Copy(
        SqliteConnection source, SqliteConnection target, string table, string key, DateTimeOffset now)
    {
        var (copied, failed, last) = (0L, 0L, 0L);
        var end = LastKeyOf(source, table, key);
        while (last < end)
        {
            try
            {
                copied += CopyFrom(source, target, table, key, ref last);
                break;
            }
            catch (SqliteException)
            {
                // Behind the row that cannot be read there may be others that can.
                failed++;
                last = (table == Journal ? EventSalvage.Copy(source, target, last, now) : null) ?? last + 1;
            }
        }

        return (copied, failed);
    }

    private static long CopyFrom(SqliteConnection source, SqliteConnection target, string table, string key, ref long last)
    {
        using var select = source.CreateCommand();
#pragma warning disable CA2100 // Names of this class.
        select.CommandText = $"SELECT {key} AS place, * FROM {table} WHERE {key} > @last ORDER BY {key}";
#pragma warning restore CA2100
        select.Parameters.AddWithValue("@last", last);
        using var row = select.ExecuteReader();
        using var transaction = target.BeginTransaction();
        using var insert = target.CreateCommand();
        insert.Transaction = transaction;
        var columns = Enumerable.Range(1, row.FieldCount - 1).ToArray();
#pragma warning disable CA2100 // Names of the table's own columns.
        insert.CommandText =
            $"INSERT OR IGNORE INTO {table} ({string.Join(", ", columns.Select(row.GetName))}) VALUES ({string.Join(", ", columns.Select(static column => $"@{column}"))})";
#pragma warning restore CA2100
        var copied = 0L;
        try
        {
            while (row.Read())
            {
                insert.Parameters.Clear();
                foreach (var column in columns)
                {
                    insert.Parameters.AddWithValue($"@{column}", row.GetValue(column));
                }

                copied += insert.ExecuteNonQuery();
                last = row.GetInt64(0);
            }
        }
        finally
        {
            transaction.Commit();
        }

        return copied;
    }

    private static long LastKeyOf(SqliteConnection source, string table, string key)
    {
        using var command = source.CreateCommand();
        try
        {
#pragma warning disable CA2100 // Names of this class.
            command.CommandText = $"SELECT max({key}) FROM {table}";
#pragma warning restore CA2100
            return command.ExecuteScalar() is long last ? last : 0;
        }
        catch (SqliteException)
        {
            command.CommandText = "SELECT seq FROM sqlite_sequence WHERE name = @table";
            command.Parameters.AddWithValue("@table", table);
            return command.ExecuteScalar() is long last ? last : 0;
        }
    }
}
