using Microsoft.Data.Sqlite;

namespace ActorBroker.Interop.Tests.Durability.Files;

/// <summary>The store of a broker, to be looked at and damaged while it does not run.</summary>
internal sealed class StoredJournal(string dataFolder)
{
    private const string File = "journal.db";

    public string LogPath => Path.Combine(dataFolder, $"{File}-wal");

    /// <summary>Keeps a broker that runs from writing until it is disposed of, as another writer would.</summary>
    public static SqliteConnection Hold(string dataFolder)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(dataFolder, File)};Pooling=false");
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }

    /// <summary>Copies the data folder as it is.</summary>
    public void CopyTo(string folder)
    {
        foreach (var file in Directory.GetFiles(dataFolder))
        {
            System.IO.File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <summary>Makes the data folder what was copied.</summary>
    public void CopyFrom(string folder)
    {
        foreach (var file in Directory.GetFiles(dataFolder))
        {
            System.IO.File.Delete(file);
        }

        new StoredJournal(folder).CopyTo(dataFolder);
    }

    public long Count(string table, string queue) => (long)Run($"SELECT count(*) FROM {table} WHERE persistence_id = $id", queue)!;

    /// <summary>The number of the first event that is left.</summary>
    public long FirstEvent(string queue) =>
        (long)Run("SELECT min(sequence_number) FROM journal WHERE persistence_id = $id AND deleted = 0", queue)!;

    /// <summary>The latest snapshot of a queue, to be put back with <see cref="SetSnapshot"/>.</summary>
    public byte[] Snapshot(string queue) =>
        (byte[])Run("SELECT snapshot FROM snapshot WHERE persistence_id = $id ORDER BY sequence_number DESC LIMIT 1", queue)!;

    public void SetSnapshot(string queue, byte[] bytes) =>
        Run("UPDATE snapshot SET snapshot = $bytes WHERE persistence_id = $id", queue, bytes);

    public void SetNewestSnapshot(string queue, byte[] bytes) => Run(
        "UPDATE snapshot SET snapshot = $bytes WHERE persistence_id = $id AND sequence_number = (SELECT max(sequence_number) FROM snapshot WHERE persistence_id = $id)",
        queue,
        bytes);

    /// <summary>Changes one bit in the middle of the event of a queue that holds these octets.</summary>
    public void FlipBit(string queue, byte[] within) => FlipBitOf($"queue/%{queue}", within);

    /// <summary>As above, of an event of the catalogue of the virtual host <c>/</c>.</summary>
    public void FlipCatalogueBit(byte[] within) => FlipBitOf("catalogue/%2F", within);

    private void FlipBitOf(string entity, byte[] within)
    {
        var row = (byte[])RunOf("SELECT message FROM journal WHERE persistence_id = $id AND instr(message, $bytes) > 0", entity, within)!;
        var flipped = (byte[])row.Clone();
        flipped[row.AsSpan().IndexOf(within) + (within.Length / 2)] ^= 0x10;
        RunOf("UPDATE journal SET message = $bytes WHERE persistence_id = $id AND message = $old", entity, flipped, row);
    }

    public void DeleteSnapshots(string queue) => Run("DELETE FROM snapshot WHERE persistence_id = $id", queue);

    private object? Run(string statement, string queue, byte[]? bytes = null) => RunOf(statement, $"queue/%{queue}", bytes);

    private object? RunOf(string statement, string entity, byte[]? bytes = null, byte[]? old = null)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(dataFolder, File)};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.Parameters.AddWithValue("$id", IdOf(connection, entity));
        foreach (var (name, value) in new[] { ("$bytes", bytes), ("$old", old) })
        {
            if (value is not null)
            {
                command.Parameters.AddWithValue(name, value);
            }
        }

        return command.ExecuteScalar();
    }

    private static string IdOf(SqliteConnection connection, string entity)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT persistence_id FROM journal WHERE persistence_id LIKE $like";
        command.Parameters.AddWithValue("$like", entity);
        return command.ExecuteScalar() as string ?? throw new InvalidDataException($"no events of {entity} were found");
    }
}
