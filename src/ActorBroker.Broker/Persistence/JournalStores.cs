using ActorBroker.Broker.Persistence.PostgreSql;
using ActorBroker.Broker.Persistence.Sqlite;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;

namespace ActorBroker.Broker.Persistence;

/// <summary>What a node's entities are kept in: opened before its actor system starts, disposed of after that has ended.</summary>
public sealed class JournalStores : IAsyncDisposable
{
    private const string PluginId = "sql";

    private readonly IJournalStore _main;

    private JournalStores(IJournalStore main) => _main = main;

    /// <summary>Connects, and creates what is not there yet.</summary>
    /// <param name="folder">The node's data folder, which this process holds; SQLite needs one.</param>
    /// <param name="options">Where everything is kept.</param>
    /// <param name="onUpkeepFailure">Told when upkeep of a database fails, on any thread; it is tried again.</param>
    /// <exception cref="StartupException">A database cannot be used.</exception>
    public static async Task<JournalStores> OpenAsync(DataFolder? folder, JournalOptions options, Action<Exception> onUpkeepFailure)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new JournalStores(options.Provider switch
        {
            JournalProvider.PostgreSql => await PostgreSqlJournal.OpenAsync(options).ConfigureAwait(false),
            _ => SqliteJournal.Prepare(folder ?? throw new ArgumentNullException(nameof(folder)), options, onUpkeepFailure),
        });
    }

    /// <summary>What an actor system starts with that is to keep its entities here.</summary>
    /// <param name="config">Its configuration, without that of the plug-ins.</param>
    public ActorSystemSetup SetupOf(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var template = BrokerConfiguration.Journal(_main.Kind);
        var plugins = Plugin("journal", template).WithFallback(Plugin("snapshot-store", template));
        var connections = new MultiDataOptionsSetup();
        connections.AddDataOptions($"akka.persistence.journal.{PluginId}", _main.Connections);
        connections.AddDataOptions($"akka.persistence.snapshot-store.{PluginId}", _main.Connections);
        return ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(config.WithFallback(plugins).WithFallback(SqlPersistence.DefaultConfiguration)),
            connections,
            new JournalPlugins(_main));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _main.DisposeAsync();

    private static Config Plugin(string section, Config template) =>
        At(template.GetConfig(section), "akka", "persistence", section, PluginId);

    private static Config At(Config settings, params ReadOnlySpan<string> path)
    {
        var value = settings.Root;
        for (var i = path.Length - 1; i >= 0; i--)
        {
            var parent = new HoconObject();
            parent.Items[path[i]] = value;
            value = new HoconValue();
            value.AppendValue(parent);
        }

        return new Config(new HoconRoot(value));
    }
}
