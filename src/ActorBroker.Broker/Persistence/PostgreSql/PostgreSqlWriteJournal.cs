using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>
/// The journal of Akka.Persistence.Sql, which rejects what cannot be written now (<see cref="JournalUnavailableException"/>).
/// </summary>
public sealed class PostgreSqlWriteJournal(Config config) : SqlWriteJournal(config)
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
        catch (Exception failure) when (PostgreSqlErrors.MayPass(failure))
        {
            return writes.Select(Exception (_) => new JournalUnavailableException(failure.Message.ReplaceLineEndings(" "), failure)).ToImmutableList();
        }
    }
}
