using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>The quarantine of a SQLite file, and what can be read of damaged pages.</summary>
internal sealed class SqliteQuarantine : JournalQuarantine
{
    private const string KeepFromJournal =
        """
        INSERT OR IGNORE INTO journal_quarantine
            (source, persistence_id, sequence_number, created, manifest, identifier, message, reason, set_aside)
        SELECT 'journal', persistence_id, sequence_number, created, manifest, identifier, message, @reason, @now
        FROM journal WHERE persistence_id = @id
        """;

    private const string KeepFromSnapshots =
        """
        INSERT OR IGNORE INTO journal_quarantine
            (source, persistence_id, sequence_number, created, manifest, identifier, message, reason, set_aside)
        SELECT 'snapshot', persistence_id, sequence_number, created, manifest, serializer_id, snapshot, @reason, @now
        FROM snapshot WHERE persistence_id = @id
        """;

    // Of a row that cannot be read whole.
    private const string KeepPieces =
        """
        INSERT OR IGNORE INTO journal_quarantine (source, persistence_id, sequence_number, created, message, reason, set_aside)
        VALUES ('journal', @id, @number, 0, @pieces, @reason, @now)
        """;

    // Of a snapshot an older one takes the place: that there was one is all that is kept.
    private const string KeepNothing =
        """
        INSERT OR IGNORE INTO journal_quarantine (source, persistence_id, sequence_number, created, reason, set_aside)
        VALUES ('snapshot', @id, @number, 0, @reason, @now)
        """;

    private const string OfNumber = " AND sequence_number = @number";

    // Copies rows that are there and were not copied before.
    internal const string KeepEvent = KeepFromJournal + OfNumber;
    internal const string KeepEvents = KeepFromJournal + " AND deleted = 0";
    internal const string KeepSnapshot = KeepFromSnapshots + OfNumber;
    internal const string KeepSnapshots = KeepFromSnapshots;

    private readonly SqliteConnectionSettings _settings;

    public SqliteQuarantine(SqliteConnectionSettings settings)
    {
        _settings = settings;
        Salvage = new JournalSalvage(settings);
    }

    /// <summary>Reads what SQLite cannot read otherwise.</summary>
    public JournalSalvage Salvage { get; }

    public override string Place => $"table journal_quarantine of {_settings.Path}";

    public override IEventReader OneByOne => Salvage;

    public override bool IsDamage(Exception? failure) => JournalSalvage.IsDamage(failure);

    public override long NewestSnapshot(string persistenceId, long last) => Salvage.NewestSnapshot(persistenceId, last);

    public override Task KeepEventAsync(string persistenceId, long sequenceNr, string reason, DateTimeOffset now) =>
        Task.Run(() =>
        {
            try
            {
                Keep(KeepEvent, persistenceId, sequenceNr, reason, now);
            }
            catch (SqliteException failure) when (JournalSalvage.IsDamage(failure))
            {
                Keep(KeepPieces, persistenceId, sequenceNr, reason, now);
            }
        });

    public override Task KeepSnapshotAsync(string persistenceId, long sequenceNr, string reason, DateTimeOffset now) =>
        Task.Run(() =>
        {
            try
            {
                Keep(KeepSnapshot, persistenceId, sequenceNr, reason, now);
            }
            catch (SqliteException failure) when (JournalSalvage.IsDamage(failure))
            {
                Keep(KeepNothing, persistenceId, sequenceNr, reason, now);
            }
        });

    private void Keep(string statement, string persistenceId, long sequenceNr, string reason, DateTimeOffset now)
    {
        using var connection = _settings.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of the statements above.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("@id", persistenceId);
        command.Parameters.AddWithValue("@number", sequenceNr);
        command.Parameters.AddWithValue("@reason", reason);
        command.Parameters.AddWithValue("@now", now.ToUnixTimeMilliseconds());
        if (statement == KeepPieces)
        {
            command.Parameters.AddWithValue("@pieces", JournalSalvage.ReadPieces(connection, persistenceId, sequenceNr));
        }

        command.ExecuteNonQuery();
    }
}
