using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Testing.Certificates;
using ActorBroker.Testing.Fuzz;
using ActorBroker.Testing.Processes;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>
/// Requests at the HTTP ports of a broker, of every operation and of none, one after the other on few connections, beside a
/// client that means well: it is served throughout, no request fails within the broker, and its memory stays bounded. Most of
/// them are dealt with by their operation, and every operation deals with some.
/// </summary>
[Collection(FuzzedBroker.Name)]
public sealed class HttpFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261124;
    private const int Workers = 4;
    private const int Structured = 30_000;
    private const int Scrapes = 1_000;
    private const int Damaged = 4_000;
    private const int Noise = 1_000;
    private const int Secure = 1_000;
    private const int SecureOnce = 500;
    private const int Hellos = 1_000;
    private const int Pipelined = 25;
    private const int MemoryMegabytesMax = 500;

    private static readonly (string Method, string Path)[] Metrics =
        [("GET", "/metrics"), ("GET", "/metrics/per-object"), ("GET", "/metrics/detailed"), ("GET", "/metrics/memory-breakdown")];

    private static readonly AuthenticationHeaderValue Guest = Basic("guest");
    private static readonly AuthenticationHeaderValue Fuzzer = Basic("fuzzer");
    private static readonly AuthenticationHeaderValue Good = Basic("good");

    private readonly HttpAnswers _answers = new();
    private readonly HttpAnswers _scraped = new();
    private readonly HttpAnswers _secured = new();

    [Fact]
    public async Task The_ports_of_HTTP_bear_requests_of_all_kinds()
    {
        using var certificates = new CertificateFolder();
        await using var broker = await BrokerProcess.StartAsync(
        [
            "actorbroker.log.level=error", "actorbroker.tls.handshake-timeout=2s",
            .. OnFreePort("http"), .. OnFreePort("https"), .. OnFreePort("prometheus"), .. certificates.ServerSettings(),
        ]);
        var endpoint = broker.EndpointOf("http");
        var operations = await PrepareAsync(endpoint);
        var node = await NodeAsync(endpoint);
        using var ending = new CancellationTokenSource();
        var good = Task.WhenAll(UseAsync($"http://{endpoint}", "q", ending.Token), UseAsync($"https://{broker.EndpointOf("https")}", "s", ending.Token));
        var clock = Stopwatch.StartNew();
        await using (var connection = FuzzedConnection.Open(broker.Endpoint, "client"))
        {
            FuzzedRequests Requests(Random random, IReadOnlyList<(string Method, string Path)> of) =>
                new(random, of) { Authorization = Fuzzer.ToString(), Node = node, Connection = () => connection.Name };
            await Task.WhenAll(
            [
                .. Enumerable.Range(0, Workers).Select(worker => FuzzAsync(endpoint, new Random(Seed + worker), random => Requests(random, operations))),
                StructuredAsync(broker.EndpointOf("prometheus"), Requests(new Random(Seed), Metrics), Scrapes, _scraped),
                FuzzSecureAsync(broker.EndpointOf("https"), new Random(Seed + Workers), random => Requests(random, operations)),
            ]);
        }

        output.WriteLine($"{Structured + Scrapes + Damaged + Noise + Secure + SecureOnce + Hellos} requests in {clock.Elapsed.TotalSeconds:0.0} s, {ResidentMegabytes(broker.ProcessId)} MB; API {_answers}; metrics {_scraped}; within TLS {_secured}");
        await ending.CancelAsync();
        var served = await good;

        Assert.All(served, static count => Assert.True(count > 0));
        string[] failures = [.. _answers.Failures, .. _scraped.Failures, .. _secured.Failures];
        Assert.True(failures.Length == 0, $"{_answers} {_scraped} {_secured}\n{string.Join('\n', failures.Take(5))}\n{broker.Output()}");
        Assert.True(_answers.Count >= Structured && _scraped.Count >= Scrapes, $"{_answers} {_scraped}");
        Assert.True(_secured.Count >= Secure && _secured.Handled > Secure / 2, $"{_secured}");
        Assert.True(_answers.Handled > Structured / 2 && _answers.Succeeded > Structured / 3, $"{_answers}");
        Assert.Empty(_answers.Missing(operations));
        Assert.Empty(_scraped.Missing(Metrics));
        Assert.InRange(ResidentMegabytes(broker.ProcessId), 1, MemoryMegabytesMax);

        // Only errors are logged.
        var told = broker.Output();
        Assert.True(told.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(static line => line.Contains("ready:", StringComparison.Ordinal)), told);
    }

    private static string[] OnFreePort(string listener) =>
    [
        $"actorbroker.listeners.{listener}.enabled=on", $"actorbroker.listeners.{listener}.host=127.0.0.1", $"actorbroker.listeners.{listener}.port=0",
    ];

    private static async Task<List<(string Method, string Path)>> PrepareAsync(BrokerEndpoint endpoint)
    {
        using var client = ClientOf($"http://{endpoint}", Guest);
        foreach (var user in (string[])["fuzzer", "client", "good"])
        {
            await PutAsync(client, $"users/{user}", $$"""{"password":"{{user}}","tags":"administrator"}""");
            await PutAsync(client, $"permissions/%2F/{user}", """{"configure":".*","write":".*","read":".*"}""");
        }

        await PutAsync(client, "vhosts/good", "{}");
        await PutAsync(client, "permissions/good/good", """{"configure":".*","write":".*","read":".*"}""");
        await PutAsync(client, "vhosts/v", "{}");
        await PutAsync(client, "permissions/v/fuzzer", """{"configure":".*","write":".*","read":".*"}""");
        await PutAsync(client, "queues/v/limited", """{"durable":true,"arguments":{"x-max-length":100}}""");
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

    private static async Task<string> NodeAsync(BrokerEndpoint endpoint)
    {
        using var client = ClientOf($"http://{endpoint}", Guest);
        return Uri.EscapeDataString((string)JsonNode.Parse(await client.GetStringAsync(new Uri("overview", UriKind.Relative)))!["node"]!);
    }

    private static async Task PutAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PutAsync(new Uri(path, UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private async Task FuzzAsync(BrokerEndpoint endpoint, Random random, Func<Random, FuzzedRequests> make)
    {
        var requests = make(random);
        await StructuredAsync(endpoint, requests, Structured / Workers, _answers);
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

    private async Task FuzzSecureAsync(BrokerEndpoint endpoint, Random random, Func<Random, FuzzedRequests> make)
    {
        var (requests, bytes, hellos) = (make(random), new FuzzedBytes(random), new FuzzedHellos(random));
        await StructuredAsync(endpoint, requests, Secure, _secured, tls: true);
        for (var i = 0; i < SecureOnce; i++)
        {
            await SendOnceAsync(endpoint, random.Next(2) == 0 ? bytes.Noise(random.Next(1, 2_000)) : bytes.Damage(requests.Next().Bytes), tls: true);
        }

        for (var i = 0; i < Hellos; i++)
        {
            // Plain HTTP is one of the things that come there.
            await SendOnceAsync(endpoint, random.Next(10) == 0 ? requests.Next().Bytes : hellos.Next());
        }
    }

    private static async Task StructuredAsync(BrokerEndpoint endpoint, FuzzedRequests requests, int count, HttpAnswers answers, bool tls = false)
    {
        for (var sent = 0; sent < count;)
        {
            await using var client = await HttpFuzzClient.ConnectAsync(endpoint, tls);
            for (var isOpen = true; isOpen && sent < count;)
            {
                var some = Enumerable.Range(0, Pipelined).Select(_ => requests.Next()).ToList();
                var sending = client.SendAsync(some.SelectMany(static request => request.Bytes).ToArray());
                foreach (var request in some)
                {
                    var since = Stopwatch.GetTimestamp();
                    var status = await client.ReadAnswerAsync(request);
                    isOpen = status is not null;
                    if (!isOpen)
                    {
                        // What came behind it was not looked at.
                        break;
                    }

                    sent++;
                    answers.Add(request, status!.Value, since);
                }

                await sending;
            }
        }
    }

    private static async Task SendOnceAsync(BrokerEndpoint endpoint, byte[] bytes, bool tls = false)
    {
        await using var client = await HttpFuzzClient.ConnectAsync(endpoint, tls);
        await client.SendAsync(bytes);
        await client.LeaveAsync();
    }

    private static async Task<int> UseAsync(string address, string name, CancellationToken ending)
    {
        var served = 0;
        using var client = ClientOf(address, Good);
        while (!ending.IsCancellationRequested)
        {
            using var queue = new StringContent("""{"durable":false}""", Encoding.UTF8, "application/json");
            using var declared = await client.PutAsync(new Uri($"queues/good/{name}", UriKind.Relative), queue, CancellationToken.None);
            Assert.True(declared.IsSuccessStatusCode, $"{declared.StatusCode}");
            using var message = new StringContent(
                $$"""{"properties":{},"routing_key":"{{name}}","payload":"served","payload_encoding":"string"}""", Encoding.UTF8, "application/json");
            using var published = await client.PostAsync(new Uri("exchanges/good/amq.default/publish", UriKind.Relative), message, CancellationToken.None);
            Assert.Equal("""{"routed":true}""", await published.Content.ReadAsStringAsync(CancellationToken.None));
            using var get = new StringContent("""{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}""", Encoding.UTF8, "application/json");
            using var got = await client.PostAsync(new Uri($"queues/good/{name}/get", UriKind.Relative), get, CancellationToken.None);
            Assert.Contains("served", await got.Content.ReadAsStringAsync(CancellationToken.None), StringComparison.Ordinal);
            served++;
            await Task.Delay(10, CancellationToken.None);
        }

        return served;
    }

    private static HttpClient ClientOf(string address, AuthenticationHeaderValue authorization)
    {
        var handler = new SocketsHttpHandler { SslOptions = FuzzClient.AnyCertificate };
        var client = new HttpClient(handler) { BaseAddress = new Uri($"{address}/api/"), Timeout = BrokerFixture.Limit };
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
