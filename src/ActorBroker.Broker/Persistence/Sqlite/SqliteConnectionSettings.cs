using System.Globalization;
using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>How connections to the journal's file are opened and set up.</summary>
internal sealed class SqliteConnectionSettings
{
    // How long SQLite itself waits for another writer, with pauses of 1 to 100 ms. Left to Microsoft.Data.Sqlite, each
    // attempt would be 150 ms after the one before.
    private const int BusyTimeoutMs = 10_000;

    private readonly string _perConnection;

    public SqliteConnectionSettings(string path, JournalOptions options)
    {
        Path = path;
        ConnectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Cache = SqliteCacheMode.Private,
            Pooling = false,
        }.ToString();
        var synchronous = options.Sync == JournalSync.Full ? "FULL" : "NORMAL";
        // wal_autocheckpoint = 0: a commit never pays for a checkpoint, JournalUpkeep does. A log that became long, behind a reader
        // perhaps, is cut back to its limit when it starts anew.
        _perConnection = string.Create(
            CultureInfo.InvariantCulture,
            $"""
             PRAGMA busy_timeout = {BusyTimeoutMs};
             PRAGMA synchronous = {synchronous};
             PRAGMA cache_size = -{options.CacheSize / 1024};
             PRAGMA temp_store = MEMORY;
             PRAGMA wal_autocheckpoint = 0;
             PRAGMA journal_size_limit = {options.WalLimit};
             """);
    }

    public string Path { get; }

    /// <summary>Opens the file, and no more.</summary>
    public string ConnectionString { get; }

    /// <summary>A connection, open and set up.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, _perConnection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The value of a PRAGMA that is a number.</summary>
    public static long Number(SqliteConnection connection, string pragma)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A word of our own; PRAGMA takes no parameters.
        command.CommandText = $"PRAGMA {pragma}";
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    public static void Execute(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Built from numbers and words of our own; PRAGMA takes no parameters.
        command.CommandText = statements;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
