using ActorBroker.Broker.Persistence.Sqlite;
using Akka.Actor;
using Akka.Actor.Setup;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Keeps what cannot be read: a copy of the row goes into a table of the journal's file, where nothing deletes it. Part
/// of an actor system's setup; a system without it (another store than SQLite) keeps nothing.
/// </summary>
public sealed class JournalQuarantine : Setup
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

    internal JournalQuarantine(SqliteConnectionSettings settings)
    {
        _settings = settings;
        Salvage = new JournalSalvage(settings);
    }

    /// <summary>Reads what SQLite cannot read otherwise.</summary>
    public JournalSalvage Salvage { get; }

    /// <summary>The table and its file, for the log.</summary>
    public string Place => $"table journal_quarantine of {_settings.Path}";

    /// <summary>That of an actor system, or null.</summary>
    public static JournalQuarantine? Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var setup = system.Settings.Setup.Get<JournalQuarantine>();
        return setup.HasValue ? setup.Value : null;
    }

    /// <summary>Copies an event's row, or what can be read of it, if it is there and was not copied before.</summary>
    /// <param name="persistenceId">The entity's.</param>
    /// <param name="sequenceNr">The event's.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="now">When.</param>
    public Task KeepEventAsync(string persistenceId, long sequenceNr, string reason, DateTimeOffset now) =>
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

    /// <summary>Copies a snapshot's row, if it is there and was not copied before.</summary>
    /// <param name="persistenceId">The entity's.</param>
    /// <param name="sequenceNr">The snapshot's.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="now">When.</param>
    public Task KeepSnapshotAsync(string persistenceId, long sequenceNr, string reason, DateTimeOffset now) =>
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
        using var connection = _settings.OpenPrivate();
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
