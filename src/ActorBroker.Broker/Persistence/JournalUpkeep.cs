using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence;

/// <summary>The thread that does for the journal's file what no commit should pay for.</summary>
internal sealed class JournalUpkeep : IDisposable
{
    // Writers may be waiting behind whatever it is that upkeep waits for.
    private const string ShortBusyTimeout = "PRAGMA busy_timeout = 1000;";

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

        Attempt(static (_, checkpointer) => checkpointer.Truncate());
    }

    private void Work(SqliteConnection connection, WalCheckpointer checkpointer)
    {
        while (!_stop.Wait(_options.CheckpointInterval))
        {
            while (!_stop.IsSet && checkpointer.Round())
            {
            }
        }
    }

    private bool Attempt(Action<SqliteConnection, WalCheckpointer> work)
    {
        try
        {
            using var connection = _settings.OpenPrivate();
            SqliteConnectionSettings.Execute(connection, ShortBusyTimeout);
            work(connection, new WalCheckpointer(connection, _options, _gate));
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
