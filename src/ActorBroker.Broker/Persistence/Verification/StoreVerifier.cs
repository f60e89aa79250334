using System.Globalization;
using ActorBroker.Contracts;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>Reads a whole store that no broker uses, as recoveries and reads would, and says what is wrong with it.</summary>
public static class StoreVerifier
{
    private const int FileProblemsMax = 100;
    private const int RowsBetweenReports = 64;

    /// <summary>Reads the store.</summary>
    /// <param name="file">Path of the journal; nobody else has it open.</param>
    /// <param name="progress">Told the part of the events that have been read, from 0 to 1; null for nobody.</param>
    public static StoreReport Verify(string file, IProgress<double>? progress = null)
    {
        var findings = new List<StoreFinding>();
        var names = new NameCheck();
        var counts = new Counts();
        try
        {
            using var connection = StoreFile.Open(file);
            findings.AddRange(FileFindings(connection));
            counts.EventsInAll = progress is null ? 0 : EventsIn(connection);
            Read(connection, findings, names, counts, progress);
            counts.InQuarantine = InQuarantine(connection);
        }
        catch (SqliteException failure)
        {
            findings.Add(new StoreFinding(StoreFindingKind.File, null, null, $"SQLite cannot read on: {failure.Message}"));
        }

        if (findings.TrueForAll(static finding => finding.Kind != StoreFindingKind.File))
        {
            findings.AddRange(names.Findings());
        }

        return new StoreReport(
            file, DataFolder.FormatVersion, new FileInfo(file).Length, counts.Events, counts.Snapshots, counts.Entities, counts.InQuarantine, findings);
    }

    private static List<StoreFinding> FileFindings(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A number of our own; PRAGMA takes no parameters.
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA integrity_check({FileProblemsMax})");
#pragma warning restore CA2100
        using var row = command.ExecuteReader();
        var findings = new List<StoreFinding>();
        while (row.Read())
        {
            if (row.GetString(0) is not "ok" and var problem)
            {
                findings.Add(new StoreFinding(StoreFindingKind.File, null, null, $"SQLite: {problem.ReplaceLineEndings(" ")}"));
            }
        }

        return findings;
    }

    private static void Read(SqliteConnection connection, List<StoreFinding> findings, NameCheck names, Counts counts, IProgress<double>? progress)
    {
        var snapshots = new Dictionary<string, List<long>>(StringComparer.Ordinal);
        foreach (var row in Rows(connection, StoredRow.SelectSnapshots))
        {
            counts.Snapshots++;
            if (!snapshots.TryGetValue(row.PersistenceId, out var readable))
            {
                snapshots.Add(row.PersistenceId, readable = []);
            }

            if (row.Content is UnreadableEvent unreadable)
            {
                findings.Add(new StoreFinding(StoreFindingKind.UnreadableSnapshot, row.PersistenceId, row.SequenceNr, unreadable.Reason));
                continue;
            }

            readable.Add(row.SequenceNr);
            names.Add(row);
        }

        EntityCheck? entity = null;
        var withEvents = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in Rows(connection, StoredRow.SelectEvents))
        {
            if (entity?.PersistenceId != row.PersistenceId)
            {
                entity?.End(snapshots.ContainsKey(entity.PersistenceId));
                entity = new EntityCheck(row.PersistenceId, snapshots.GetValueOrDefault(row.PersistenceId) ?? [], findings);
                withEvents.Add(row.PersistenceId);
            }

            counts.Events += row.Content is null ? 0 : 1;
            counts.Rows++;
            if (counts.Rows % RowsBetweenReports == 0)
            {
                progress?.Report((double)counts.Rows / Math.Max(counts.EventsInAll, 1));
            }

            entity.Add(row);
            names.Add(row);
        }

        entity?.End(snapshots.ContainsKey(entity.PersistenceId));
        foreach (var (id, readable) in snapshots)
        {
            if (!withEvents.Contains(id))
            {
                new EntityCheck(id, readable, findings).End(hadSnapshots: true);
            }
        }

        counts.Entities = withEvents.Union(snapshots.Keys).Count();
    }

    private static IEnumerable<StoredRow> Rows(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of the two of StoredRow.
        command.CommandText = statement;
#pragma warning restore CA2100
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return StoredRow.Read(row);
        }
    }

    private static long EventsIn(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM journal";
        return (long)command.ExecuteScalar()!;
    }

    // Stores of earlier versions have no such table.
    private static long InQuarantine(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE name = 'journal_quarantine'";
        if ((long)command.ExecuteScalar()! == 0)
        {
            return 0;
        }

        command.CommandText = "SELECT count(*) FROM journal_quarantine";
        return (long)command.ExecuteScalar()!;
    }

    private sealed class Counts
    {
        public long EventsInAll { get; set; }

        public long Rows { get; set; }

        public long Events { get; set; }

        public long Snapshots { get; set; }

        public long Entities { get; set; }

        public long InQuarantine { get; set; }
    }
}
