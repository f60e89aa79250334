using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

/// <summary>Actor systems one after the other on a journal in a folder of its own, set up as the broker sets it up.</summary>
public abstract class SqliteJournalTest : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("actorbroker-").FullName;

    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Path of the journal.</summary>
    protected string File => Path.Combine(_path, "journal.db");

    public void Dispose()
    {
        Directory.Delete(_path, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task WithSystem(Func<ActorSystem, Task> use)
    {
        using var folder = Folder();
        await using var journals = await JournalStores.OpenAsync(folder, Options(), OnUpkeepFailure);
        // The ledger's messages have no serializer, its events (byte arrays) do.
        var config = BrokerConfiguration.With(
            BrokerConfiguration.Shipped(BrokerConfiguration.Test), "akka.actor.provider=local", "akka.actor.serialize-messages=off", "akka.loglevel=OFF");
        var system = ActorSystem.Create("journal", journals.SetupOf(config));
        try
        {
            await use(system);
        }
        finally
        {
            await system.Terminate();
        }
    }

    /// <summary>Upkeep fails no test, unless it was to meet a fault.</summary>
    private protected virtual void OnUpkeepFailure(Exception failure) => Fail(failure);

    private protected DataFolder Folder() => DataFolder.Open(new DataOptions(_path));

    private protected static JournalOptions Options() => BrokerOptions.Read(BrokerConfiguration.Shipped(BrokerConfiguration.Test)).Journal;

    private protected static void Fail(Exception failure) => Assert.Fail(failure.Message);
}
