using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// Copies the write-ahead log into the file and keeps the log near its limit, off the commit path: SQLite's automatic
/// checkpoint runs inside the commit that crosses its limit and holds that commit up for 65 to 135 ms.
/// </summary>
/// <remarks>
/// A log starts anew once all of it is copied and nobody reads it, and beside writers that never pause there is always a
/// commit that is not. So what there is is copied beside the writers until little is left, which takes about as long as
/// one commit to copy while they wait at the gate. On a disk that copies slower than they write, little is never left:
/// beyond the limit they wait for all of it. Who reads an earlier state of the file for long, a backup perhaps, keeps
/// the log from starting anew, and is waited for once in as many bytes as the limit.
/// </remarks>
internal sealed class WalCheckpointer
{
    // A frame of the log is a page and a header: https://www.sqlite.org/walformat.html §1.2.
    private const int FrameHeaderBytes = 24;

    // Writers wait 10 to 25 ms for this much, of which the most is the commit under way.
    private const long ShortRest = 4 << 20;

    private readonly SqliteConnection _connection;
    private readonly JournalOptions _options;
    private readonly CommitGate _gate;
    private readonly long _frameBytes;
    private long _restartBeyond;
    private long _quietSize;

    /// <param name="connection">Open; waits a second for locks at most, since writers may be waiting behind it.</param>
    /// <param name="options">When to copy, and how long the log may become.</param>
    /// <param name="gate">What writers pass.</param>
    public WalCheckpointer(SqliteConnection connection, JournalOptions options, CommitGate gate)
    {
        _connection = connection;
        _options = options;
        _gate = gate;
        _restartBeyond = options.WalLimit;
        _frameBytes = SqliteConnectionSettings.Number(connection, "page_size") + FrameHeaderBytes;
    }

    /// <summary>One round of copying where there is enough to copy.</summary>
    /// <returns>Whether another round may be due at once.</returns>
    /// <exception cref="SqliteException">
    /// The disk is full or fails. Nothing is lost by it: the log keeps what was committed.
    /// </exception>
    public bool Round()
    {
        if (Checkpoint("NOOP").UncopiedBytes < _options.CheckpointAfter)
        {
            return false;
        }

        var isPinned = Checkpoint("PASSIVE").UncopiedBytes > 0;
        var log = Checkpoint("NOOP");
        if (log.Bytes > _restartBeyond || (log.Bytes + _options.CheckpointAfter > _options.WalLimit && log.UncopiedBytes <= ShortRest))
        {
            var restarted = Restart("RESTART");
            _restartBeyond = restarted ? _options.WalLimit : log.Bytes + _options.WalLimit;
            return restarted;
        }

        return !isPinned;
    }

    /// <summary>Empties a log that has hardly changed since the last call: the next start then has little to read.</summary>
    /// <exception cref="SqliteException">As <see cref="Round"/>.</exception>
    public void TidyUp()
    {
        var size = Checkpoint("NOOP").Bytes;
        if (size > 0 && Math.Abs(size - _quietSize) < ShortRest && Checkpoint("PASSIVE").UncopiedBytes == 0)
        {
            Truncate();
            size = 0;
        }

        _quietSize = size;
    }

    /// <summary>Copies all of the log and gives its space back to the disk.</summary>
    /// <exception cref="SqliteException">As <see cref="Round"/>.</exception>
    public void Truncate() => Restart("TRUNCATE");

    private bool Restart(string mode)
    {
        using var hold = _gate.Close();
        return !Checkpoint(mode).IsBlocked;
    }

    // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint: the row holds whether it was blocked, the frames in the
    // log and how many of them are copied.
    private LogState Checkpoint(string mode)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // One of four words; PRAGMA takes no parameters.
        command.CommandText = $"PRAGMA wal_checkpoint({mode})";
#pragma warning restore CA2100
        using var row = command.ExecuteReader();
        row.Read();
        return new LogState(row.GetInt64(0) != 0, row.GetInt64(1) * _frameBytes, (row.GetInt64(1) - row.GetInt64(2)) * _frameBytes);
    }

    private readonly record struct LogState(bool IsBlocked, long Bytes, long UncopiedBytes);
}
