using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Akka.Actor.Setup;
using Akka.Configuration;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>What the node keeps, from the start of its process to the end, whatever becomes of its actor systems.</summary>
internal sealed class NodeStore : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly BrokerOptions _options;
    private JournalStores _journals;

    private NodeStore(DataFolder folder, BrokerOptions options, JournalStores journals) => (_folder, _options, _journals) = (folder, options, journals);

    /// <inheritdoc cref="JournalStores.Databases"/>
    public IReadOnlyList<JournalDatabase> Databases => _journals.Databases;

    /// <summary>It is this node's alone: a file in its data folder.</summary>
    public bool IsOwn => _options.Journal.Provider == JournalProvider.Sqlite;

    /// <exception cref="StartupException">A journal cannot be used.</exception>
    public static async Task<NodeStore> OpenAsync(DataFolder folder, BrokerOptions options) =>
        new(folder, options, await OpenJournalsAsync(folder, options).ConfigureAwait(false));

    /// <inheritdoc cref="JournalStores.SetupOf"/>
    public ActorSystemSetup SetupOf(Config config) => _journals.SetupOf(config);

    /// <summary>Deletes everything in it, which has to be its own. The actor system must have ended.</summary>
    /// <exception cref="StartupException">It cannot be deleted.</exception>
    public async Task EmptyAsync()
    {
        await _journals.DisposeAsync().ConfigureAwait(false);
        try
        {
            JournalStores.Delete(_folder, _options.Journal);
        }
        finally
        {
            _journals = await OpenJournalsAsync(_folder, _options).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _journals.DisposeAsync();

    private static Task<JournalStores> OpenJournalsAsync(DataFolder folder, BrokerOptions options) => JournalStores.OpenAsync(
        folder, options.Journal, options.Journals, static failure => Log.Warning("Upkeep of the journal failed, to be tried again: {Reason}", failure.Message));
}
