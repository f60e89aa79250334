using System.Diagnostics;
using System.Globalization;
using ActorBroker.Contracts.Options;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>The tables, created by the first node that meets a database without them.</summary>
internal static class PostgreSqlSchema
{
    /// <summary>Version of the tables and of what the journal keeps in them.</summary>
    public const int FormatVersion = 1;

    private const string SchemaResource = "ActorBroker.Broker.Persistence.PostgreSql.schema.sql";

    // Of ours, so that several nodes which start at once do it one after the other. Any number will do.
    private const long Lock = 7_104_201_867;

    // Of a database made by a version that knew of none, too.
    private const string Identify =
        """
        CREATE TABLE actorbroker_identity (
            only_row BOOLEAN NOT NULL PRIMARY KEY CHECK (only_row), identity UUID NOT NULL DEFAULT gen_random_uuid());
        INSERT INTO actorbroker_identity (only_row) VALUES (TRUE)
        """;

    // A copy of the database has the row, but mostly another number on its server.
    private const string Identity =
        """
        SELECT identity || '.' || (SELECT oid FROM pg_database WHERE datname = current_database()) FROM actorbroker_identity
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits a minute for a database that is about to start; creates the tables where there are none.</summary>
    /// <returns>What tells these tables from those of any other database or schema.</returns>
    /// <exception cref="StartupException">The database cannot be used, or a newer version created the tables.</exception>
    public static async Task<string> ApplyAsync(PostgreSqlConnections connections)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await AttemptAsync(connections).ConfigureAwait(false);
            }
            catch (Exception failure) when (PostgreSqlErrors.MayPass(failure) && Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Pause).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
            {
                throw new StartupException($"{connections.Place} cannot be used: {failure.Message.ReplaceLineEndings(" ")}", failure);
            }
        }
    }

    private static async Task<string> AttemptAsync(PostgreSqlConnections connections)
    {
        var connection = new NpgsqlConnection(connections.ConnectionString);
        await using var connectionLease = connection.ConfigureAwait(false);
        await connection.OpenAsync().ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using var transactionLease = transaction.ConfigureAwait(false);
        await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({Lock})")).ConfigureAwait(false);
        if (await VersionAsync(connection).ConfigureAwait(false) is not { } version)
        {
            using var stream = typeof(PostgreSqlSchema).Assembly.GetManifestResourceStream(SchemaResource)!;
            using var schema = new StreamReader(stream);
            await RunAsync(connection, await schema.ReadToEndAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        else if (version > FormatVersion)
        {
            throw new StartupException(
                $"{connections.Place} has format {version}, written by a newer version; this one reads up to {FormatVersion}");
        }

        if (!await ExistsAsync(connection, "actorbroker_identity").ConfigureAwait(false))
        {
            await RunAsync(connection, Identify).ConfigureAwait(false);
        }

        var identity = (string)(await RunAsync(connection, Identity).ConfigureAwait(false))!;
        await transaction.CommitAsync().ConfigureAwait(false);
        return identity;
    }

    private static async Task<int?> VersionAsync(NpgsqlConnection connection) =>
        await ExistsAsync(connection, "actorbroker_format").ConfigureAwait(false)
            ? (int)(await RunAsync(connection, "SELECT version FROM actorbroker_format").ConfigureAwait(false))!
            : null;

    // In the schema that tables are created in and found in: the first of the search path.
    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string table) =>
        await RunAsync(connection, $"SELECT to_regclass('{table}') IS NOT NULL").ConfigureAwait(false) is true;

    private static async Task<object?> RunAsync(NpgsqlConnection connection, string statements)
    {
        var command = connection.CreateCommand();
        await using var commandLease = command.ConfigureAwait(false);
#pragma warning disable CA2100 // Statements of our own.
        command.CommandText = statements;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync().ConfigureAwait(false);
    }
}
