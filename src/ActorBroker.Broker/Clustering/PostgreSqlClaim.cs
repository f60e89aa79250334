using System.Collections.Frozen;
using Npgsql;

namespace ActorBroker.Broker.Clustering;

/// <summary>
/// The claim as an advisory lock of a session of its own: exclusive to begin a cluster, shared as a member. It ends with the
/// session, and so with the process; a node whose machine has gone is noticed by the server's own keep-alives. When the
/// database restarts, members take their locks again within a second.
/// </summary>
public sealed class PostgreSqlClaim : IClusterClaim
{
    // One cluster for each schema: the tables are there.
    private const string Key = "hashtextextended('actorbroker ' || current_schema(), 0)";

    // Sessions that hold the lock, as FROM and WHERE.
    private const string Holders =
        $"""
        FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.classid = (({Key} >> 32) & 4294967295)::oid AND l.objid = ({Key} & 4294967295)::oid AND l.granted
        """;

    private const string NamePrefix = "actorbroker ";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _connectionString;
    private readonly Action<string> _onTrouble;
    private readonly SemaphoreSlim _turn = new(1);
    private NpgsqlConnection? _session;

    // The session that may begin a cluster, until it is a member.
    private NpgsqlConnection? _beginning;
    private CancellationTokenSource? _holding;
    private Task _keeping = Task.CompletedTask;

    /// <summary>Connects when it is first asked.</summary>
    /// <param name="connectionString">The journal's.</param>
    /// <param name="node">Name of the node, which operators see in <c>pg_stat_activity</c>.</param>
    /// <param name="onTrouble">Told what an operator should know, on any thread.</param>
    public PostgreSqlClaim(string connectionString, string node, Action<string> onTrouble)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = NamePrefix + node,
            Pooling = false,
            Multiplexing = false,
            KeepAlive = 5,
            Timeout = 5,
            CommandTimeout = 5,
        };
        settings.Options = $"{settings.Options} -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3".TrimStart();
        _connectionString = settings.ConnectionString;
        _onTrouble = onTrouble;
    }

    /// <inheritdoc/>
    public bool IsHeld { get; private set; }

    /// <inheritdoc/>
    public async Task<bool> TryBeginAsync(CancellationToken stop)
    {
        var mayBegin = await AskAsync<bool>($"SELECT pg_try_advisory_lock({Key})", stop).ConfigureAwait(false);
        _beginning = mayBegin ? _session : _beginning;
        return mayBegin;
    }

    /// <inheritdoc/>
    public async Task HoldAsync(CancellationToken stop)
    {
        await ReleaseAsync(closeSession: false).ConfigureAwait(false);
        _holding = new CancellationTokenSource();
        _keeping = KeepAsync(_holding.Token);
        stop.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public async Task<string> DescribeHoldersAsync(CancellationToken stop)
    {
        const string Query = $"SELECT coalesce(string_agg(a.application_name || coalesce(' at ' || host(a.client_addr), ''), ', '), 'nobody') {Holders}";
        return await AskAsync<string>(Query, stop).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> HoldersAsync(CancellationToken stop)
    {
        const string Query = $"SELECT coalesce(array_agg(a.application_name), '{{}}') {Holders} AND l.mode = 'ShareLock'";
        var names = await AskAsync<string[]>(Query, stop).ConfigureAwait(false);
        return names.Where(static name => name.StartsWith(NamePrefix, StringComparison.Ordinal))
            .Select(static name => name[NamePrefix.Length..]).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync() => ReleaseAsync(closeSession: true);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async Task ReleaseAsync(bool closeSession)
    {
        if (_holding is { } holding)
        {
            _holding = null;
            await holding.CancelAsync().ConfigureAwait(false);
            await _keeping.ConfigureAwait(false);
            IsHeld = false;
            holding.Dispose();
        }

        if (closeSession)
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    // The shared lock is taken, and that to begin given back, once a session; then the session is looked after.
    private async Task KeepAsync(CancellationToken stop)
    {
        NpgsqlConnection? held = null;
        var troubled = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (held is not null && held == _session)
                {
                    await AskAsync<int>("SELECT 1", stop).ConfigureAwait(false);
                }
                else if (await AskAsync<bool>($"SELECT pg_try_advisory_lock_shared({Key})", stop).ConfigureAwait(false))
                {
                    held = _session;
                    IsHeld = true;
                    if (_beginning == held)
                    {
                        await AskAsync<bool>($"SELECT pg_advisory_unlock({Key})", stop).ConfigureAwait(false);
                    }
                }
                else if (!troubled)
                {
                    troubled = true;
                    _onTrouble("Another node is about to begin a cluster on the same database, although this one is a member of one already");
                }
            }
            catch (ClusterClaimException failure)
            {
                IsHeld = false;
                _onTrouble(failure.Message);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(LookEvery, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<T> AskAsync<T>(string query, CancellationToken stop)
    {
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (_session is null)
            {
                var session = new NpgsqlConnection(_connectionString);
                await session.OpenAsync(stop).ConfigureAwait(false);
                _session = session;
            }

            await using var command = new NpgsqlCommand(query, _session);
            return (T)(await command.ExecuteScalarAsync(stop).ConfigureAwait(false))!;
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            await ForgetSessionAsync().ConfigureAwait(false);
            throw new ClusterClaimException($"The database cannot be asked about its cluster: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task CloseAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await UnlockAsync().ConfigureAwait(false);
            await ForgetSessionAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    // The end of a session does it too, but some time after it was asked for.
    private async Task UnlockAsync()
    {
        if (_session is not { } session)
        {
            return;
        }

        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", session);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            // Then it is lost with the session.
        }
    }

    private async Task ForgetSessionAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }
}
