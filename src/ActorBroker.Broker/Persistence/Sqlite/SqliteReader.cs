using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>What an entity's recovery asks, prepared on a connection of its own. For one thread at a time, which it blocks.</summary>
internal sealed class SqliteReader : IDisposable
{
    // By an index alone. Deleted rows count: the entity counts on from them.
    private const string SelectHighest = "SELECT max(sequence_number) FROM journal WHERE persistence_id = $id AND sequence_number >= $first";

    private const string SelectEvents =
        """
        SELECT sequence_number, message, manifest, identifier, writer_uuid FROM journal
        WHERE persistence_id = $id AND sequence_number BETWEEN $first AND $last AND NOT deleted
        ORDER BY sequence_number LIMIT $most
        """;

    private const string SelectSnapshot =
        """
        SELECT sequence_number, created, snapshot, manifest, serializer_id FROM snapshot
        WHERE persistence_id = $id AND sequence_number BETWEEN $first AND $last AND created BETWEEN $after AND $before
        ORDER BY sequence_number DESC LIMIT 1
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _highest;
    private readonly SqliteCommand _events;
    private readonly SqliteCommand _snapshot;

    /// <param name="connection">Open and set up; owned from here on.</param>
    /// <exception cref="SqliteException">The file is not what it should be.</exception>
    public SqliteReader(SqliteConnection connection)
    {
        _connection = connection;
        _highest = Prepared(SelectHighest, "$id", "$first");
        _events = Prepared(SelectEvents, "$id", "$first", "$last", "$most");
        _snapshot = Prepared(SelectSnapshot, "$id", "$first", "$last", "$after", "$before");
    }

    /// <summary>An entity's newest number from <paramref name="first"/> on; 0 when there is none.</summary>
    public long Highest(string persistenceId, long first)
    {
        Set(_highest, persistenceId, first);
        return _highest.ExecuteScalar() as long? ?? 0;
    }

    /// <summary>Events of a range, by ascending number.</summary>
    public List<EventRow> Events(string persistenceId, long first, long last, long most)
    {
        Set(_events, persistenceId, first, last, most);
        using var row = _events.ExecuteReader();
        List<EventRow> found = [];
        while (row.Read())
        {
            found.Add(new EventRow(
                persistenceId, row.GetInt64(0), row.GetFieldValue<byte[]>(1), Text(row, 2), row.IsDBNull(3) ? 0 : row.GetInt32(3), Text(row, 4)));
        }

        return found;
    }

    /// <summary>The newest snapshot of a range of numbers and times (ticks); null when there is none.</summary>
    public SnapshotRow? Snapshot(string persistenceId, long first, long last, long after, long before)
    {
        Set(_snapshot, persistenceId, first, last, after, before);
        using var row = _snapshot.ExecuteReader();
        return row.Read()
            ? new SnapshotRow(
                row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? [] : row.GetFieldValue<byte[]>(2), Text(row, 3), row.IsDBNull(4) ? 0 : row.GetInt32(4))
            : null;
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        _highest.Dispose();
        _events.Dispose();
        _snapshot.Dispose();
        _connection.Dispose();
    }

    private static string Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? string.Empty : row.GetString(column);

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    private SqliteCommand Prepared(string statement, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // One of the statements above.
        command.CommandText = statement;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            command.Parameters.Add(name, name == "$id" ? SqliteType.Text : SqliteType.Integer);
        }

        command.Prepare();
        return command;
    }
}

/// <summary>A snapshot as its row holds it.</summary>
/// <param name="SequenceNr">Of the last event that it stands for.</param>
/// <param name="Created">When, in ticks.</param>
/// <param name="Bytes">What its serializer wrote.</param>
/// <param name="Manifest">Which form that is.</param>
/// <param name="Identifier">Which serializer that was.</param>
internal sealed record SnapshotRow(long SequenceNr, long Created, byte[] Bytes, string Manifest, int Identifier);
