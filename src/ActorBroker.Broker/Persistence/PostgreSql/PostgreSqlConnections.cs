using ActorBroker.Contracts.Options;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>How connections to a PostgreSQL are opened.</summary>
internal sealed class PostgreSqlConnections
{
    // The statements of the journal are few and always the same: each connection has them planned once.
    private const int StatementsKept = 50;
    private const int UsesBeforeKept = 2;

    /// <param name="options">Whose connection string is completed: what it says itself stands.</param>
    /// <exception cref="StartupException">The connection string cannot be read.</exception>
    public PostgreSqlConnections(JournalOptions options)
    {
        try
        {
            var given = new NpgsqlConnectionStringBuilder(options.ConnectionString);
            given.ApplicationName ??= "actorbroker";
            given.MaxAutoPrepare = given.MaxAutoPrepare > 0 ? given.MaxAutoPrepare : StatementsKept;
            given.AutoPrepareMinUsages = Math.Min(given.AutoPrepareMinUsages, UsesBeforeKept);
            given.MaxPoolSize = options.Connections;
            given.TcpKeepAlive = true;

            // Nothing is left on a connection that its next user would mind.
            given.NoResetOnClose = true;
            given.Enlist = false;
            ConnectionString = given.ConnectionString;
            Place = $"database {given.Database ?? given.Username} of PostgreSQL at {given.Host}:{given.Port}";
        }
        catch (ArgumentException failure)
        {
            // The message may quote what was written, and so a password.
            throw new StartupException("actorbroker.journal.connection-string: expected one of Npgsql, such as Host=db;Username=actorbroker;Database=actorbroker", failure);
        }
    }

    /// <summary>For a pool of connections.</summary>
    public string ConnectionString { get; }

    /// <summary>Which database, for messages; without the password.</summary>
    public string Place { get; }

    /// <summary>Runs one statement.</summary>
    /// <returns>What it answers first; null when nothing.</returns>
    public async Task<object?> ExecuteAsync(string statement, params NpgsqlParameter[] parameters)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await using var connectionLease = connection.ConfigureAwait(false);
        await connection.OpenAsync().ConfigureAwait(false);
#pragma warning disable CA2100 // Statements of our own, with parameters.
        var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        await using var commandLease = command.ConfigureAwait(false);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteScalarAsync().ConfigureAwait(false);
    }
}
