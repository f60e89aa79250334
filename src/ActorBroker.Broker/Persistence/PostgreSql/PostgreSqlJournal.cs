using ActorBroker.Contracts.Options;
using LinqToDB;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>A journal and snapshot store in a PostgreSQL that several nodes may share.</summary>
internal sealed class PostgreSqlJournal : IJournalStore
{
    private readonly PostgreSqlConnections _connections;
    private readonly CancellationTokenSource _stop = new();

    private PostgreSqlJournal(PostgreSqlConnections connections, string identity, JournalOptions options, Action<Exception> onUpkeepFailure)
    {
        _connections = connections;
        Identity = identity;
        Connections = new LinqToDB.DataOptions().UseConnectionString(ProviderName.PostgreSQL15, connections.ConnectionString);
        Quarantine = new PostgreSqlQuarantine(connections);
        Table = new EventTable(connections);
        Writer = new PostgreSqlWriter(Table, options.Writers);
        Upkeep = new PostgreSqlUpkeep(connections, onUpkeepFailure);
    }

    public string Kind => "postgresql";

    public LinqToDB.DataOptions Connections { get; }

    public JournalQuarantine Quarantine { get; }

    /// <summary>Which database, for the log.</summary>
    public string Place => _connections.Place;

    /// <summary>What tells it from any other database.</summary>
    public string Identity { get; }

    public EventTable Table { get; }

    public PostgreSqlWriter Writer { get; }

    public PostgreSqlUpkeep Upkeep { get; }

    /// <summary>Waits until the server answers, and creates the tables where there are none.</summary>
    /// <exception cref="StartupException">It does not answer, refuses, or a newer version created the tables.</exception>
    public static async Task<PostgreSqlJournal> OpenAsync(JournalOptions options, Action<Exception> onUpkeepFailure)
    {
        var connections = new PostgreSqlConnections(options);
        var identity = await PostgreSqlSchema.ApplyAsync(connections).ConfigureAwait(false);
        return new PostgreSqlJournal(connections, identity, options, onUpkeepFailure);
    }

    public Task<List<EventRow>> ReadEventsAsync(string persistenceId, long firstSequenceNr, long lastSequenceNr) =>
        ReadAsync(() => Table.ReadAsync(persistenceId, firstSequenceNr, lastSequenceNr));

    public Task<T> ReadAsync<T>(Func<Task<T>> read) => DatabaseWait.UntilThereAsync(read, _stop.Token);

    /// <inheritdoc cref="PostgreSqlConnections.ExecuteAsync"/>
    public Task<object?> ExecuteAsync(string statement, params NpgsqlParameter[] parameters) => _connections.ExecuteAsync(statement, parameters);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Upkeep.DisposeAsync().ConfigureAwait(false);
        await Writer.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        using var pool = new NpgsqlConnection(_connections.ConnectionString);
        NpgsqlConnection.ClearPool(pool);
    }
}
