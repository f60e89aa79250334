using ActorBroker.Contracts;
using ActorBroker.Contracts.Options;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>
/// Which journal keeps which virtual host, as the main journal remembers it from the first use: what a virtual host holds does
/// not move by itself, and in another journal it would look as if nothing had ever been there. No row is ever changed, so that
/// what a node has read holds.
/// </summary>
internal sealed class VirtualHostPlaces
{
    private const string All = "SELECT array_agg(ARRAY[virtual_host, journal]) FROM virtual_host_journal";

    private const string Known = "SELECT journal FROM virtual_host_journal WHERE virtual_host = $1";

    // Without an order of their own, of several nodes that start at once one may wait for the other.
    private const string Remember = "INSERT INTO virtual_host_journal (virtual_host, journal) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    private const string IsInMain =
        """
        SELECT EXISTS (SELECT FROM journal WHERE persistence_id = $1) OR EXISTS (SELECT FROM snapshot WHERE persistence_id = $1)
        """;

    private readonly PostgreSqlJournal _main;

    private VirtualHostPlaces(PostgreSqlJournal main) => _main = main;

    /// <summary>What is remembered: names of journals by virtual host, empty for the main one.</summary>
    public IReadOnlyDictionary<string, string> Remembered { get; private set; } = new Dictionary<string, string>();

    /// <summary>Checks what the configuration says against what is remembered, and remembers what is new.</summary>
    /// <exception cref="StartupException">A virtual host is kept elsewhere than the configuration says, or where it says nothing of.</exception>
    public static async Task<VirtualHostPlaces> OpenAsync(PostgreSqlJournal main, IReadOnlyList<NamedJournalOptions> further)
    {
        var places = new VirtualHostPlaces(main);
        try
        {
            foreach (var journal in further)
            {
                foreach (var virtualHost in journal.VirtualHosts.Order(StringComparer.Ordinal))
                {
                    await places.CheckAsync(journal.Name, virtualHost).ConfigureAwait(false);
                }
            }

            places.Remembered = await places.AllAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException failure)
        {
            throw new StartupException($"{main.Place} cannot be used: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }

        var names = further.Select(static journal => journal.Name).Append(string.Empty).ToHashSet(StringComparer.Ordinal);
        foreach (var (virtualHost, journal) in places.Remembered.OrderBy(static place => place.Key, StringComparer.Ordinal))
        {
            if (!names.Contains(journal))
            {
                throw new StartupException($"actorbroker.journals: virtual host {virtualHost} is kept in the journal {journal}, and there is no section of that name");
            }
        }

        return places;
    }

    /// <summary>Where a virtual host is kept from here on: in this journal, unless it is kept in another already.</summary>
    /// <param name="virtualHost">Its name.</param>
    /// <param name="journal">Name of a further journal; empty for the main one.</param>
    /// <returns>Name of the journal, or empty.</returns>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<string> PlaceAsync(string virtualHost, string journal)
    {
        if (await KnownAsync(virtualHost).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        // Of versions that remembered only what is elsewhere.
        var catalogue = EntityIds.PersistenceId(EntityIds.CatalogueType, EntityIds.OfVirtualHost(virtualHost));
        var place = journal.Length > 0 && await _main.ExecuteAsync(IsInMain, Text(catalogue)).ConfigureAwait(false) is true ? string.Empty : journal;
        await _main.ExecuteAsync(Remember, Text(virtualHost), Text(place)).ConfigureAwait(false);
        return await KnownAsync(virtualHost).ConfigureAwait(false) ?? throw new InvalidOperationException($"The place of virtual host {virtualHost} was forgotten.");
    }

    private async Task CheckAsync(string journal, string virtualHost)
    {
        var place = await PlaceAsync(virtualHost, journal).ConfigureAwait(false);
        if (place != journal)
        {
            throw new StartupException(
                $"actorbroker.journals.{journal}: virtual host {virtualHost} is kept in {(place.Length == 0 ? "the main journal" : $"the journal {place}")}");
        }
    }

    private async Task<string?> KnownAsync(string virtualHost) => await _main.ExecuteAsync(Known, Text(virtualHost)).ConfigureAwait(false) as string;

    private async Task<Dictionary<string, string>> AllAsync()
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await _main.ExecuteAsync(All).ConfigureAwait(false) is string[,] rows)
        {
            for (var i = 0; i < rows.GetLength(0); i++)
            {
                places.Add(rows[i, 0], rows[i, 1]);
            }
        }

        return places;
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
