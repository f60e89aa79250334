using ActorBroker.Broker.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>Opens a journal's file for work on it from outside a broker.</summary>
internal static class StoreFile
{
    private const int BusyTimeoutMs = 10_000;

    /// <summary>A connection of its own to a file that is there.</summary>
    public static SqliteConnection Open(string file) => Open(file, SqliteOpenMode.ReadWrite);

    /// <summary>A connection of its own to a file that is not there yet.</summary>
    public static SqliteConnection Create(string file) => Open(file, SqliteOpenMode.ReadWriteCreate);

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            SqliteConnectionSettings.Execute(
                connection, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyTimeoutMs}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
