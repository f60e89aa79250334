using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Copies the write-ahead log into the file on a thread of its own, so that no commit pays for it: SQLite's automatic
/// checkpoint runs inside the commit that crosses its limit and holds that commit up for 65 to 135 ms.
/// </summary>
internal sealed class WalCheckpointer : IDisposable
{
    // A frame of the log is a page and a header: https://www.sqlite.org/walformat.html §1.2.
    private const int FrameHeaderBytes = 24;

    private const int RestartFactor = 4;

    private readonly SqliteConnectionSettings _settings;
    private readonly JournalOptions _options;
    private readonly Action<SqliteException> _onFailure;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private long _frameBytes;

    /// <param name="settings">The file.</param>
    /// <param name="options">When to copy, and how long the log may become.</param>
    /// <param name="onFailure">
    /// Told when a checkpoint fails, on the checkpointer's thread. Nothing is lost by it: the log keeps what was
    /// committed, and the next round tries again.
    /// </param>
    public WalCheckpointer(SqliteConnectionSettings settings, JournalOptions options, Action<SqliteException> onFailure)
    {
        _settings = settings;
        _options = options;
        _onFailure = onFailure;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal-checkpoint" };
        _thread.Start();
    }

    /// <summary>Empties the log a last time and ends the thread; the next start then has nothing to recover.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        using var connection = _settings.OpenPrivate();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA page_size";
        _frameBytes = (long)command.ExecuteScalar()! + FrameHeaderBytes;
        while (!_stop.Wait(_options.CheckpointInterval))
        {
            while (!_stop.IsSet && Checkpoint(command, "NOOP").RestBytes >= _options.CheckpointAfter)
            {
                Round(command);
            }
        }

        Checkpoint(command, "TRUNCATE");
    }

    // Writers that never pause keep the log from starting anew: there is always a commit that is not copied yet. RESTART
    // makes them wait for that rest, so it is run when the rest is small, unless the log has become too long.
    private void Round(SqliteCommand command)
    {
        var copied = Checkpoint(command, "PASSIVE");
        var now = Checkpoint(command, "NOOP");
        if (now.LogBytes > _options.WalLimit
            || (now.LogBytes > RestartFactor * _options.CheckpointAfter && now.RestBytes < _options.CheckpointAfter))
        {
            Checkpoint(command, "RESTART");
        }
        else if (copied.LogBytes == 0)
        {
            // It failed; the next look is after the interval.
            _stop.Wait(_options.CheckpointInterval);
        }
    }

    // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint: the row holds whether it was blocked, the frames in the
    // log and how many of them are copied.
    private (long LogBytes, long RestBytes) Checkpoint(SqliteCommand command, string mode)
    {
        try
        {
#pragma warning disable CA2100 // One of four words; PRAGMA takes no parameters.
            command.CommandText = $"PRAGMA wal_checkpoint({mode})";
#pragma warning restore CA2100
            using var row = command.ExecuteReader();
            return row.Read()
                ? (row.GetInt64(1) * _frameBytes, (row.GetInt64(1) - row.GetInt64(2)) * _frameBytes)
                : (0, 0);
        }
        catch (SqliteException failure)
        {
            _onFailure(failure);
            return (0, 0);
        }
    }
}
