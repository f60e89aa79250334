using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Testing.PostgreSql;
using ActorBroker.Testing.Processes;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests.Operation;

/// <summary>
/// Three broker nodes as processes on one PostgreSQL with a further database, and what operators ask each of them by HTTP. Each
/// node has an address of its own of the loopback network. Needs Linux.
/// </summary>
public sealed class OperatedCluster : IAsyncLifetime
{
    /// <summary>Name of the further journal.</summary>
    public const string Archive = "archive";

    private const int NodeCount = 3;
    private const int NodePort = 25672;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new() { Timeout = AnswerLimit };

    private readonly string _network = string.Create(
        CultureInfo.InvariantCulture, $"127.{RandomNumberGenerator.GetInt32(1, 255)}.{RandomNumberGenerator.GetInt32(0, 255)}");

    private readonly List<BrokerProcess> _nodes = [];
    private PostgresServer? _database;

    public PostgresServer Database => _database ?? throw new InvalidOperationException("the database does not run");

    /// <summary>How many nodes there are.</summary>
    public int Count => _nodes.Count;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.StartAsync();
        await _database.ExecuteAsync($"CREATE DATABASE {Archive}");
        _nodes.AddRange(await Task.WhenAll(Enumerable.Range(1, NodeCount).Select(StartNodeAsync)));
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    /// <summary>A node's name in the API.</summary>
    public string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"{AddressOf(node + 1)}:{NodePort}");

    /// <summary>Where clients of AMQP reach a node.</summary>
    public IPEndPoint EndPointOf(int node) => new(IPAddress.Parse(_nodes[node].Endpoint.Host), _nodes[node].Endpoint.Port);

    /// <summary>A connection to one node, which is not opened again when it breaks.</summary>
    public Task<IConnection> ConnectAsync(int node, string virtualHost = "/", string user = "guest") => new ConnectionFactory
    {
        HostName = _nodes[node].Endpoint.Host,
        Port = _nodes[node].Endpoint.Port,
        VirtualHost = virtualHost,
        UserName = user,
        Password = user,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = AnswerLimit,
    }.CreateConnectionAsync();

    /// <summary>What a node answers.</summary>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(int node, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://{_nodes[node].EndpointOf("http")}/api/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>What there is on a node.</summary>
    public async Task<JsonNode> GetAsync(int node, string path)
    {
        var (status, text) = await SendAsync(node, HttpMethod.Get, path);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Has a node do something, which it answers with this status.</summary>
    public async Task<string> DoAsync(int node, HttpStatusCode expected, HttpMethod method, string path, string? body = null)
    {
        var (status, text) = await SendAsync(node, method, path, body);
        Assert.True(status == expected, $"{method} {path} at node {node}: {status} {text}{Environment.NewLine}{Output()}");
        return text;
    }

    private string Output() => string.Join(Environment.NewLine, _nodes.Select((node, number) => $"--- node {number}{Environment.NewLine}{node.Output()}"));

    private string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_network}.{number}");

    private Task<BrokerProcess> StartNodeAsync(int number)
    {
        var address = AddressOf(number);
        var seeds = string.Join(", ", Enumerable.Range(1, NodeCount).Select(seed => string.Create(CultureInfo.InvariantCulture, $"\"{AddressOf(seed)}:{NodePort}\"")));
        return BrokerProcess.StartAsync(new BrokerLaunch
        {
            Host = address,
            Arguments = ["--profile", "cluster"],
            Settings =
            [
                $"actorbroker.cluster.host={address}",
                $"actorbroker.cluster.seeds=[{seeds}]",
                "actorbroker.listeners.http.enabled=on", $"actorbroker.listeners.http.host={address}", "actorbroker.listeners.http.port=0",
                "actorbroker.journal.provider=postgresql",
                $"actorbroker.journal.connection-string=\"{Database.ConnectionString}\"",
                $"actorbroker.journals.{Archive}.connection-string=\"{Database.ConnectionStringOf(Archive)}\"",
            ],
        });
    }
}
