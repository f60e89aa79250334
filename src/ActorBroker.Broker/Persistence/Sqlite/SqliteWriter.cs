using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// Writes events of all entities, on a thread of its own: what gathers during one commit is the next one. A write of a
/// stale incarnation fails, and no other of the same commit.
/// </summary>
/// <remarks>
/// The thread is there because SQLite's calls wait for the disk. By the write queue of Akka.Persistence.Sql a lone event
/// passed two streams and two more tasks of the pool, and took 100 to 150 us of CPU more.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private const int RowsMax = 500;
    private const long BytesMax = 4 << 20;

    private readonly Func<SqliteConnection> _open;
    private readonly CommitGate _gate;
    private readonly object _lock = new();
    private readonly Queue<SqliteWrite> _waiting = new();
    private readonly List<SqliteWrite> _current = [];
    private readonly Thread _thread;
    private EventInsertion? _insertion;
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
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_lock);
            }
        }

        return write.Done;
    }

    /// <summary>Writes what waits, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isStopping = true;
            Monitor.Pulse(_lock);
        }

        _thread.Join();
    }

    private void Run()
    {
        while (Take())
        {
            Commit(_current);
            foreach (var write in _current)
            {
                write.End();
            }

            _current.Clear();
        }

        Close();
    }

    private bool Take()
    {
        lock (_lock)
        {
            while (_waiting.Count == 0)
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

            return true;
        }
    }

    private void Commit(List<SqliteWrite> writes)
    {
        try
        {
            _gate.Pass();
            _insertion ??= new EventInsertion(_open());
            _insertion.Commit(writes, DateTime.UtcNow.Ticks);
        }
        catch (SqliteException failure) when (IsWorthWaiting(failure))
        {
            Close();
            writes.ForEach(write => write.Failure = new JournalUnavailableException(failure.Message.ReplaceLineEndings(" "), failure));
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

    // What failed may have left the connection in any state.
    private void Close()
    {
        _insertion?.Dispose();
        _insertion = null;
    }

    private static bool IsWorthWaiting(SqliteException failure) =>
        failure.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_BUSY or raw.SQLITE_CANTOPEN;
}
