using ActorBroker.Testing.PostgreSql;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence.PostgreSql;

/// <summary>What the other tests expect of the server that they break.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task A_server_that_was_stopped_comes_back_on_its_port_with_what_it_held()
    {
        await using var server = await PostgresServer.StartAsync("max_connections=20");
        await server.ExecuteAsync("CREATE TABLE kept (number int); INSERT INTO kept VALUES (1)");
        var before = server.Port;

        await server.StopImmediateAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ExecuteAsync("SELECT 1"));
        await server.StartAgainAsync();
        await server.StopFastAsync();
        await server.StartAgainAsync();

        Assert.Equal(before, server.Port);
        Assert.Equal("1|20", await server.ExecuteAsync("SELECT number, current_setting('max_connections') FROM kept"));
    }
}
