using System.Globalization;
using ActorBroker.Testing;
using ActorBroker.Testing.Networks;
using ActorBroker.Testing.PostgreSql;
using ActorBroker.Testing.Processes;
using RabbitMQ.Client;

namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>Broker nodes as processes, each in a network namespace of its own, on one PostgreSQL.</summary>
internal sealed class BrokerCluster : IAsyncDisposable
{
    private const int NodePort = 25672;

    /// <summary>How long a client takes to notice that a node is silent, and to give up connecting to one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>How long a client waits for an answer: in the long form a database is away for up to a minute.</summary>
    private static readonly TimeSpan AnswerLimit = LongForm.Or(TimeSpan.FromSeconds(90), BrokerProcess.AnswerLimit);

    private readonly List<BrokerProcess> _nodes = [];
    private readonly string _accessFile = Path.Combine(Path.GetTempPath(), $"actorbroker-hba-{Guid.NewGuid():N}");
    private PostgresServer? _database;

    private BrokerCluster(NodeNetwork network) => Network = network;

    public NodeNetwork Network { get; }

    public PostgresServer Database => _database ?? throw new InvalidOperationException("the database does not run");

    public IReadOnlyList<BrokerProcess> Nodes => _nodes;

    /// <param name="nodes">How many nodes.</param>
    /// <param name="settings">Settings of all of them beside the cluster profile.</param>
    public static async Task<BrokerCluster> StartAsync(int nodes, params string[] settings)
    {
        var cluster = new BrokerCluster(await NodeNetwork.CreateAsync(nodes));
        try
        {
            await cluster.StartDatabaseAsync();
            var first = await cluster.StartNodeAsync(0, nodes, settings);
            cluster._nodes.Add(first);
            cluster._nodes.AddRange(await Task.WhenAll(
                Enumerable.Range(1, nodes - 1).Select(node => cluster.StartNodeAsync(node, nodes, settings))));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection to one node, which is not opened again when it breaks.</summary>
    public Task<IConnection> ConnectAsync(int node, string clientName)
    {
        var endpoint = _nodes[node].Endpoint;
        return new ConnectionFactory
        {
            HostName = endpoint.Host,
            Port = endpoint.Port,
            AutomaticRecoveryEnabled = false,
            ContinuationTimeout = AnswerLimit,
            HandshakeContinuationTimeout = Patience,
            RequestedConnectionTimeout = Patience,
            RequestedHeartbeat = Patience,
            ConsumerDispatchConcurrency = 1,
        }.CreateConnectionAsync(clientName);
    }

    /// <summary>What the nodes wrote last, for the message of a failed test.</summary>
    public string Output() => string.Join(
        Environment.NewLine, _nodes.Select((node, number) => $"--- node {number}{Environment.NewLine}{node.Output()}"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        await Network.DisposeAsync();
        File.Delete(_accessFile);
    }

    private async Task StartDatabaseAsync()
    {
        await File.WriteAllLinesAsync(_accessFile, ["host all all 127.0.0.1/32 trust", "host all all 198.18.0.0/15 trust"]);
        _database = await PostgresServer.StartAsync(
            $"listen_addresses = '127.0.0.1,{Network.DatabaseAddress}'", $"hba_file = '{_accessFile}'");
    }

    private Task<BrokerProcess> StartNodeAsync(int node, int nodes, string[] settings)
    {
        var seeds = string.Join(", ", Enumerable.Range(0, nodes)
            .Select(seed => string.Create(CultureInfo.InvariantCulture, $"\"{Network.AddressOf(seed)}:{NodePort}\"")));
        var database = Database.ConnectionString.Replace("127.0.0.1", Network.DatabaseAddress, StringComparison.Ordinal);
        return BrokerProcess.StartAsync(new BrokerLaunch
        {
            Host = Network.AddressOf(node),
            CommandPrefix = Network.CommandPrefix(node),
            Arguments = ["--profile", "cluster"],
            Settings =
            [
                $"actorbroker.cluster.host={Network.AddressOf(node)}",
                $"actorbroker.cluster.seeds=[{seeds}]",
                "actorbroker.journal.provider=postgresql",
                $"actorbroker.journal.connection-string=\"{database}\"",
                "actorbroker.access.loopback-users=[]",
                .. settings,
            ],
        });
    }
}
