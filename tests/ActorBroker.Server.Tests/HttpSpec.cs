using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace ActorBroker.Server.Tests;

/// <summary>The ports of HTTP are open from the start, and cost nothing before somebody uses them.</summary>
public sealed partial class HttpSpec : IDisposable
{
    private const string HttpServer = "Microsoft.AspNetCore.Server.Kestrel.Core.dll";

    private static readonly HttpClient Client = new();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http", "api/overview", "management_version")]
    [InlineData("prometheus", "metrics", "rabbitmq_build_info")]
    public async Task The_HTTP_server_is_loaded_by_its_first_client_and_by_nobody_before(string listener, string path, string answer)
    {
        using var server = ServerProcess.Start(
        [
            "--data", _folder.Child("data"),
            .. ((string[])["amqp", "http", "prometheus"]).SelectMany(static name => new[]
            {
                "--set", $"actorbroker.listeners.{name}.host=127.0.0.1", "--set", $"actorbroker.listeners.{name}.port=0",
            }),
        ]);
        var ready = (await server.ReadLineAsync())!;
        Assert.Matches(@"ready: amqp \S+, http \S+, prometheus \S+$", ready);
        Assert.DoesNotContain(HttpServer, await MapsAsync(server), StringComparison.Ordinal);

        var place = Listeners().Matches(ready).Single(match => match.Groups["name"].Value == listener).Groups["place"].Value;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{place}/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("guest:guest")));
        using var response = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(answer, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(HttpServer, await MapsAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_whose_HTTP_nobody_used_ends_as_any_other()
    {
        using var server = ServerProcess.Start(
        [
            "--data", _folder.Child("data"), "--set", "actorbroker.listeners.amqp.port=0", "--set", "actorbroker.listeners.http.port=0",
            "--set", "actorbroker.listeners.prometheus.port=0",
        ]);
        Assert.NotNull(await server.ReadLineAsync());
        await server.SignalAsync("TERM");

        var (exitCode, _, errors) = await server.WaitForExitAsync();

        Assert.Equal(0, exitCode);
        Assert.DoesNotContain(" error ", errors, StringComparison.Ordinal);
    }

    private static Task<string> MapsAsync(ServerProcess server) => File.ReadAllTextAsync($"/proc/{server.Id}/maps");

    [GeneratedRegex(@"(?<name>\w+) (?<place>[^\s,]+:\d+)")]
    private static partial Regex Listeners();
}
