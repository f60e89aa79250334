using System.Collections.Concurrent;
using ActorBroker.Broker.Persistence.PostgreSql;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// Which plug-in of an actor system an entity uses, and which store that writes to; part of that system's setup.
/// <para>
/// Where there are several journals the entity's virtual host says which. A virtual host that this node has met is
/// remembered; for one that it has not the first entity asks the main journal, and waits for the answer: an entity that
/// began in the wrong journal would be empty.
/// </para>
/// </summary>
public sealed class JournalPlugins : Setup, IVirtualHostPlaces
{
    /// <summary>Name of the plug-in of the main journal.</summary>
    internal const string MainName = "sql";

    private readonly Dictionary<string, IJournalStore> _stores;

    // Plug-ins by virtual hosts as they are in ids; null for the main one.
    private readonly ConcurrentDictionary<string, string?> _pluginOfVirtualHost = new(StringComparer.Ordinal);
    private readonly VirtualHostPlaces? _places;

    internal JournalPlugins(IJournalStore main)
    {
        Main = main;
        _stores = new Dictionary<string, IJournalStore>(StringComparer.Ordinal) { [MainName] = main };
    }

    internal JournalPlugins(IJournalStore main, IEnumerable<(string Name, IJournalStore Store)> further, VirtualHostPlaces places)
        : this(main)
    {
        foreach (var (name, store) in further)
        {
            _stores.Add(PluginOf(name)!, store);
        }

        _places = places;
        foreach (var (virtualHost, journal) in places.Remembered)
        {
            _pluginOfVirtualHost[EntityIds.OfVirtualHost(virtualHost)] = PluginOf(journal);
        }
    }

    internal IJournalStore Main { get; }

    /// <summary>Stores by the names of their plug-ins.</summary>
    internal IReadOnlyDictionary<string, IJournalStore> Stores => _stores;

    private bool HasFurther => _stores.Count > 1;

    /// <summary>Where virtual hosts of an actor system are kept; null where there is one journal.</summary>
    public static IVirtualHostPlaces? PlacesOf(ActorSystem system) => Of(system) is { HasFurther: true } plugins ? plugins : null;

    /// <summary>Those of an actor system, or null.</summary>
    internal static JournalPlugins? Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var setup = system.Settings.Setup.Get<JournalPlugins>();
        return setup.HasValue ? setup.Value : null;
    }

    /// <summary>The journal plug-in of an entity, by its whole id; empty for the main one.</summary>
    public static string JournalOf(ActorSystem system, string persistenceId) => IdOf(system, "journal", persistenceId);

    /// <summary>The snapshot plug-in of an entity, by its whole id; empty for the main one.</summary>
    public static string SnapshotsOf(ActorSystem system, string persistenceId) => IdOf(system, "snapshot-store", persistenceId);

    /// <inheritdoc/>
    public bool Has(string journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        return PluginOf(journal) is { } plugin && _stores.ContainsKey(plugin);
    }

    /// <inheritdoc/>
    public async Task<string?> PlaceAsync(string virtualHost, string? journal)
    {
        ArgumentNullException.ThrowIfNull(virtualHost);
        return NamedJournalOptions.MayKeep(virtualHost) && _places is not null && await _places.PlaceAsync(virtualHost, journal ?? string.Empty).ConfigureAwait(false) is { Length: > 0 } place
            ? place
            : null;
    }

    /// <summary>The whole id of a plug-in.</summary>
    internal static string IdOf(string section, string plugin) => $"akka.persistence.{section}.{plugin}";

    /// <summary>Where an entity is kept.</summary>
    internal IJournalStore StoreOf(string persistenceId) => NameOf(persistenceId) is { } plugin ? _stores[plugin] : Main;

    /// <summary>That of a plug-in, which asks for itself.</summary>
    internal static IJournalStore StoreOf(IActorContext plugin)
    {
        var id = plugin.Self.Path.Name;
        return Of(plugin.System) is { } plugins && plugins._stores.TryGetValue(id[(id.LastIndexOf('.') + 1)..], out var store)
            ? store
            : throw new InvalidOperationException($"{id} belongs to no journal.");
    }

    private static string? PluginOf(string journal) => journal.Length == 0 ? null : $"{MainName}-{journal}";

    private static string IdOf(ActorSystem system, string section, string persistenceId) =>
        Of(system)?.NameOf(persistenceId) is { } plugin ? IdOf(section, plugin) : string.Empty;

    // TYPE/VIRTUAL-HOST or TYPE/VIRTUAL-HOST:NAME. Null for the main journal.
    private string? NameOf(string persistenceId)
    {
        if (!HasFurther || !IsOfVirtualHost(persistenceId))
        {
            return null;
        }

        var rest = persistenceId.AsSpan(persistenceId.IndexOf('/', StringComparison.Ordinal) + 1);
        var virtualHost = rest.IndexOf(':') is >= 0 and var end ? rest[..end] : rest;
        return virtualHost.Length <= NamedJournalOptions.VirtualHostLengthMax
            ? _pluginOfVirtualHost.GetOrAdd(virtualHost.ToString(), static (name, plugins) => plugins.Ask(name), this)
            : null;
    }

    private string? Ask(string virtualHostInIds) =>
        PluginOf(PlaceAsync(Uri.UnescapeDataString(virtualHostInIds), null).ConfigureAwait(false).GetAwaiter().GetResult() ?? string.Empty);

    private static bool IsOfVirtualHost(string persistenceId) =>
        !persistenceId.StartsWith(EntityIds.AccessType + "/", StringComparison.Ordinal)
        && !persistenceId.StartsWith(EntityIds.TransactionType + "/", StringComparison.Ordinal);
}
