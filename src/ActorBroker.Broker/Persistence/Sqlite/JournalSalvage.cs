using System.Globalization;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Serialization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// Reads the events of one entity one at a time, where SQLite cannot read a page of some of them: a query of several
/// fails with the first such page, and says nothing of the others. Of an event that lies on several pages the bytes of
/// the readable ones are read, so that of one of messages only the batches on the damaged page are lost.
/// </summary>
internal sealed class JournalSalvage : IEventReader
{
    // SQLite follows an event's chain of pages from its beginning for each piece.
    private const int PieceBytes = 4_096;

    // Both are answered by an index alone.
    private const string SelectRows =
        "SELECT ordering, sequence_number FROM journal WHERE persistence_id = @id AND sequence_number BETWEEN @first AND @last ORDER BY sequence_number";

    private const string SelectSnapshot =
        "SELECT coalesce(max(sequence_number), 0) FROM snapshot WHERE persistence_id = @id AND sequence_number BETWEEN @first AND @last";

    private readonly SqliteConnectionSettings _settings;

    internal JournalSalvage(SqliteConnectionSettings settings) => _settings = settings;

    /// <summary>A page is not what SQLite wrote: reading it again will not help.</summary>
    public static bool IsDamage(Exception? failure) => SqliteErrors.Of(failure) is { SqliteErrorCode: raw.SQLITE_CORRUPT };

    /// <summary>The events of a range that are there, by ascending number; for any thread, which it blocks.</summary>
    /// <exception cref="SqliteException">Not even their numbers can be read.</exception>
    public IEnumerable<SalvagedEvent> Read(string persistenceId, long first, long last)
    {
        using var connection = _settings.Open();
        foreach (var (ordering, number) in Rows(connection, persistenceId, first, last))
        {
            if (ReadRow(connection, ordering, number) is { } found)
            {
                yield return found;
            }
        }
    }

    /// <summary>As <see cref="Read"/>; what cannot be read for now is left out.</summary>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(string persistenceId, long firstSequenceNr, long lastSequenceNr)
    {
        await Task.Yield();
        foreach (var found in Read(persistenceId, firstSequenceNr, lastSequenceNr))
        {
            if (found.Event is not null)
            {
                yield return new StoredEvent(found.SequenceNr, found.Event);
            }
        }
    }

    /// <summary>Number of the newest snapshot up to <paramref name="last"/>; 0 when there is none.</summary>
    internal long NewestSnapshot(string persistenceId, long last)
    {
        using var connection = _settings.Open();
        using var command = Command(connection, SelectSnapshot, persistenceId, 0, last);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>What can be read of an event's bytes, with zeros in the place of the rest; empty when nothing can.</summary>
    internal static byte[] ReadPieces(SqliteConnection connection, string persistenceId, long sequenceNr)
    {
        foreach (var (ordering, _) in Rows(connection, persistenceId, sequenceNr, sequenceNr))
        {
            return ReadPieces(connection, ordering).Bytes;
        }

        return [];
    }

    private static SalvagedEvent? ReadRow(SqliteConnection connection, long ordering, long number)
    {
        try
        {
            return ReadWhole(connection, ordering, number);
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            var (bytes, missing) = ReadPieces(connection, ordering);
            var reason = bytes.Length == 0
                ? $"SQLite cannot read it: {failure.Message}"
                : string.Create(CultureInfo.InvariantCulture, $"SQLite cannot read {missing} of its {bytes.Length} bytes: {failure.Message}");
            return new SalvagedEvent(number, JournalEventSerializer.Salvage(bytes, reason), failure);
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_IOERR)
        {
            return new SalvagedEvent(number, Event: null, failure);
        }
    }

    private static SalvagedEvent? ReadWhole(SqliteConnection connection, long ordering, long number)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT deleted, identifier, manifest, message FROM journal WHERE ordering = @ordering";
        command.Parameters.AddWithValue("@ordering", ordering);
        using var row = command.ExecuteReader();
        if (!row.Read() || row.GetBoolean(0))
        {
            return null;
        }

        var manifest = row.IsDBNull(2) ? string.Empty : row.GetString(2);
        return new SalvagedEvent(
            number,
            row.GetInt64(1) == JournalEventSerializer.Number
                ? JournalEventSerializer.Read(row.GetFieldValue<byte[]>(3), manifest)
                : new UnreadableEvent(manifest, "It is of a serializer that is not ours."),
            Failure: null);
    }

    /// <summary>As above, with how many bytes are missing.</summary>
    /// <param name="connection">To the file.</param>
    /// <param name="ordering">Place of the row in its table.</param>
    internal static (byte[] Bytes, int Missing) ReadPieces(SqliteConnection connection, long ordering)
    {
        try
        {
            using var blob = new SqliteBlob(connection, "journal", "message", ordering, readOnly: true);
            var bytes = new byte[blob.Length];
            var missing = 0;
            for (var at = 0; at < bytes.Length; at += PieceBytes)
            {
                missing += ReadPiece(blob, bytes.AsSpan(at, Math.Min(PieceBytes, bytes.Length - at)), at);
            }

            return (bytes, missing);
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            return ([], 0);
        }
    }

    // How much of it could not be read.
    private static int ReadPiece(SqliteBlob blob, Span<byte> piece, int at)
    {
        try
        {
            blob.Position = at;
            blob.ReadExactly(piece);
            return 0;
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            piece.Clear();
            return piece.Length;
        }
    }

    private static List<(long Ordering, long SequenceNr)> Rows(SqliteConnection connection, string persistenceId, long first, long last)
    {
        using var command = Command(connection, SelectRows, persistenceId, first, last);
        var rows = new List<(long, long)>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            rows.Add((row.GetInt64(0), row.GetInt64(1)));
        }

        return rows;
    }

    private static SqliteCommand Command(SqliteConnection connection, string statement, string persistenceId, long first, long last)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of the statements above.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("@id", persistenceId);
        command.Parameters.AddWithValue("@first", first);
        command.Parameters.AddWithValue("@last", last);
        return command;
    }
}

/// <summary>An event that was read by itself.</summary>
/// <param name="SequenceNr">Its number.</param>
/// <param name="Event">What of it could be read; null when the disk does not give it now, and may later.</param>
/// <param name="Failure">Why something of it is missing; null when nothing is.</param>
internal sealed record SalvagedEvent(long SequenceNr, object? Event, SqliteException? Failure);
