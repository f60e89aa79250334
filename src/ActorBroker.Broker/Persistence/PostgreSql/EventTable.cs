using System.Data;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>What became of an insertion.</summary>
internal enum InsertOutcome
{
    /// <summary>All rows are in the database, for good.</summary>
    Committed,

    /// <summary>None is; the same rows would be refused again.</summary>
    Refused,

    /// <summary>None is; the same rows may be taken later.</summary>
    NotNow,

    /// <summary>All or none are.</summary>
    InDoubt,
}

/// <summary>The journal's table, as its writer knows it.</summary>
/// <param name="connections">To the database.</param>
internal sealed class EventTable(PostgreSqlConnections connections)
{
    // A number is free again once its event is deleted, of which an incarnation that was cut off knows nothing. But the newest
    // event of an entity always stays, so that whoever finds a later number than its own has been replaced: it has none then.
    private const string InsertOne =
        """
        INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
        VALUES (
            $1, FALSE, $2,
            CASE WHEN EXISTS (SELECT FROM journal WHERE persistence_id = $2 AND sequence_number > $3) THEN NULL ELSE $3 END,
            $4, $5, $6, $7)
        """;

    // A statement for each row would begin the transaction with the first row that the server has. A node that is stopped
    // while it sends the others would hold the numbers of that row, and keep the next incarnation from using them.
    private const string InsertSeveral =
        """
        INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
        SELECT
            created, deleted, persistence_id,
            CASE WHEN NOT deleted AND EXISTS (
                SELECT FROM journal AS later
                WHERE later.persistence_id = rows.persistence_id AND later.sequence_number > rows.sequence_number)
            THEN NULL ELSE sequence_number END,
            message, manifest, identifier, writer_uuid
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
            AS rows (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
        """;

    // Their client has begun a transaction and has not said for a while how it goes on.
    private const string EndAbandoned =
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND application_name = current_setting('application_name')
            AND state = 'active' AND wait_event = 'ClientRead' AND xact_start < now() - interval '10 seconds'
        """;

    private const string Find = "SELECT created = $3 AND writer_uuid = $4 FROM journal WHERE persistence_id = $1 AND sequence_number = $2";

    // Those of others below zero.
    private const string FindNumbers =
        """
        SELECT array_agg(CASE WHEN writer_uuid = $3 THEN sequence_number ELSE -sequence_number END)
        FROM journal WHERE persistence_id = $1 AND sequence_number = ANY ($2)
        """;

    private const string Range =
        """
        SELECT sequence_number, message, manifest, identifier, writer_uuid FROM journal
        WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 AND NOT deleted
        ORDER BY sequence_number
        """;

    private const string Delete =
        """
        WITH newest AS (SELECT max(sequence_number) AS number FROM journal WHERE persistence_id = $1),
            gone AS (
                DELETE FROM journal
                WHERE persistence_id = $1 AND sequence_number <= $2 AND sequence_number < (SELECT number FROM newest))
        UPDATE journal SET deleted = TRUE, message = ''
        WHERE persistence_id = $1 AND sequence_number = (SELECT number FROM newest) AND sequence_number <= $2
        """;

    /// <summary>Inserts the rows of all writes in one statement, which is a transaction.</summary>
    /// <returns>What became of it, and why, unless it is committed.</returns>
    public async Task<(InsertOutcome Outcome, Exception? Failure)> InsertAsync(IReadOnlyList<PendingWrite> writes)
    {
        var connection = new NpgsqlConnection(connections.ConnectionString);
        await using var connectionLease = connection.ConfigureAwait(false);
        try
        {
            await connection.OpenAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Whatever it is, nothing was sent.
            return (InsertOutcome.NotNow, failure);
        }

        try
        {
            var command = writes is [{ Missing: [{ IsSkipped: false } row] } write] ? InsertOf(row, write.Created) : InsertOf(writes);
            await using var commandLease = command.ConfigureAwait(false);
            command.Connection = connection;
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            return (InsertOutcome.Committed, null);
        }
        catch (Exception failure)
        {
            return (PostgreSqlErrors.LeavesDoubt(failure) ? InsertOutcome.InDoubt
                : PostgreSqlErrors.MayPass(failure) ? InsertOutcome.NotNow
                : InsertOutcome.Refused, failure);
        }
    }

    /// <summary>Whether it is this write that has its numbers; null when that cannot be said now.</summary>
    public async Task<bool?> IsThereAsync(PendingWrite write)
    {
        try
        {
            return await connections.ExecuteAsync(
                Find, Of(write.Last.PersistenceId), Of(write.Last.SequenceNr), Of(write.Created), Of(write.Last.Writer)).ConfigureAwait(false) as bool?;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Which of an entity's numbers are in use, those by another writer below zero; null when that cannot be said now.</summary>
    public async Task<long[]?> FindAsync(string persistenceId, long[] numbers, string writer)
    {
        try
        {
            return await connections.ExecuteAsync(FindNumbers, Of(persistenceId), Of(numbers), Of(writer)).ConfigureAwait(false) as long[] ?? [];
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Events of a range that are not deleted, by ascending number.</summary>
    public async Task<List<EventRow>> ReadAsync(string persistenceId, long first, long last)
    {
        var connection = new NpgsqlConnection(connections.ConnectionString);
        await using var connectionLease = connection.ConfigureAwait(false);
        await connection.OpenAsync().ConfigureAwait(false);
        var command = new NpgsqlCommand(Range, connection) { Parameters = { Of(persistenceId), Of(first), Of(last) } };
        await using var commandLease = command.ConfigureAwait(false);
        var row = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess).ConfigureAwait(false);
        await using var rowLease = row.ConfigureAwait(false);
        List<EventRow> found = [];
        while (await row.ReadAsync().ConfigureAwait(false))
        {
            found.Add(new EventRow(
                persistenceId,
                row.GetInt64(0),
                row.GetFieldValue<byte[]>(1),
                row.IsDBNull(2) ? string.Empty : row.GetString(2),
                row.IsDBNull(3) ? 0 : row.GetInt32(3),
                row.IsDBNull(4) ? string.Empty : row.GetString(4)));
        }

        return found;
    }

    /// <summary>
    /// Deletes events up to a number. Where that leaves none, the newest stays without its content: the entity counts on
    /// from it.
    /// </summary>
    public Task DeleteAsync(string persistenceId, long toSequenceNr) => connections.ExecuteAsync(Delete, Of(persistenceId), Of(toSequenceNr));

    /// <summary>
    /// Ends connections whose client has stopped within a transaction: what they have written and not committed keeps
    /// others from writing the same numbers, and from knowing whether they may.
    /// </summary>
    public async Task EndAbandonedAsync()
    {
        try
        {
            await connections.ExecuteAsync(EndAbandoned).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Whoever waits for it fails once more, and comes again.
        }
    }

    private static NpgsqlCommand InsertOf(EventRow row, long created) => new(InsertOne)
    {
        Parameters =
        {
            Of(created), Of(row.PersistenceId), Of(row.SequenceNr), Of(row.Message), Of(row.Manifest), Of(row.Identifier), Of(row.Writer),
        },
    };

    private static NpgsqlCommand InsertOf(IReadOnlyList<PendingWrite> writes)
    {
        var rows = writes.SelectMany(static write => write.Missing).ToList();
        return new NpgsqlCommand(InsertSeveral)
        {
            Parameters =
            {
                Of(writes.SelectMany(static write => write.Missing.Select(_ => write.Created)).ToArray()),
                Of(rows.Select(static row => row.IsSkipped).ToArray()),
                Of(rows.Select(static row => row.PersistenceId).ToArray()),
                Of(rows.Select(static row => row.SequenceNr).ToArray()),
                Of(rows.Select(static row => row.Message).ToArray()),
                Of(rows.Select(static row => row.Manifest).ToArray()),
                Of(rows.Select(static row => row.Identifier).ToArray()),
                Of(rows.Select(static row => row.Writer).ToArray()),
            },
        };
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
