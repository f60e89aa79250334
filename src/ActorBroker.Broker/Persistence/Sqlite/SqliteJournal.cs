using System.Globalization;
using ActorBroker.Contracts.Options;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// The embedded journal and snapshot store: one SQLite file, ready before the actor system starts and closed after it
/// has ended. hocon/journals/sqlite.conf holds the other half of its settings.
/// </summary>
internal sealed class SqliteJournal : IJournalStore
{
    private const string SchemaResource = "ActorBroker.Broker.Persistence.Sqlite.schema.sql";

    private readonly JournalUpkeep _upkeep;

    private SqliteJournal(SqliteConnectionSettings settings, JournalOptions options, Action<Exception> onUpkeepFailure)
    {
        var gate = new CommitGate();
        _upkeep = new JournalUpkeep(settings, options, gate, onUpkeepFailure);
        Connections = new LinqToDB.DataOptions().UseConnectionString(ProviderName.SQLiteMS, settings.ConnectionString);
        Damage = new SqliteQuarantine(settings);
        Writer = new SqliteWriter(settings.Open, gate);
        Readers = new SqliteReaders(settings);
    }

    public string Kind => "sqlite";

    public LinqToDB.DataOptions Connections { get; }

    public JournalQuarantine Quarantine => Damage;

    /// <summary>Reads damaged pages.</summary>
    public SqliteQuarantine Damage { get; }

    /// <summary>Writes events.</summary>
    public SqliteWriter Writer { get; }

    /// <summary>Read, but what is damaged.</summary>
    public SqliteReaders Readers { get; }

    public Task<List<EventRow>> ReadEventsAsync(string persistenceId, long firstSequenceNr, long lastSequenceNr) =>
        Readers.ReadAsync(reader => reader.Events(persistenceId, firstSequenceNr, lastSequenceNr, long.MaxValue), CancellationToken.None);

    // A file that is locked or fails is waited for by SQLite itself, or not worth waiting for.
    public Task<T> ReadAsync<T>(Func<Task<T>> read) => read();

    /// <summary>Creates the file when absent and starts its upkeep.</summary>
    /// <param name="folder">A data folder that this process holds.</param>
    /// <param name="options">How to use the file.</param>
    /// <param name="onUpkeepFailure">Told when upkeep of the file fails, on its thread; it is tried again.</param>
    /// <exception cref="StartupException">The file cannot be opened or is not a journal.</exception>
    public static SqliteJournal Prepare(DataFolder folder, JournalOptions options, Action<Exception> onUpkeepFailure)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        var settings = new SqliteConnectionSettings(Path.Combine(folder.Path, options.File), options);
        try
        {
            using var connection = settings.Open();
            CreateTables(connection, options);
        }
        catch (SqliteException failure)
        {
            throw new StartupException($"journal {settings.Path} cannot be opened: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }

        return new SqliteJournal(settings, options, onUpkeepFailure);
    }

    /// <summary>Deletes the file, and what SQLite has beside it.</summary>
    /// <exception cref="StartupException">It cannot be deleted.</exception>
    public static void Delete(DataFolder folder, JournalOptions options)
    {
        var file = Path.Combine(folder.Path, options.File);
        try
        {
            foreach (var one in (string[])[file, file + "-wal", file + "-shm"])
            {
                File.Delete(one);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"journal {file} cannot be deleted: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    /// <summary>Closes the file. The actor system must have ended.</summary>
    public ValueTask DisposeAsync()
    {
        Writer.Dispose();
        Readers.Dispose();
        _upkeep.Dispose();
        return ValueTask.CompletedTask;
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
