using ActorBroker.Contracts;
using ActorBroker.Contracts.Options;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>
/// Which journal keeps which virtual host, as the main journal remembers it from the first start with such a setting: what
/// a virtual host holds does not move by itself, and in another journal it would look as if nothing had ever been there.
/// </summary>
internal static class VirtualHostPlaces
{
    private const string Known = "SELECT coalesce((SELECT journal FROM virtual_host_journal WHERE virtual_host = $1), '')";

    // Without an order of their own, of several nodes that start at once one may wait for the other.
    private const string Remember = "INSERT INTO virtual_host_journal (virtual_host, journal) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    private const string IsInMain =
        """
        SELECT EXISTS (SELECT FROM journal WHERE persistence_id = $1) OR EXISTS (SELECT FROM snapshot WHERE persistence_id = $1)
        """;

    private const string Unassigned =
        """
        SELECT virtual_host || ' is kept in the journal ' || journal FROM virtual_host_journal
        WHERE virtual_host <> ALL ($1) ORDER BY virtual_host LIMIT 1
        """;

    /// <summary>Checks what the configuration says against what is remembered, and remembers what is new.</summary>
    /// <exception cref="StartupException">A virtual host is kept elsewhere than the configuration says.</exception>
    public static async Task CheckAsync(PostgreSqlJournal main, IReadOnlyList<NamedJournalOptions> further)
    {
        try
        {
            foreach (var journal in further)
            {
                foreach (var virtualHost in journal.VirtualHosts.Order(StringComparer.Ordinal))
                {
                    await CheckAsync(main, journal.Name, virtualHost).ConfigureAwait(false);
                }
            }

            var assigned = further.SelectMany(static journal => journal.VirtualHosts).ToArray();
            if (await main.ExecuteAsync(Unassigned, new NpgsqlParameter<string[]> { TypedValue = assigned }).ConfigureAwait(false) is string forgotten)
            {
                throw new StartupException($"actorbroker.journals: virtual host {forgotten}, and no section says so");
            }
        }
        catch (NpgsqlException failure)
        {
            throw new StartupException($"{main.Place} cannot be used: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    private static async Task CheckAsync(PostgreSqlJournal main, string journal, string virtualHost)
    {
        var known = (string)(await main.ExecuteAsync(Known, Text(virtualHost)).ConfigureAwait(false))!;
        if (known.Length > 0 && known != journal)
        {
            throw new StartupException($"actorbroker.journals.{journal}: virtual host {virtualHost} is kept in the journal {known}");
        }

        var catalogue = EntityIds.PersistenceId(EntityIds.CatalogueType, EntityIds.OfVirtualHost(virtualHost));
        if (known.Length == 0 && await main.ExecuteAsync(IsInMain, Text(catalogue)).ConfigureAwait(false) is true)
        {
            throw new StartupException($"actorbroker.journals.{journal}: virtual host {virtualHost} is kept in the main journal");
        }

        await main.ExecuteAsync(Remember, Text(virtualHost), Text(journal)).ConfigureAwait(false);
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
