using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace ActorBroker.Server.Tests;

/// <summary>A node that an operator stops, empties and starts, while its process goes on.</summary>
public sealed class NodeStateSpec : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_stopped_node_serves_nobody_and_starts_at_the_same_place_with_what_is_durable()
    {
        using var server = Start();
        var (amqp, api) = PlacesOf(await server.ReadLineAsync());
        await PutAsync(api, "queues/%2F/kept", """{"durable":true}""");
        await PutAsync(api, "queues/%2F/lost", """{"durable":false}""");
        await PutAsync(api, "users/watcher", """{"password":"guest","tags":"monitoring"}""");
        await SendAsync(api, HttpMethod.Post, "exchanges/%2F/amq.default/publish", """{"properties":{"delivery_mode":2},"routing_key":"kept","payload":"m","payload_encoding":"string"}""");
        using var client = new TcpClient();
        await client.ConnectAsync(amqp);
        Assert.True((bool)(await GetAsync(api, "node"))["running"]!);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(api, HttpMethod.Post, "node/reset")).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(api, HttpMethod.Post, "node/stop")).Status);

        Assert.False(await AcceptsAsync(amqp));
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]));
        Assert.False((bool)(await GetAsync(api, "node"))["running"]!);
        var refused = await SendAsync(api, HttpMethod.Get, "overview");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "node_stopped"), (refused.Status, (string?)JsonNode.Parse(refused.Text)!["error"]));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(api, HttpMethod.Post, "node/stop")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(api, HttpMethod.Post, "node/start", user: "watcher")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(api, HttpMethod.Post, "node/start", user: "nobody")).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(api, HttpMethod.Post, "node/start")).Status);

        Assert.Equal((amqp, api), PlacesOf(await server.ReadLineAsync()));
        Assert.True(await AcceptsAsync(amqp));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(api, HttpMethod.Get, "queues/%2F/lost")).Status);
        var got = await SendAsync(api, HttpMethod.Post, "queues/%2F/kept/get", """{"count":2,"ackmode":"ack_requeue_false","encoding":"auto"}""");
        Assert.Equal("m", (string?)Assert.Single(JsonNode.Parse(got.Text)!.AsArray())!["payload"]);
        await EndAsync(server);
    }

    [Fact]
    public async Task A_node_that_is_emptied_starts_as_a_new_one()
    {
        using var server = Start();
        var (_, api) = PlacesOf(await server.ReadLineAsync());
        await PutAsync(api, "queues/%2F/kept", """{"durable":true}""");
        await PutAsync(api, "vhosts/other", "{}");

        await SendAsync(api, HttpMethod.Post, "node/stop");
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(api, HttpMethod.Post, "node/reset")).Status);
        Assert.False((bool)(await GetAsync(api, "node"))["running"]!);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(api, HttpMethod.Post, "node/start")).Status);

        await server.ReadLineAsync();
        Assert.Empty((await GetAsync(api, "queues")).AsArray());
        Assert.Equal("/", (string?)Assert.Single((await GetAsync(api, "vhosts")).AsArray())!["name"]);
        await EndAsync(server);
    }

    [Fact]
    public async Task A_node_that_finds_its_place_taken_stays_stopped_until_it_is_free()
    {
        using var server = Start();
        var (amqp, api) = PlacesOf(await server.ReadLineAsync());
        await SendAsync(api, HttpMethod.Post, "node/stop");
        using (var other = new TcpListener(amqp))
        {
            other.Start();
            var failed = await SendAsync(api, HttpMethod.Post, "node/start");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.Status);
            Assert.Contains($"{amqp}", failed.Text, StringComparison.Ordinal);
            Assert.False((bool)(await GetAsync(api, "node"))["running"]!);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(api, HttpMethod.Post, "node/start")).Status);
        Assert.True(await AcceptsAsync(amqp));
        await EndAsync(server);
    }

    [Fact]
    public async Task A_stopped_node_ends_by_a_signal()
    {
        using var server = Start();
        var (_, api) = PlacesOf(await server.ReadLineAsync());
        await SendAsync(api, HttpMethod.Post, "node/stop");

        await EndAsync(server);
    }

    private ServerProcess Start() => ServerProcess.Start(
    [
        "--data", _folder.Child("data"), "--set", "actorbroker.listeners.prometheus.enabled=off",
        .. ((string[])["amqp", "http"]).SelectMany(static name => new[]
        {
            "--set", $"actorbroker.listeners.{name}.host=127.0.0.1", "--set", $"actorbroker.listeners.{name}.port=0",
        }),
    ]);

    private static async Task EndAsync(ServerProcess server)
    {
        await server.SignalAsync("TERM");
        var (exitCode, _, errors) = await server.WaitForExitAsync();
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain(" fatal ", errors, StringComparison.Ordinal);
    }

    private static (IPEndPoint Amqp, IPEndPoint Api) PlacesOf(string? ready)
    {
        var places = ready!.Split(": ")[1].Split(", ").Select(static place => place.Split(' ')).ToDictionary(static parts => parts[0], static parts => IPEndPoint.Parse(parts[1]));
        return (places["amqp"], places["http"]);
    }

    private static async Task<bool> AcceptsAsync(IPEndPoint place)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(place);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<JsonNode> GetAsync(IPEndPoint api, string path) => JsonNode.Parse((await SendAsync(api, HttpMethod.Get, path)).Text)!;

    private async Task PutAsync(IPEndPoint api, string path, string body) =>
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(api, HttpMethod.Put, path, body)).Status);

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(IPEndPoint api, HttpMethod method, string path, string body = "{}", string user = "guest")
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://{api}/api/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:guest")));
        request.Content = method == HttpMethod.Get ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
