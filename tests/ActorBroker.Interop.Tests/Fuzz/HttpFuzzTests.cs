using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Testing.Processes;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>
/// A hundred thousand requests at the HTTP port of a broker, of every operation and of none, one after the other on few
/// connections, beside a client that means well: it is served throughout, no request fails within the broker, and its
/// memory stays bounded.
/// </summary>
[Collection(FuzzedBroker.Name)]
public sealed class HttpFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261124;
    private const int Workers = 4;
    private const int Structured = 95_000;
    private const int Damaged = 4_000;
    private const int Noise = 1_000;
    private const int Pipelined = 25;
    private const int MemoryMegabytesMax = 500;

    private static readonly AuthenticationHeaderValue Guest = Basic("guest");
    private static readonly AuthenticationHeaderValue Fuzzer = Basic("fuzzer");
    private static readonly AuthenticationHeaderValue Good = Basic("good");

    private readonly Dictionary<int, int> _answers = [];

    [Fact]
    public async Task The_port_of_HTTP_bears_a_hundred_thousand_requests()
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.log.level=error", "actorbroker.listeners.http.enabled=on", "actorbroker.listeners.http.host=127.0.0.1", "actorbroker.listeners.http.port=0");
        var endpoint = broker.EndpointOf("http");
        var operations = await PrepareAsync(endpoint);
        using var ending = new CancellationTokenSource();
        var good = UseAsync(endpoint, ending.Token);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => FuzzAsync(endpoint, operations, worker)));
        var answers = string.Join(", ", _answers.OrderBy(static one => one.Key).Select(static one => $"{one.Key}: {one.Value}"));
        output.WriteLine($"{Structured + Damaged + Noise} requests in {clock.Elapsed.TotalSeconds:0.0} s, {ResidentMegabytes(broker.ProcessId)} MB; {answers}");
        await ending.CancelAsync();
        var served = await good;

        Assert.True(served > 0);
        Assert.False(_answers.ContainsKey(500), $"{answers}\n{broker.Output()}");
        Assert.True(_answers.Values.Sum() >= Structured, answers);
        Assert.InRange(ResidentMegabytes(broker.ProcessId), 1, MemoryMegabytesMax);

        // Only errors are logged.
        var told = broker.Output();
        Assert.True(told.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(static line => line.Contains("ready:", StringComparison.Ordinal)), told);
    }

    private static async Task<List<(string Method, string Path)>> PrepareAsync(BrokerEndpoint endpoint)
    {
        using var client = ClientOf(endpoint, Guest);
        foreach (var user in (string[])["fuzzer", "good"])
        {
            await PutAsync(client, $"users/{user}", $$"""{"password":"{{user}}","tags":"administrator"}""");
            await PutAsync(client, $"permissions/%2F/{user}", """{"configure":".*","write":".*","read":".*"}""");
        }

        await PutAsync(client, "vhosts/good", "{}");
        await PutAsync(client, "permissions/good/good", """{"configure":".*","write":".*","read":".*"}""");
        await PutAsync(client, "vhosts/v", "{}");
        await PutAsync(client, "permissions/v/fuzzer", """{"configure":".*","write":".*","read":".*"}""");
        var paths = JsonNode.Parse(await client.GetStringAsync(new Uri("openapi.json", UriKind.Relative)))!["paths"]!.AsObject();
        // What hashes a password is slow on purpose: it would be most of the work. And an administrator who has the node stop,
        // or calls its memory full, is obeyed.
        string[] left = ["hash_password", "/node/", "resource-limits"];
        return
        [
            .. paths.Where(path => !left.Any(part => path.Key.Contains(part, StringComparison.Ordinal))).SelectMany(static path => path.Value!.AsObject()
                .Where(static operation => operation.Key is "get" or "put" or "post" or "delete")
                .Select(operation => (operation.Key.ToUpperInvariant(), path.Key))),
        ];
    }

    private static async Task PutAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PutAsync(new Uri(path, UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private async Task FuzzAsync(BrokerEndpoint endpoint, IReadOnlyList<(string Method, string Path)> operations, int worker)
    {
        var random = new Random(Seed + worker);
        var requests = new FuzzedRequests(random, operations) { Authorization = Fuzzer.ToString() };
        await StructuredAsync(endpoint, requests, Structured / Workers);
        var bytes = new FuzzedBytes(random);
        for (var i = 0; i < Damaged / Workers; i++)
        {
            await SendOnceAsync(endpoint, bytes.Damage(requests.Next().Bytes));
        }

        for (var i = 0; i < Noise / Workers; i++)
        {
            await SendOnceAsync(endpoint, bytes.Noise(random.Next(1, 2_000)));
        }
    }

    private async Task StructuredAsync(BrokerEndpoint endpoint, FuzzedRequests requests, int count)
    {
        for (var sent = 0; sent < count;)
        {
            await using var client = await HttpFuzzClient.ConnectAsync(endpoint);
            for (var isOpen = true; isOpen && sent < count;)
            {
                var some = Enumerable.Range(0, Pipelined).Select(_ => requests.Next()).ToList();
                var sending = client.SendAsync(some.SelectMany(static request => request.Bytes).ToArray());
                foreach (var (method, _) in some)
                {
                    var status = await client.ReadAnswerAsync(method);
                    isOpen = status is not null;
                    if (!isOpen)
                    {
                        // What came behind it was not looked at.
                        break;
                    }

                    sent++;
                    lock (_answers)
                    {
                        _answers[status!.Value] = _answers.GetValueOrDefault(status.Value) + 1;
                    }
                }

                await sending;
            }
        }
    }

    private static async Task SendOnceAsync(BrokerEndpoint endpoint, byte[] bytes)
    {
        await using var client = await HttpFuzzClient.ConnectAsync(endpoint);
        await client.SendAsync(bytes);
        await client.LeaveAsync();
    }

    private static async Task<int> UseAsync(BrokerEndpoint endpoint, CancellationToken ending)
    {
        var served = 0;
        using var client = ClientOf(endpoint, Good);
        while (!ending.IsCancellationRequested)
        {
            using var queue = new StringContent("""{"durable":false}""", Encoding.UTF8, "application/json");
            using var declared = await client.PutAsync(new Uri("queues/good/q", UriKind.Relative), queue, CancellationToken.None);
            Assert.True(declared.IsSuccessStatusCode, $"{declared.StatusCode}");
            using var message = new StringContent(
                """{"properties":{},"routing_key":"q","payload":"served","payload_encoding":"string"}""", Encoding.UTF8, "application/json");
            using var published = await client.PostAsync(new Uri("exchanges/good/amq.default/publish", UriKind.Relative), message, CancellationToken.None);
            Assert.Equal("""{"routed":true}""", await published.Content.ReadAsStringAsync(CancellationToken.None));
            using var get = new StringContent("""{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}""", Encoding.UTF8, "application/json");
            using var got = await client.PostAsync(new Uri("queues/good/q/get", UriKind.Relative), get, CancellationToken.None);
            Assert.Contains("served", await got.Content.ReadAsStringAsync(CancellationToken.None), StringComparison.Ordinal);
            served++;
            await Task.Delay(10, CancellationToken.None);
        }

        return served;
    }

    private static HttpClient ClientOf(BrokerEndpoint endpoint, AuthenticationHeaderValue authorization)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://{endpoint}/api/"), Timeout = BrokerFixture.Limit };
        client.DefaultRequestHeaders.Authorization = authorization;
        return client;
    }

    private static AuthenticationHeaderValue Basic(string user) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{user}")));

    private static int ResidentMegabytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
