using ActorBroker.Broker.Persistence.PostgreSql;
using ActorBroker.Broker.Persistence.Sqlite;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;

namespace ActorBroker.Broker.Persistence;

/// <summary>What a node's entities are kept in: opened before its actor system starts, disposed of after that has ended.</summary>
public sealed class JournalStores : IAsyncDisposable
{
    private static readonly string[] Sections = ["journal", "snapshot-store"];

    private readonly JournalPlugins _plugins;

    private JournalStores(JournalPlugins plugins) => _plugins = plugins;

    /// <summary>The databases that other nodes may name too, the main journal's first; none where the journal is a file.</summary>
    public IReadOnlyList<JournalDatabase> Databases { get; private init; } = [];

    /// <summary>Connects, and creates what is not there yet.</summary>
    /// <param name="folder">The node's data folder, which this process holds; SQLite needs one.</param>
    /// <param name="options">Where everything is kept.</param>
    /// <param name="onUpkeepFailure">Told when upkeep of a database fails, on any thread; it is tried again.</param>
    /// <exception cref="StartupException">A database cannot be used.</exception>
    public static Task<JournalStores> OpenAsync(DataFolder? folder, JournalOptions options, Action<Exception> onUpkeepFailure) =>
        OpenAsync(folder, options, [], onUpkeepFailure);

    /// <inheritdoc cref="OpenAsync(DataFolder?, JournalOptions, Action{Exception})"/>
    /// <param name="folder">The node's data folder, which this process holds; SQLite needs one.</param>
    /// <param name="main">Where everything is kept that no further journal has.</param>
    /// <param name="further">Further journals.</param>
    /// <param name="onUpkeepFailure">Told when upkeep of a database fails, on any thread; it is tried again.</param>
    public static async Task<JournalStores> OpenAsync(
        DataFolder? folder, JournalOptions main, IReadOnlyList<NamedJournalOptions> further, Action<Exception> onUpkeepFailure)
    {
        ArgumentNullException.ThrowIfNull(main);
        ArgumentNullException.ThrowIfNull(further);
        if (main.Provider == JournalProvider.Sqlite)
        {
            return new JournalStores(new JournalPlugins(SqliteJournal.Prepare(folder ?? throw new ArgumentNullException(nameof(folder)), main, onUpkeepFailure)));
        }

        VirtualHostPlaces places;
        List<PostgreSqlJournal> opened = [await PostgreSqlJournal.OpenAsync(main, onUpkeepFailure).ConfigureAwait(false)];
        try
        {
            foreach (var journal in further)
            {
                opened.Add(await PostgreSqlJournal.OpenAsync(journal.Journal, onUpkeepFailure).ConfigureAwait(false));
            }

            places = await VirtualHostPlaces.OpenAsync(opened[0], further).ConfigureAwait(false);
        }
        catch
        {
            foreach (var journal in opened)
            {
                await journal.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }

        return new JournalStores(new JournalPlugins(opened[0], further.Zip(opened.Skip(1), static (named, store) => (named.Name, (IJournalStore)store)), places))
        {
            Databases = [.. opened.Select((journal, index) => new JournalDatabase(index == 0 ? null : further[index - 1].Name, journal.Place, journal.Identity))],
        };
    }

    /// <summary>Deletes the journal in a data folder with everything in it. Nobody may have it open.</summary>
    /// <param name="folder">The folder, which this process holds.</param>
    /// <param name="options">Which file it is.</param>
    /// <exception cref="StartupException">It cannot be deleted.</exception>
    public static void Delete(DataFolder folder, JournalOptions options)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        SqliteJournal.Delete(folder, options);
    }

    /// <summary>What an actor system starts with that is to keep its entities here.</summary>
    /// <param name="config">Its configuration, without that of the plug-ins.</param>
    public ActorSystemSetup SetupOf(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var connections = new MultiDataOptionsSetup();
        var all = config;
        foreach (var (plugin, store) in _plugins.Stores)
        {
            var template = BrokerConfiguration.Journal(store.Kind);
            foreach (var section in Sections)
            {
                var id = JournalPlugins.IdOf(section, plugin);
                connections.AddDataOptions(id, store.Connections);
                all = all.WithFallback(BrokerConfiguration.At(template.GetConfig(section), "akka", "persistence", section, plugin));
                if (plugin != JournalPlugins.MainName)
                {
                    all = all
                        .WithFallback(BrokerConfiguration.At(ConfigurationFactory.FromObject(new Dictionary<string, object> { ["plugin-id"] = id }), "akka", "persistence", section, plugin))
                        .WithFallback(BrokerConfiguration.At(config.GetConfig(JournalPlugins.IdOf(section, JournalPlugins.MainName)), "akka", "persistence", section, plugin));
                }
            }
        }

        return ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(all.WithFallback(SqlPersistence.DefaultConfiguration)), connections, _plugins);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _plugins.Stores.Values)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }
}
