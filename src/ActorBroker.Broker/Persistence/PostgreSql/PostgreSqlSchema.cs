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

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits a minute for a database that is about to start; creates the tables where there are none.</summary>
    /// <exception cref="StartupException">The database cannot be used, or a newer version created the tables.</exception>
    public static async Task ApplyAsync(PostgreSqlConnections connections)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await AttemptAsync(connections).ConfigureAwait(false);
                return;
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

    private static async Task AttemptAsync(PostgreSqlConnections connections)
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

        await transaction.CommitAsync().ConfigureAwait(false);
    }

    // Of the schema that tables are created in and found in: the first of the search path.
    private static async Task<int?> VersionAsync(NpgsqlConnection connection)
    {
        if (await RunAsync(connection, "SELECT to_regclass('actorbroker_format') IS NOT NULL").ConfigureAwait(false) is not true)
        {
            return null;
        }

        return (int)(await RunAsync(connection, "SELECT version FROM actorbroker_format").ConfigureAwait(false))!;
    }

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
