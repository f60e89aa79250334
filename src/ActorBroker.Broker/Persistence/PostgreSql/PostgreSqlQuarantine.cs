using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>
/// The quarantine of a PostgreSQL. What its pages hold wrong is for the server's own tools and copies: nothing more is
/// read of them here.
/// </summary>
/// <param name="connections">To the database.</param>
internal sealed class PostgreSqlQuarantine(PostgreSqlConnections connections) : JournalQuarantine
{
    private const string KeepEvent =
        """
        INSERT INTO journal_quarantine (source, persistence_id, sequence_number, created, manifest, identifier, message, reason, set_aside)
        SELECT 'journal', persistence_id, sequence_number, created, manifest, identifier, message, $3, $4
        FROM journal WHERE persistence_id = $1 AND sequence_number = $2
        ON CONFLICT DO NOTHING
        """;

    private const string KeepSnapshot =
        """
        INSERT INTO journal_quarantine (source, persistence_id, sequence_number, created, manifest, identifier, message, reason, set_aside)
        SELECT 'snapshot', persistence_id, sequence_number, created, manifest, serializer_id, snapshot, $3, $4
        FROM snapshot WHERE persistence_id = $1 AND sequence_number = $2
        ON CONFLICT DO NOTHING
        """;

    public override string Place => $"table journal_quarantine of {connections.Place}";

    public override IEventReader? OneByOne => null;

    public override bool IsDamage(Exception? failure) => false;

    public override long NewestSnapshot(string persistenceId, long last) => 0;

    public override Task KeepEventAsync(string persistenceId, long sequenceNr, string reason, DateTimeOffset now) =>
        KeepAsync(KeepEvent, persistenceId, sequenceNr, reason, now);

    public override Task KeepSnapshotAsync(string persistenceId, long sequenceNr, string reason, DateTimeOffset now) =>
        KeepAsync(KeepSnapshot, persistenceId, sequenceNr, reason, now);

    private Task<object?> KeepAsync(string statement, string persistenceId, long sequenceNr, string reason, DateTimeOffset now) =>
        connections.ExecuteAsync(
            statement,
            new NpgsqlParameter<string> { TypedValue = persistenceId },
            new NpgsqlParameter<long> { TypedValue = sequenceNr },
            new NpgsqlParameter<string> { TypedValue = reason },
            new NpgsqlParameter<long> { TypedValue = now.ToUnixTimeMilliseconds() });
}
