using System.Diagnostics;
using System.Globalization;
using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// Gives pages that have been free for a while back to the disk, in steps of a few milliseconds for which writers wait.
/// The file is cut when the log that holds the step is copied into it.
/// </summary>
/// <remarks>
/// Pages that steady traffic frees and takes again are left: giving them back only to grow again costs more than either.
/// </remarks>
internal sealed class FileShrinker
{
    private const long IncrementalVacuum = 2;
    private const int FewestPages = 8;
    private const int MostPages = 4096;

    // A step that takes longer than the upper is halved, one below the lower doubled: pages in use at the file's end are
    // moved, which costs twenty times as much as letting go of free ones.
    private static readonly TimeSpan ShortStep = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan LongStep = TimeSpan.FromMilliseconds(8);

    private readonly SqliteConnection _connection;
    private readonly CommitGate _gate;
    private readonly TimeSpan _window;
    private readonly long _keep;
    private readonly bool _canShrink;
    private TimeSpan _windowEnd;
    private long _fewestFree = long.MaxValue;
    private long _fewestFreeBefore;
    private int _pages = 64;

    /// <param name="connection">Open.</param>
    /// <param name="options">How much to keep, and what a while is.</param>
    /// <param name="gate">What writers pass.</param>
    /// <param name="now">As for <see cref="Round"/>.</param>
    public FileShrinker(SqliteConnection connection, JournalOptions options, CommitGate gate, TimeSpan now)
    {
        _connection = connection;
        _gate = gate;
        _window = options.ShrinkAfter;
        _windowEnd = now + _window;
        _keep = options.KeepFree / SqliteConnectionSettings.Number(connection, "page_size");
        _canShrink = SqliteConnectionSettings.Number(connection, "auto_vacuum") == IncrementalVacuum;
    }

    /// <summary>Looks how much is free, and takes one step when that is worth it.</summary>
    /// <param name="now">Time since any fixed moment.</param>
    /// <exception cref="SqliteException">The disk is full or fails.</exception>
    public void Round(TimeSpan now)
    {
        var free = SqliteConnectionSettings.Number(_connection, "freelist_count");
        if (now >= _windowEnd)
        {
            _windowEnd = now + _window;
            _fewestFreeBefore = _fewestFree;
            _fewestFree = free;
        }

        _fewestFree = Math.Min(_fewestFree, free);
        var unneeded = Math.Min(_fewestFree, _fewestFreeBefore) - _keep;
        if (_canShrink && unneeded > 0)
        {
            Release((int)Math.Min(unneeded, _pages));
        }
    }

    private void Release(int pages)
    {
        using var hold = _gate.Close();
        using var transaction = _connection.BeginTransaction(deferred: false);
        var started = Stopwatch.GetTimestamp();
        using (var command = _connection.CreateCommand())
        {
#pragma warning disable CA2100 // A number of our own; PRAGMA takes no parameters.
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({pages})");
#pragma warning restore CA2100
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                // One row for each page.
            }
        }

        transaction.Commit();
        _fewestFree -= pages;
        _fewestFreeBefore -= pages;
        var taken = Stopwatch.GetElapsedTime(started);
        _pages = taken > LongStep ? Math.Max(_pages / 2, FewestPages)
            : taken < ShortStep && pages == _pages ? Math.Min(_pages * 2, MostPages)
            : _pages;
    }
}
