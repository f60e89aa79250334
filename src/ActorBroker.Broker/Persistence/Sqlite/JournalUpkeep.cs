using System.Diagnostics;
using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>The thread that does for the journal's file what no commit should pay for.</summary>
internal sealed class JournalUpkeep : IDisposable
{
    // Writers may be waiting behind whatever it is that upkeep waits for. Nothing that upkeep commits need be on the disk
    // before the next commit of theirs. It comes to few pages twice, and copies the log past the cache.
    private const string PerConnection = "PRAGMA busy_timeout = 1000; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024;";

    private static readonly TimeSpan TidyUpInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    // A failure is a full or failing disk, which a hundred attempts a second do not make better.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly SqliteConnectionSettings _settings;
    private readonly JournalOptions _options;
    private readonly CommitGate _gate;
    private readonly Action<SqliteException> _onFailure;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    /// <param name="settings">The file.</param>
    /// <param name="options">What to do when.</param>
    /// <param name="gate">What writers pass.</param>
    /// <param name="onFailure">
    /// Told when something fails, on the thread of upkeep. Nothing is lost by it, and it is tried again, after pauses
    /// that grow to ten seconds.
    /// </param>
    public JournalUpkeep(SqliteConnectionSettings settings, JournalOptions options, CommitGate gate, Action<SqliteException> onFailure)
    {
        _settings = settings;
        _options = options;
        _gate = gate;
        _onFailure = onFailure;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal-upkeep" };
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
        var pause = _options.CheckpointInterval;
        while (!_stop.Wait(pause))
        {
            pause = Attempt(Work) ? _options.CheckpointInterval : Longer(pause);
        }

        Attempt(connection => new WalCheckpointer(connection, _options, _gate).Truncate());
    }

    private void Work(SqliteConnection connection)
    {
        var started = Stopwatch.GetTimestamp();
        var checkpointer = new WalCheckpointer(connection, _options, _gate);
        var shrinker = new FileShrinker(connection, _options, _gate, TimeSpan.Zero);
        var deletedRows = new DeletedRows(connection, _gate);
        var shrinkAt = TimeSpan.Zero;
        var tidyUpAt = TidyUpInterval;
        var sweepAt = SweepInterval;
        while (!_stop.IsSet)
        {
            if (!checkpointer.Round() && _stop.Wait(_options.CheckpointInterval))
            {
                return;
            }

            var now = Stopwatch.GetElapsedTime(started);
            if (now >= shrinkAt)
            {
                shrinker.Round(now);
                shrinkAt = now + _options.CheckpointInterval;
            }

            if (now >= tidyUpAt)
            {
                checkpointer.TidyUp();
                tidyUpAt = now + TidyUpInterval;
            }

            if (now >= sweepAt)
            {
                sweepAt = now + (deletedRows.Round() ? _options.CheckpointInterval : SweepInterval);
            }
        }
    }

    private bool Attempt(Action<SqliteConnection> work)
    {
        try
        {
            using var connection = _settings.Open();
            SqliteConnectionSettings.Execute(connection, PerConnection);
            work(connection);
            return true;
        }
        catch (SqliteException failure)
        {
            _onFailure(failure);
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
