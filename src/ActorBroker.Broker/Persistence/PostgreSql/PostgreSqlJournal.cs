using ActorBroker.Contracts.Options;
using LinqToDB;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>A journal and snapshot store in a PostgreSQL that several nodes may share.</summary>
internal sealed class PostgreSqlJournal : IJournalStore
{
    private readonly PostgreSqlConnections _connections;

    private PostgreSqlJournal(PostgreSqlConnections connections)
    {
        _connections = connections;
        Connections = new LinqToDB.DataOptions().UseConnectionString(ProviderName.PostgreSQL15, connections.ConnectionString);
    }

    public string Kind => "postgresql";

    public LinqToDB.DataOptions Connections { get; }

    public JournalQuarantine? Quarantine => null;

    /// <summary>Waits until the server answers, and creates the tables where there are none.</summary>
    /// <exception cref="StartupException">It does not answer, refuses, or a newer version created the tables.</exception>
    public static async Task<PostgreSqlJournal> OpenAsync(JournalOptions options)
    {
        var connections = new PostgreSqlConnections(options);
        await PostgreSqlSchema.ApplyAsync(connections).ConfigureAwait(false);
        return new PostgreSqlJournal(connections);
    }

    public void Dispose()
    {
        using var pool = new NpgsqlConnection(_connections.ConnectionString);
        NpgsqlConnection.ClearPool(pool);
    }
}
