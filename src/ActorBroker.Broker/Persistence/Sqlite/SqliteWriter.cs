using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// Writes events of all entities, on a thread of its own: what gathers during one commit is the next one. A write of a
/// stale incarnation fails, and no other of the same commit. Between commits it makes what else is to be changed, so that
/// nobody else asks for SQLite's write lock, which it would hand to whoever comes at the right moment.
/// </summary>
/// <remarks>
/// The thread is there because SQLite's calls wait for the disk. By the write queue of Akka.Persistence.Sql a lone event
/// passed two streams and two more tasks of the pool, and took 100 to 150 us of CPU more.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private const int RowsMax = 500;
    private const long BytesMax = 4 << 20;
    private const int ChangesMax = 50;

    private readonly Func<SqliteConnection> _open;
    private readonly CommitGate _gate;
    private readonly object _lock = new();
    private readonly Queue<SqliteWrite> _waiting = new();
    private readonly List<SqliteWrite> _current = [];
    private readonly Queue<SqliteChange> _changes = new();
    private readonly List<SqliteChange> _currentChanges = [];
    private readonly Thread _thread;
    private WriterConnection? _connection;
    private bool _isStopping;

    /// <param name="open">Opens a connection to a file whose tables are there, again after each failure.</param>
    /// <param name="gate">Passed before each commit.</param>
    public SqliteWriter(Func<SqliteConnection> open, CommitGate gate)
    {
        _open = open;
        _gate = gate;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal-writer" };
        _thread.Start();
    }

    /// <summary>Writes events of one entity, all or none; for any thread.</summary>
    /// <returns>Completes when they are committed, on the writer's thread: who waits must not block it.</returns>
    /// <exception cref="JournalUnavailableException">They are not; they may be written again later.</exception>
    /// <exception cref="SqliteException">They are not: another incarnation has used their numbers, or they cannot be written at all.</exception>
    public Task WriteAsync(IReadOnlyList<EventRow> rows)
    {
        var write = new SqliteWrite(rows);
        lock (_lock)
        {
            if (_isStopping)
            {
                return Task.FromException(new ObjectDisposedException(nameof(SqliteWriter)));
            }

            _waiting.Enqueue(write);
            Wake();
        }

        return write.Done;
    }

    /// <summary>Makes a change; for any thread.</summary>
    /// <returns>Completes when it is committed.</returns>
    /// <exception cref="SqliteException">It could not be made, or not all of it.</exception>
    public Task MakeAsync(SqliteChange change)
    {
        lock (_lock)
        {
            if (_isStopping)
            {
                return Task.FromException(new ObjectDisposedException(nameof(SqliteWriter)));
            }

            _changes.Enqueue(change);
            Wake();
        }

        return change.Done;
    }

    /// <summary>Writes what waits, makes what changes there are, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isStopping = true;
            Monitor.Pulse(_lock);
        }

        _thread.Join();
    }

    // The thread sleeps only when it has nothing to do.
    private void Wake()
    {
        if (_waiting.Count + _changes.Count == 1)
        {
            Monitor.Pulse(_lock);
        }
    }

    private void Run()
    {
        while (Take())
        {
            if (_current.Count > 0)
            {
                Commit(_current);
                _current.ForEach(static write => write.End());
                _current.Clear();
            }

            if (_currentChanges.Count > 0)
            {
                Step(_currentChanges);
                _currentChanges.RemoveAll(static change => change.Done.IsCompleted);
            }
        }

        Close();
    }

    private bool Take()
    {
        lock (_lock)
        {
            while (_waiting.Count == 0 && _changes.Count == 0 && _currentChanges.Count == 0)
            {
                if (_isStopping)
                {
                    return false;
                }

                Monitor.Wait(_lock);
            }

            var (rows, bytes) = (0, 0L);
            while (rows < RowsMax && bytes < BytesMax && _waiting.TryDequeue(out var write))
            {
                _current.Add(write);
                rows += write.Rows.Count;
                bytes += write.Bytes;
            }

            while (_currentChanges.Count < ChangesMax && _changes.TryDequeue(out var change))
            {
                _currentChanges.Add(change);
            }

            return true;
        }
    }

    private void Commit(List<SqliteWrite> writes)
    {
        try
        {
            _gate.Pass();
            _connection ??= new WriterConnection(_open());
            _connection.Commit(writes, DateTime.UtcNow.Ticks);
        }
        catch (SqliteException failure) when (IsWorthWaiting(failure))
        {
            Close();

            // Whose numbers are in use has failed all the same: it must not try again with the next ones.
            writes.ForEach(write => write.Failure ??= new JournalUnavailableException(failure.Message.ReplaceLineEndings(" "), failure));
        }
        catch (Exception failure) when (writes is [var lone])
        {
            Close();
            lone.Failure = failure;
        }
        catch (Exception)
        {
            // It may be the fault of one of them, a damaged page where it has to go.
            Close();
            foreach (var write in writes)
            {
                write.Failure = null;
                Commit([write]);
            }
        }
    }

    private void Step(List<SqliteChange> changes)
    {
        try
        {
            _gate.Pass();
            _connection ??= new WriterConnection(_open());
            _connection.Step(changes);
        }
        catch (Exception failure) when (changes is [var lone])
        {
            Close();
            lone.Fail(failure);
            return;
        }
        catch (Exception)
        {
            Close();
            changes.ForEach(change => Step([change]));
            return;
        }

        changes.FindAll(static change => change.IsMade).ForEach(static change => change.Complete());
    }

    // What failed may have left the connection in any state.
    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private static bool IsWorthWaiting(SqliteException failure) =>
        failure.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_BUSY or raw.SQLITE_CANTOPEN;
}
