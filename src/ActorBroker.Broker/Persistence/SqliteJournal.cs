using System.Globalization;
using ActorBroker.Contracts.Options;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// The embedded journal and snapshot store: one SQLite file, ready before the actor system starts and closed after it
/// has ended. hocon/persistence.conf holds the other half of its settings.
/// </summary>
public sealed class SqliteJournal : IDisposable
{
    private const string SchemaResource = "ActorBroker.Broker.Persistence.schema.sql";

    private readonly SqliteConnectionSettings _settings;
    private readonly JournalUpkeep _upkeep;

    private SqliteJournal(SqliteConnectionSettings settings, JournalOptions options, Action<SqliteException> onUpkeepFailure)
    {
        _settings = settings;
        var gate = new CommitGate();
        _upkeep = new JournalUpkeep(settings, options, gate, onUpkeepFailure);
        var connections = new LinqToDB.DataOptions()
            .UseConnectionString(ProviderName.SQLiteMS, settings.ConnectionString)
            .UseInterceptor(new YieldingConnectionInterceptor(settings, gate));
        Setup = new DataOptionsSetup(connections);
        Connections = new JournalConnections(connections);
    }

    /// <summary>To be part of the actor system's setup: how Akka.Persistence.Sql connects.</summary>
    public Setup Setup { get; }

    /// <summary>To be part of the actor system's setup: how its own reads connect.</summary>
    public Setup Connections { get; }

    /// <summary>To be part of the actor system's setup: where it keeps what it cannot read.</summary>
    public Setup Quarantine => new JournalQuarantine(_settings);

    /// <summary>
    /// What the plug-ins expect to find below the configuration of the actor system; they add it themselves only when
    /// they are set up in code.
    /// </summary>
    public static Config PluginDefaults => SqlPersistence.DefaultConfiguration;

    /// <summary>Creates the file when absent and starts its upkeep.</summary>
    /// <param name="folder">A data folder that this process holds.</param>
    /// <param name="options">How to use the file.</param>
    /// <param name="onUpkeepFailure">Told when upkeep of the file fails, on its thread; it is tried again.</param>
    /// <exception cref="StartupException">The file cannot be opened or is not a journal.</exception>
    public static SqliteJournal Prepare(DataFolder folder, JournalOptions options, Action<SqliteException> onUpkeepFailure)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        var settings = new SqliteConnectionSettings(Path.Combine(folder.Path, options.File), options);
        try
        {
            using var connection = settings.OpenPrivate();
            CreateTables(connection, options);
        }
        catch (SqliteException failure)
        {
            throw new StartupException($"journal {settings.Path} cannot be opened: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }

        return new SqliteJournal(settings, options, onUpkeepFailure);
    }

    /// <summary>Closes the file. The actor system must have ended.</summary>
    public void Dispose()
    {
        _upkeep.Dispose();
        using var pool = new SqliteConnection(_settings.ConnectionString);
        SqliteConnection.ClearPool(pool);
    }

    // Page size and auto_vacuum can be chosen only before the first table, and in this order: switching to WAL writes
    // the first page. INCREMENTAL keeps the way open to give space back to the disk; an old file without it would have
    // to be copied whole.
    internal static void CreateTables(SqliteConnection connection, JournalOptions options)
    {
        SqliteConnectionSettings.Execute(
            connection,
            string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA page_size = {options.PageSize}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"));
        using var stream = typeof(SqliteJournal).Assembly.GetManifestResourceStream(SchemaResource)!;
        using var schema = new StreamReader(stream);
        SqliteConnectionSettings.Execute(connection, schema.ReadToEnd());
    }
}
