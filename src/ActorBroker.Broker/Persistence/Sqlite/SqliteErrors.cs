using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>What SQLite says is wrong, within what the layers above it make of that.</summary>
internal static class SqliteErrors
{
    /// <summary>The error of SQLite in a failure; null when there is none.</summary>
    public static SqliteException? Of(Exception? failure) => failure switch
    {
        null => null,
        SqliteException error => error,

        // The failure of a transaction may come together with that of its rollback: SQLite has rolled back by itself.
        AggregateException several => several.InnerExceptions.Select(Of).FirstOrDefault(static error => error is not null),
        _ => Of(failure.InnerException),
    };
}
