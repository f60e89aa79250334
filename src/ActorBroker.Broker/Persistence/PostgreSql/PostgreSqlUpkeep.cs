using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>
/// Drops what deletion leaves of queues that are no more: the last event, without its content, which keeps their highest
/// number. It stays for a day: an earlier incarnation of the queue on a node that was stopped all the while would go on
/// behind that number, and must find it in use.
/// </summary>
internal sealed class PostgreSqlUpkeep : IAsyncDisposable
{
    private const string DropGone =
        """
        DELETE FROM journal WHERE (persistence_id, sequence_number) IN (
            SELECT persistence_id, sequence_number FROM journal AS gone
            WHERE deleted AND persistence_id LIKE 'queue/%' AND created < $1
                AND NOT EXISTS (SELECT FROM snapshot WHERE snapshot.persistence_id = gone.persistence_id)
                AND NOT EXISTS (
                    SELECT FROM journal AS other
                    WHERE other.persistence_id = gone.persistence_id AND other.sequence_number <> gone.sequence_number)
            LIMIT 1000 FOR UPDATE OF gone SKIP LOCKED)
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly PostgreSqlConnections _connections;
    private readonly Action<Exception> _onFailure;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="connections">To the database.</param>
    /// <param name="onFailure">Told when it fails; it is tried again.</param>
    public PostgreSqlUpkeep(PostgreSqlConnections connections, Action<Exception> onFailure)
    {
        _connections = connections;
        _onFailure = onFailure;
        _running = RunAsync();
    }

    /// <summary>Drops what was deleted before a moment.</summary>
    public Task DropGoneAsync(DateTime before) => _connections.ExecuteAsync(DropGone, new NpgsqlParameter<long> { TypedValue = before.Ticks });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                await AttemptAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task AttemptAsync()
    {
        try
        {
            await DropGoneAsync(DateTime.UtcNow.AddDays(-1)).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
        {
            _onFailure(failure);
        }
    }
}
