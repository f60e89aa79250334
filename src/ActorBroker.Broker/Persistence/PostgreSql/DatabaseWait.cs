using System.Diagnostics;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>Reads again and again while the database is not there.</summary>
internal static class DatabaseWait
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // As long as recovery waits for the journal (recovery-event-timeout).
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>What reading answers once it can.</summary>
    /// <param name="read">Reads, from where it was interrupted.</param>
    /// <param name="stop">Ends the waiting.</param>
    public static async Task<T> UntilThereAsync<T>(Func<Task<T>> read, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await read().ConfigureAwait(false);
            }
            catch (Exception failure) when (PostgreSqlErrors.MayPass(failure) && !stop.IsCancellationRequested && Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(pause, stop).ConfigureAwait(false);
            }
        }
    }
}
