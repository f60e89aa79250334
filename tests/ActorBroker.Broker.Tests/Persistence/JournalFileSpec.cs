using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.Sqlite;
using ActorBroker.Contracts.Options;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Tests.Persistence;

/// <summary>A new journal file without its upkeep, with one connection that writes and one for the test's own upkeep.</summary>
public abstract class JournalFileSpec : IDisposable
{
    private protected const long Kibibyte = 1024;

    private readonly string _path = Directory.CreateTempSubdirectory("actorbroker-").FullName;
    private readonly SqliteConnectionSettings _settings;

    protected JournalFileSpec()
    {
        var shipped = BrokerOptions.Read(BrokerConfiguration.Shipped(BrokerConfiguration.Test)).Journal;
        Options = shipped with
        {
            CheckpointAfter = 256 * Kibibyte,
            WalLimit = 1024 * Kibibyte,
            ShrinkAfter = TimeSpan.FromSeconds(10),
            KeepFree = 160 * Kibibyte,
            Sync = JournalSync.Normal,
        };
        _settings = new SqliteConnectionSettings(Path.Combine(_path, "journal.db"), Options);
        Upkeep = _settings.Open();
        SqliteJournal.CreateTables(Upkeep, Options);
        SqliteConnectionSettings.Execute(Upkeep, "PRAGMA wal_checkpoint(TRUNCATE)");
        Writer = _settings.Open();
    }

    private protected JournalOptions Options { get; }

    private protected CommitGate Gate { get; } = new();

    private protected SqliteConnection Upkeep { get; }

    private protected SqliteConnection Writer { get; }

    private protected long FileSize => new FileInfo(_settings.Path).Length;

    private protected long LogSize => new FileInfo($"{_settings.Path}-wal").Length;

    public void Dispose()
    {
        Writer.Dispose();
        Upkeep.Dispose();
        Directory.Delete(_path, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected SqliteConnection Open() => _settings.Open();

    private protected void Write(int kibibytes, string entity = "queue/a", bool deleted = false) =>
        SqliteConnectionSettings.Execute(
            Writer,
            $"""
             INSERT INTO journal (created, deleted, persistence_id, sequence_number, message)
             SELECT 0, {(deleted ? 1 : 0)}, '{entity}', count(*) + 1, zeroblob({kibibytes * Kibibyte}) FROM journal
             """);

    private protected long Number(string query)
    {
        using var command = Upkeep.CreateCommand();
#pragma warning disable CA2100 // The test's own words.
        command.CommandText = query;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
