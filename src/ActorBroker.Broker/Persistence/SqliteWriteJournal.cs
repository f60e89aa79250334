using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// The journal of Akka.Persistence.Sql, which rejects what a full or failing disk keeps from being written
/// (<see cref="JournalUnavailableException"/>). Everything else fails as ever, a sequence number that another
/// incarnation has used above all: whoever persisted that must stop.
/// </summary>
/// <remarks>
/// A write whose fsync failed may turn out to be in the journal after a crash, although it was rejected and written
/// again: recovery must pass over what it has seen.
/// </remarks>
public sealed class SqliteWriteJournal(Config config) : SqlWriteJournal(config)
{
    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages,
        CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        try
        {
            return await base.WriteMessagesAsync(writes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (ReasonToWait(failure) is { } reason)
        {
            return writes.Select(Exception (_) => new JournalUnavailableException(reason.Message.ReplaceLineEndings(" "), failure)).ToImmutableList();
        }
    }

    // The failure of a transaction may come together with that of its rollback: SQLite has rolled back by itself.
    private static SqliteException? ReasonToWait(Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_BUSY or raw.SQLITE_CANTOPEN } reason => reason,
        AggregateException several => several.InnerExceptions.Select(ReasonToWait).FirstOrDefault(static reason => reason is not null),
        _ => null,
    };
}
