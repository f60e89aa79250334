using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence.PostgreSql;

/// <summary>The tables: created once, and by nobody who does not know them.</summary>
public sealed class PostgreSqlSchemaTests(PostgreSqlFixture postgres) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task Several_nodes_that_start_at_once_create_the_tables_once()
    {
        var database = await postgres.NewDatabaseAsync();

        var stores = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => OpenAsync(database))));
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        await (await OpenAsync(database)).DisposeAsync();
        Assert.Equal("1", await InAsync(database, "SELECT version FROM actorbroker_format"));
        Assert.Equal("e", await InAsync(database, "SELECT attstorage FROM pg_attribute WHERE attrelid = 'journal'::regclass AND attname = 'message'"));
        Assert.Equal("journal_deleted\njournal_uq", await InAsync(database, "SELECT indexname FROM pg_indexes WHERE tablename = 'journal' ORDER BY 1"));
    }

    [Fact]
    public async Task Tables_of_a_newer_version_are_refused()
    {
        var database = await postgres.NewDatabaseAsync();
        await (await OpenAsync(database)).DisposeAsync();
        await InAsync(database, "UPDATE actorbroker_format SET version = 2");

        var refused = await Assert.ThrowsAsync<StartupException>(() => OpenAsync(database));

        Assert.EndsWith("has format 2, written by a newer version; this one reads up to 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_database_and_schema_is_known_by_an_identity_that_stays_also_where_an_earlier_version_gave_none()
    {
        var database = await postgres.NewDatabaseAsync();
        var identity = await IdentityAsync(database);
        Assert.Equal(identity, await IdentityAsync(database));
        Assert.NotEqual(identity, await IdentityAsync(await postgres.NewDatabaseAsync()));
        await InAsync(database, "CREATE SCHEMA another");
        Assert.NotEqual(identity, await IdentityAsync(database + ";Search Path=another"));

        await InAsync(database, "DROP TABLE actorbroker_identity");
        Assert.Equal(await IdentityAsync(database), await IdentityAsync(database));
    }

    [Fact]
    public async Task Tables_of_somebody_else_are_left_alone()
    {
        var database = await postgres.NewDatabaseAsync();
        await InAsync(database, "CREATE TABLE journal (entry TEXT)");

        var refused = await Assert.ThrowsAsync<StartupException>(() => OpenAsync(database));

        Assert.Contains("relation \"journal\" already exists", refused.Message, StringComparison.Ordinal);
        Assert.Equal("", await InAsync(database, "SELECT to_regclass('actorbroker_format')"));
    }

    [Fact]
    public async Task A_schema_of_its_own_may_be_named()
    {
        var database = await postgres.NewDatabaseAsync();
        await InAsync(database, "CREATE SCHEMA broker; CREATE TABLE journal (entry TEXT)");

        await (await OpenAsync(database + ";Search Path=broker")).DisposeAsync();

        Assert.Equal("broker", await InAsync(database, "SELECT table_schema FROM information_schema.tables WHERE table_name = 'actorbroker_format'"));
    }

    [Theory]
    [InlineData("Database=no_such_database")]
    [InlineData("Username=nobody")]
    public async Task A_database_that_cannot_be_used_is_refused_at_once_and_named_without_a_password(string setting)
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => OpenAsync($"{postgres.Server.ConnectionString};{setting};Password=hidden"));

        Assert.Contains($"of PostgreSQL at 127.0.0.1:{postgres.Server.Port} cannot be used: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_that_is_none_is_refused_without_being_repeated()
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => OpenAsync("Host=a;Pasword=hidden"));

        Assert.StartsWith("actorbroker.journal.connection-string: expected", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    private static Task<JournalStores> OpenAsync(string connectionString) =>
        JournalStores.OpenAsync(folder: null, PostgreSqlSystem.Options(connectionString), static _ => { });

    private static async Task<string> IdentityAsync(string connectionString)
    {
        await using var store = await OpenAsync(connectionString);
        return Assert.Single(store.Databases).Identity;
    }

    private Task<string> InAsync(string connectionString, string statements) =>
        postgres.Server.ExecuteAsync(statements, PostgreSqlJournalTests.NameOf(connectionString));
}
