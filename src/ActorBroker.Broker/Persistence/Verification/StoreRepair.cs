using ActorBroker.Broker.Persistence.Sqlite;
using System.Globalization;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>
/// Sets aside what is broken in a store that no broker uses: a copy goes into quarantine, and something readable takes
/// its place, so that a broker starts and serves the rest. Queues and exchanges that a catalogue has lost are named again.
/// </summary>
public static class StoreRepair
{
    // What one round sets aside may show what else is missing.
    private const int RoundsMax = 4;

    // In one event of a catalogue.
    private const int NamesAtOnce = 4_096;

    /// <summary>Repairs a store and verifies it.</summary>
    /// <param name="file">Path of the journal; nobody else has it open.</param>
    /// <param name="options">How a new file is made, should SQLite itself be unable to read this one.</param>
    /// <param name="now">For the quarantine.</param>
    /// <param name="tell">Told of each thing that was done.</param>
    /// <returns>The store as it is afterwards.</returns>
    public static StoreReport Repair(string file, JournalOptions options, DateTimeOffset now, Action<string> tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        var report = StoreVerifier.Verify(file);
        if (report.Findings.Any(static finding => finding.Kind == StoreFindingKind.File))
        {
            StoreSalvage.Rebuild(file, options, now, tell);
            report = StoreVerifier.Verify(file);
        }

        for (var round = 0; round < RoundsMax && report.IsDamaged; round++)
        {
            Repair(file, options, now, tell, report);
            report = StoreVerifier.Verify(file);
        }

        if (report.Findings.Any(static finding => finding.Unnamed is not null))
        {
            NameAgain(file, options, now, tell, report);
            report = StoreVerifier.Verify(file);
        }

        return report;
    }

    // What a catalogue has lost of its names, the journals of queues and exchanges still say. Its policies they do not.
    private static void NameAgain(string file, JournalOptions options, DateTimeOffset now, Action<string> tell, StoreReport report)
    {
        using var connection = StoreFile.Open(file);
        SqliteJournal.CreateTables(connection, options);
        using var transaction = connection.BeginTransaction();
        var rows = new StoreRows(connection, transaction, now);
        foreach (var virtualHost in report.Findings.Select(static finding => finding.Unnamed).OfType<UnnamedEntity>().GroupBy(static entity => entity.VirtualHost))
        {
            var names = virtualHost.Select(static entity => new NameChange(true, new CatalogueName(entity.Name.Kind, entity.Name.Name, Durable: true)));
            foreach (var some in names.Chunk(NamesAtOnce))
            {
                rows.Append(
                    EntityIds.PersistenceId(EntityIds.CatalogueType, EntityIds.OfVirtualHost(virtualHost.Key)), new NamesRecorded(virtualHost.Key, some));
            }

            tell(string.Create(CultureInfo.InvariantCulture, $"named again: {virtualHost.Count()} queues and exchanges of vhost '{virtualHost.Key}'"));
        }

        transaction.Commit();
    }

    private static void Repair(string file, JournalOptions options, DateTimeOffset now, Action<string> tell, StoreReport report)
    {
        using var connection = StoreFile.Open(file);
        SqliteJournal.CreateTables(connection, options);
        using var transaction = connection.BeginTransaction();
        var rows = new StoreRows(connection, transaction, now);
        foreach (var finding in report.Findings.Where(static finding => finding is { IsDamage: true, PersistenceId: not null }))
        {
            Repair(rows, finding);
            tell($"set aside: {finding.Place}: {finding.Text}");
        }

        transaction.Commit();
    }

    private static void Repair(StoreRows rows, StoreFinding finding)
    {
        var id = finding.PersistenceId!;
        switch (finding.Kind)
        {
            case StoreFindingKind.DamagedMessages when rows.Read(id, finding.SequenceNr!.Value) is MessagesWritten written:
                rows.KeepEvent(id, finding.SequenceNr.Value, finding.Text);
                rows.Replace(id, finding.SequenceNr.Value, written with { Damage = null });
                break;
            case StoreFindingKind.UnreadableEvent:
                rows.KeepEvent(id, finding.SequenceNr!.Value, finding.Text);
                rows.Replace(id, finding.SequenceNr.Value, new EventSetAside(rows.ManifestOf(id, finding.SequenceNr.Value), finding.Text));
                break;
            case StoreFindingKind.UnreadableSnapshot:
                rows.KeepSnapshot(id, finding.SequenceNr!.Value, finding.Text);
                rows.DeleteSnapshot(id, finding.SequenceNr.Value);
                break;
            case StoreFindingKind.NoBeginning:
                rows.KeepAll(id, finding.Text);
                rows.DeleteAll(id);
                break;
        }
    }
}
