using System.Net;
using System.Net.Sockets;
using ActorBroker.Contracts.Options;
using Xunit;

namespace ActorBroker.Management.Tests.Health;

public sealed class HealthEndpointsSpec : IAsyncLifetime
{
    private static readonly HttpClient Client = new();

    private readonly SettableHealth _health = new() { Listeners = [("amqp", new IPEndPoint(IPAddress.Any, 5672))] };
    private ManagementServer _server = null!;

    public async Task InitializeAsync() => _server = await ManagementServer.StartAsync(Listener(port: 0), ManagementOptions.Default, _health, new ManagedNode());

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_node_that_is_ready_says_so()
    {
        Assert.Equal((HttpStatusCode.OK, """{"status":"live"}"""), await GetAsync("/health/live"));
        Assert.Equal(
            (HttpStatusCode.OK, """{"status":"ready","joined":true,"journal":true,"serving":true}"""), await GetAsync("/health/ready"));
        Assert.Equal((HttpStatusCode.OK, """{"status":"ok"}"""), await GetAsync("/api/health/checks/is-in-service"));
        Assert.Equal((HttpStatusCode.OK, """{"status":"ok"}"""), await GetAsync("/api/health/checks/ready-to-serve-clients"));
    }

    [Theory]
    [InlineData(false, true, true, """{"status":"unready","joined":false,"journal":true,"serving":true}""")]
    [InlineData(true, false, true, """{"status":"unready","joined":true,"journal":false,"serving":true}""")]
    [InlineData(true, true, false, """{"status":"unready","joined":true,"journal":true,"serving":false}""")]
    public async Task A_node_that_lacks_something_is_live_and_says_what_it_lacks(bool joined, bool journal, bool serving, string answer)
    {
        (_health.HasJoined, _health.ReachesJournal, _health.IsServing) = (joined, journal, serving);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/health/live")).Status);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, answer), await GetAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/api/health/checks/is-in-service")).Status);
    }

    [Fact]
    public async Task A_port_is_well_when_a_listener_is_open_on_it()
    {
        Assert.Equal((HttpStatusCode.OK, """{"status":"ok","port":5672}"""), await GetAsync("/api/health/checks/port-listener/5672"));
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, """{"status":"failed","reason":"No active listener","missing":5671,"ports":[5672]}"""),
            await GetAsync("/api/health/checks/port-listener/5671"));
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"bad_request","reason":"Invalid port"}"""), await GetAsync("/api/health/checks/port-listener/five"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/health")).Status);
    }

    [Fact]
    public async Task A_port_in_use_is_refused_with_its_name()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var failure = await Assert.ThrowsAsync<StartupException>(() => ManagementServer.StartAsync(Listener(port), ManagementOptions.Default, _health, new ManagedNode()));

        Assert.StartsWith($"listener http cannot be bound to 127.0.0.1:{port}: ", failure.Message, StringComparison.Ordinal);
    }

    private static ListenerOptions Listener(int port) => new(ListenerOptions.Http, Enabled: true, "127.0.0.1", port);

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri($"http://{_server.EndPoint}{path}"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
