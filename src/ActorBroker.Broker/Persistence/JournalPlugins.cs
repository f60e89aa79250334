using ActorBroker.Contracts;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;

namespace ActorBroker.Broker.Persistence;

/// <summary>Which plug-in of an actor system an entity uses, and which store that writes to; part of that system's setup.</summary>
public sealed class JournalPlugins : Setup
{
    /// <summary>Name of the plug-in of the main journal.</summary>
    internal const string MainName = "sql";

    private readonly Dictionary<string, IJournalStore> _stores;
    private readonly Dictionary<string, string> _pluginOfVirtualHost = new(StringComparer.Ordinal);

    internal JournalPlugins(IJournalStore main)
        : this(main, [])
    {
    }

    internal JournalPlugins(IJournalStore main, IEnumerable<(NamedJournalOptions Named, IJournalStore Store)> further)
    {
        Main = main;
        _stores = new Dictionary<string, IJournalStore>(StringComparer.Ordinal) { [MainName] = main };
        foreach (var (named, store) in further)
        {
            var plugin = $"{MainName}-{named.Name}";
            _stores.Add(plugin, store);
            foreach (var virtualHost in named.VirtualHosts)
            {
                _pluginOfVirtualHost.Add(EntityIds.OfVirtualHost(virtualHost), plugin);
            }
        }
    }

    internal IJournalStore Main { get; }

    /// <summary>Stores by the names of their plug-ins.</summary>
    internal IReadOnlyDictionary<string, IJournalStore> Stores => _stores;

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

    private static string IdOf(ActorSystem system, string section, string persistenceId) =>
        Of(system)?.NameOf(persistenceId) is { } plugin ? IdOf(section, plugin) : string.Empty;

    // TYPE/VIRTUAL-HOST or TYPE/VIRTUAL-HOST:NAME. Null for the main journal.
    private string? NameOf(string persistenceId)
    {
        if (_pluginOfVirtualHost.Count == 0)
        {
            return null;
        }

        var rest = persistenceId.AsSpan(persistenceId.IndexOf('/', StringComparison.Ordinal) + 1);
        var virtualHost = rest.IndexOf(':') is >= 0 and var end ? rest[..end] : rest;
        return IsOfVirtualHost(persistenceId) ? _pluginOfVirtualHost.GetValueOrDefault(virtualHost.ToString()) : null;
    }

    private static bool IsOfVirtualHost(string persistenceId) =>
        !persistenceId.StartsWith(EntityIds.AccessType + "/", StringComparison.Ordinal)
        && !persistenceId.StartsWith(EntityIds.TransactionType + "/", StringComparison.Ordinal);
}
