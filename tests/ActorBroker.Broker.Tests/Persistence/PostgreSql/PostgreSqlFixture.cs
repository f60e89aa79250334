using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using ActorBroker.Testing.PostgreSql;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence.PostgreSql;

/// <summary>One server for all tests of a class; a database for each of them.</summary>
public sealed class PostgreSqlFixture : IAsyncLifetime
{
    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>A new database; answers its connection string.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await Server.ExecuteAsync($"CREATE DATABASE {name}");
        return Server.ConnectionStringOf(name);
    }
}

/// <summary>Actor systems on a journal in PostgreSQL, set up as the broker sets it up.</summary>
internal static class PostgreSqlSystem
{
    public static JournalOptions Options(string connectionString, params string[] settings) => JournalOptions.Read(new SettingReader(
        BrokerConfiguration.With(
            BrokerConfiguration.Shipped(BrokerConfiguration.Test),
            ["actorbroker.journal.provider=postgresql", $"actorbroker.journal.connection-string={connectionString}", .. settings])));

    /// <summary>Runs a node's part of a test.</summary>
    public static async Task UseAsync(string connectionString, Func<ActorSystem, Task> use, params string[] settings)
    {
        await using var journals = await JournalStores.OpenAsync(folder: null, Options(connectionString, settings), static _ => { });
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
}
