using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ActorBroker.Testing.PostgreSql;
using ActorBroker.Testing.Processes;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>How nodes, as processes on one database, become one cluster, and never two.</summary>
public sealed partial class FormingTests : IAsyncLifetime
{
    private static readonly HttpClient Client = new();

    private PostgresServer _server = null!;

    public async Task InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_node_that_joins_waits_for_the_one_that_begins_and_no_other_begins_a_second_cluster()
    {
        var port = FreePort();
        var waiting = StartAsync("--join", $"127.0.0.1:{port}", "--node-port", "0");
        await using var first = await StartAsync("--profile", "cluster", "--node-port", $"{port}");
        await using var second = await waiting;
        foreach (var node in new[] { first, second })
        {
            Assert.Contains("ready", await Client.GetStringAsync(new Uri($"http://{Place(node, "http")}/health/ready")), StringComparison.Ordinal);
            Assert.StartsWith("127.0.0.1:", Place(node, "node"), StringComparison.Ordinal);
        }

        var stranger = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync("--profile", "cluster", "--node-port", "0"));
        Assert.Contains("the database belongs to a cluster already", stranger.Message, StringComparison.Ordinal);
        await QueueIsSharedAsync(first, second);

        Assert.Equal(0, await second.StopAsync());
        await second.StartAgainAsync();
        await QueueIsSharedAsync(second, first);
    }

    [Fact]
    public async Task Of_seeds_that_start_together_one_begins()
    {
        var ports = Enumerable.Range(0, 3).Select(static _ => FreePort()).ToArray();
        var starting = ports.Select(port => StartAsync("--node-port", $"{port}", "--set", Seeds(ports))).ToArray();
        try
        {
            var nodes = await Task.WhenAll(starting);

            await QueueIsSharedAsync(nodes[0], nodes[1]);
            await QueueIsSharedAsync(nodes[1], nodes[2]);
        }
        finally
        {
            await EndAsync(starting);
        }
    }

    [Fact]
    public async Task Seeds_with_different_databases_that_start_together_make_no_two_clusters()
    {
        await _server.ExecuteAsync("CREATE DATABASE another");
        string[] databases = [_server.ConnectionString, _server.ConnectionStringOf("another")];
        var ports = databases.Select(static _ => FreePort()).ToArray();
        var starting = ports.Select((port, index) => StartAsync(
            ["--node-port", $"{port}", "--set", Seeds(ports)], $"actorbroker.journal.connection-string={databases[index]}")).ToArray();
        try
        {
            await Task.WhenAny(Task.WhenAll(starting));

            // One whose start was a little earlier may have begun; the other is none of its cluster, and of no other.
            var refused = starting.Where(static node => node.IsFaulted).ToList();
            Assert.NotEmpty(refused);
            Assert.All(refused, static node => Assert.Contains(
                "and all nodes of a cluster name the same", Assert.IsType<InvalidOperationException>(node.Exception!.InnerException).Message, StringComparison.Ordinal));
        }
        finally
        {
            await EndAsync(starting);
        }
    }

    [Fact]
    public async Task A_node_with_another_database_or_another_number_of_shards_is_refused_and_told_why()
    {
        await _server.ExecuteAsync("CREATE DATABASE another");
        await _server.ExecuteAsync("CREATE DATABASE further");
        await using var first = await StartAsync("--profile", "cluster", "--node-port", "0");
        string[] join = ["--join", Place(first, "node"), "--node-port", "0"];

        await RefusedAsync(
            "actorbroker.journal.connection-string: database another of PostgreSQL", join,
            $"actorbroker.journal.connection-string={_server.ConnectionStringOf("another")}");
        await RefusedAsync("actorbroker.cluster.shards = 32: ", join, "actorbroker.cluster.shards=32");
        await RefusedAsync(
            "actorbroker.journals.side: ", join, $"actorbroker.journals.side.connection-string={_server.ConnectionStringOf("further")}");

        await using var second = await StartAsync(join);
        await QueueIsSharedAsync(first, second);
    }

    private static string Seeds(int[] ports) =>
        $"actorbroker.cluster.seeds=[{string.Join(", ", ports.Select(static port => $"\"127.0.0.1:{port}\""))}]";

    private static async Task EndAsync(IEnumerable<Task<BrokerProcess>> nodes)
    {
        foreach (var node in nodes.Where(static node => node.IsCompletedSuccessfully))
            await (await node).DisposeAsync();
    }

    private async Task RefusedAsync(string reason, string[] arguments, string setting)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(arguments, setting));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private static async Task QueueIsSharedAsync(BrokerProcess one, BrokerProcess another)
    {
        var queue = $"shared-{Guid.NewGuid():N}";
        await using var here = await ConnectAsync(one);
        await using var there = await ConnectAsync(another);
        var channel = await here.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", queue, "x"u8.ToArray());
        var other = await there.CreateChannelAsync();
        Assert.NotNull(await other.BasicGetAsync(queue, autoAck: true));
    }

    private Task<BrokerProcess> StartAsync(params string[] arguments) => StartAsync(arguments, []);

    private Task<BrokerProcess> StartAsync(string[] arguments, params string[] settings) => BrokerProcess.StartAsync(new BrokerLaunch
    {
        Arguments = arguments,
        Settings =
        [
            "actorbroker.journal.provider=postgresql",
            $"actorbroker.journal.connection-string={_server.ConnectionString}",
            "actorbroker.listeners.http.enabled=on",
            "actorbroker.listeners.http.host=127.0.0.1",
            "actorbroker.listeners.http.port=0",
            .. settings,
        ],
    });

    private static Task<IConnection> ConnectAsync(BrokerProcess node) => new ConnectionFactory
    {
        HostName = node.Endpoint.Host,
        Port = node.Endpoint.Port,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = BrokerProcess.AnswerLimit,
    }.CreateConnectionAsync();

    private static string Place(BrokerProcess node, string name) =>
        Listener().Matches(node.Output()).Last(match => match.Groups["name"].Value == name).Groups["place"].Value;

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"\b(?<name>amqp|http|node) (?<place>[^\s,]+:\d+)")]
    private static partial Regex Listener();
}
