using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>
/// Writes events of all entities of a node: what gathers during one commit is the next one, whose answer is waited for
/// once. A write of a stale incarnation fails, and no other of the same commit.
/// </summary>
/// <remarks>
/// A connection that is lost behind a commit leaves it open whether that took place. Such a write is written once more:
/// then its key is free, and it is in the database from now on; or its key is taken, and whether by itself the row says.
/// The second insertion waits for the first, should a server still be at it. Everything else that fails is known not to
/// have happened. Akka gives the answers of a journal in the order of the writes, so what is in doubt holds up all that
/// came after it: when the database stays away, it is rejected in the end. Then it may be there all the same, and recovery
/// must pass over what it meets twice.
/// </remarks>
internal sealed class PostgreSqlWriter : IAsyncDisposable
{
    private const int RowsMax = 500;
    private const long BytesMax = 4 << 20;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDoubt = TimeSpan.FromSeconds(5);

    private readonly EventTable _table;
    private readonly Channel<PendingWrite> _waiting = Channel.CreateUnbounded<PendingWrite>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writers;
    private long _lastCreated;

    /// <param name="table">What it writes to.</param>
    /// <param name="writers">Commits that are under way at once.</param>
    public PostgreSqlWriter(EventTable table, int writers)
    {
        _table = table;
        _writers = Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(RunAsync)));
    }

    /// <summary>Writes events of one entity, all or none; for any thread.</summary>
    /// <returns>Completes when they are committed.</returns>
    /// <exception cref="JournalUnavailableException">They are not, or nobody knows; they may be written again later.</exception>
    /// <exception cref="PostgresException">They are not: another incarnation has used their numbers, or they cannot be written at all.</exception>
    public Task WriteAsync(IReadOnlyList<EventRow> rows)
    {
        var write = new PendingWrite(rows, NextCreated());
        if (!_waiting.Writer.TryWrite(write))
        {
            write.Reject(new ObjectDisposedException(nameof(PostgreSqlWriter)));
        }

        return write.Done;
    }

    /// <summary>Writes what waits, but for what the database does not take.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.Complete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _writers.ConfigureAwait(false);
        _stop.Dispose();
    }

    // Ticks of now, or those after the last ones.
    private long NextCreated()
    {
        var now = DateTime.UtcNow.Ticks;
        while (true)
        {
            var last = Interlocked.Read(ref _lastCreated);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _lastCreated, next, last) == last)
            {
                return next;
            }
        }
    }

    private async Task RunAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (Take() is { Count: > 0 } writes)
            {
                await CommitAsync(writes).ConfigureAwait(false);
            }
        }
    }

    private List<PendingWrite> Take()
    {
        List<PendingWrite> writes = [];
        var (rows, bytes) = (0, 0L);
        while (rows < RowsMax && bytes < BytesMax && _waiting.Reader.TryRead(out var write))
        {
            writes.Add(write);
            rows += write.Rows.Count;
            bytes += write.Bytes;
        }

        return writes;
    }

    private async Task CommitAsync(List<PendingWrite> writes)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = TimeSpan.Zero; ; pause = Longer(pause))
        {
            var (outcome, failure) = await _table.InsertAsync(writes).ConfigureAwait(false);
            switch (outcome)
            {
                case InsertOutcome.Committed:
                    writes.ForEach(static write => write.Complete());
                    return;
                case InsertOutcome.Refused when writes.Count > 1:
                    foreach (var write in writes)
                    {
                        await CommitAsync([write]).ConfigureAwait(false);
                    }

                    return;
                case InsertOutcome.Refused when await IsSettledAsync(writes[0], failure!).ConfigureAwait(false):
                    return;
                case InsertOutcome.InDoubt:
                    writes.ForEach(static write => write.IsInDoubt = true);
                    if (failure?.InnerException is TimeoutException)
                    {
                        await _table.EndAbandonedAsync().ConfigureAwait(false);
                    }

                    break;
                case InsertOutcome.NotNow:
                    writes.FindAll(static write => !write.IsInDoubt).ForEach(write => write.Reject(failure!));
                    writes.RemoveAll(static write => !write.IsInDoubt);
                    RejectWaiting(writes, failure!);
                    break;
            }

            if (writes.Count == 0 || Stopwatch.GetElapsedTime(started) > LongestDoubt || !await PauseAsync(pause).ConfigureAwait(false))
            {
                writes.ForEach(write => write.Reject(failure!));
                return;
            }
        }
    }

    // Of a single write that was refused.
    private async Task<bool> IsSettledAsync(PendingWrite write, Exception failure)
    {
        if (PostgreSqlErrors.IsDuplicate(failure) && await LacksSkippedAsync(write).ConfigureAwait(false) is not false)
        {
            return false;
        }

        if (!write.IsInDoubt || !PostgreSqlErrors.IsDuplicate(failure))
        {
            write.Fail(failure);
            return true;
        }

        switch (await _table.IsThereAsync(write).ConfigureAwait(false))
        {
            case true:
                write.Complete();
                return true;
            case false:
                write.Fail(failure);
                return true;
            default:
                return false;
        }
    }

    // Skipped numbers may be in use by the write itself: it was rejected in doubt, or is in doubt now. Then the others are
    // to be inserted. False when that is not what was wrong; null when nobody can say.
    private async Task<bool?> LacksSkippedAsync(PendingWrite write)
    {
        var skipped = write.Missing.Where(static row => row.IsSkipped).Select(static row => row.SequenceNr).ToArray();
        if (skipped.Length == 0)
        {
            return false;
        }

        var found = await _table.FindAsync(write.Last.PersistenceId, skipped, write.Last.Writer).ConfigureAwait(false);
        if (found is null or [] || Array.Exists(found, static number => number < 0))
        {
            return found is null ? null : false;
        }

        write.Missing = [.. write.Missing.Where(row => !found.Contains(row.SequenceNr))];
        return true;
    }

    // While this writer waits with writes in doubt, others would wait for nothing.
    private void RejectWaiting(List<PendingWrite> inDoubt, Exception failure)
    {
        while (inDoubt.Count > 0 && _waiting.Reader.TryRead(out var write))
        {
            write.Reject(failure);
        }
    }

    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == TimeSpan.Zero ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
