using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>The connection of the journal's writer, with its statements prepared. For one thread.</summary>
internal sealed class WriterConnection : IDisposable
{
    private const string Insert =
        """
        INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
        VALUES ($created, 0, $id, $number, $message, $manifest, $identifier, $writer)
        """;

    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(5);

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteParameter _created;
    private readonly SqliteParameter _id;
    private readonly SqliteParameter _number;
    private readonly SqliteParameter _message;
    private readonly SqliteParameter _manifest;
    private readonly SqliteParameter _identifier;
    private readonly SqliteParameter _writer;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _mark;
    private readonly SqliteCommand _undo;
    private readonly SqliteCommand _release;

    /// <param name="connection">Open and set up; owned from here on.</param>
    /// <exception cref="SqliteException">The file is not what it should be.</exception>
    public WriterConnection(SqliteConnection connection)
    {
        _connection = connection;
        _insert = connection.CreateCommand();
        _insert.CommandText = Insert;
        _created = Parameter("$created", SqliteType.Integer);
        _id = Parameter("$id", SqliteType.Text);
        _number = Parameter("$number", SqliteType.Integer);
        _message = Parameter("$message", SqliteType.Blob);
        _manifest = Parameter("$manifest", SqliteType.Text);
        _identifier = Parameter("$identifier", SqliteType.Integer);
        _writer = Parameter("$writer", SqliteType.Text);
        _insert.Prepare();
        _begin = Prepared("BEGIN IMMEDIATE");
        _commit = Prepared("COMMIT");
        _mark = Prepared("SAVEPOINT event_rows");
        _undo = Prepared("ROLLBACK TO event_rows");
        _release = Prepared("RELEASE event_rows");
    }

    /// <summary>
    /// Writes all in one transaction, but for those whose numbers are in use: they get their
    /// <see cref="SqliteWrite.Failure"/>, and do no harm to the others.
    /// </summary>
    /// <exception cref="SqliteException">Nothing is written.</exception>
    public void Commit(List<SqliteWrite> writes, long created)
    {
        _created.Value = created;

        // A statement is a transaction by itself.
        if (writes is [{ Rows: [var only] } lone])
        {
            TryWrite(lone, () => Add(only));
            return;
        }

        InTransaction(() => writes.ForEach(write => TryWrite(write, write.Rows.Count == 1 ? () => Add(write.Rows[0]) : () => AddTogether(write.Rows))));
    }

    /// <summary>Makes a step of each in one transaction, or of as many as there is time for: writes wait for it.</summary>
    /// <exception cref="SqliteException">None is made.</exception>
    public void Step(List<SqliteChange> changes) => InTransaction(() =>
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < changes.Count && (i == 0 || Stopwatch.GetElapsedTime(started) < StepTime); i++)
        {
            changes[i].Step(_connection);
        }
    });

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_insert, _begin, _commit, _mark, _undo, _release])
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private void InTransaction(Action work)
    {
        _begin.ExecuteNonQuery();
        try
        {
            work();
            _commit.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            RollBack();
            throw;
        }
    }

    private static void TryWrite(SqliteWrite write, Action insert)
    {
        try
        {
            insert();
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
        {
            write.Failure = failure;
        }
    }

    // Any other failure may have ended the transaction, and the savepoint with it.
    private void AddTogether(IReadOnlyList<EventRow> rows)
    {
        _mark.ExecuteNonQuery();
        try
        {
            for (var i = 0; i < rows.Count; i++)
            {
                Add(rows[i]);
            }
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
        {
            _undo.ExecuteNonQuery();
            _release.ExecuteNonQuery();
            throw;
        }

        _release.ExecuteNonQuery();
    }

    private void Add(EventRow row)
    {
        _id.Value = row.PersistenceId;
        _number.Value = row.SequenceNr;
        _message.Value = row.Message;
        _manifest.Value = row.Manifest;
        _identifier.Value = row.Identifier;
        _writer.Value = row.Writer;
        _insert.ExecuteNonQuery();
    }

    // Some failures have rolled back already, as SQLite says.
    private void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            using var rollback = _connection.CreateCommand();
            rollback.CommandText = "ROLLBACK";
            rollback.ExecuteNonQuery();
        }
    }

    private SqliteParameter Parameter(string name, SqliteType type) => _insert.Parameters.Add(name, type);

    private SqliteCommand Prepared(string statement)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Words of our own.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.Prepare();
        return command;
    }
}
