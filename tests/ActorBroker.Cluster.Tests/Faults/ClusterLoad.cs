using System.Diagnostics;
using ActorBroker.Testing.Clients;
using ActorBroker.Testing.History;
using ActorBroker.Testing.Load;
using RabbitMQ.Client;

namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>The clients of a shape on the nodes of a cluster, and what they did and saw.</summary>
internal sealed class ClusterLoad : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan HomeInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    /// <summary>Beyond the rounds of all clients.</summary>
    private const int DrainRound = 1_000_000;

    private readonly BrokerCluster _cluster;
    private readonly ClusterShape _shape;
    private readonly HistoryRecorder _history = new(TimeProvider.System);
    private readonly IReadOnlyList<LoadChurner> _churners;
    private readonly CancellationTokenSource _end = new();
    private readonly LoadedClient[] _clients;
    private Task[] _running = [];

    /// <param name="cluster">Where they work.</param>
    /// <param name="chapter">Number of the load among those of the cluster: it has names of its own.</param>
    /// <param name="seed">Of what its clients choose by chance.</param>
    public ClusterLoad(BrokerCluster cluster, int chapter, int seed)
    {
        _cluster = cluster;
        _shape = new ClusterShape($"chapter{chapter}");
        _churners = ClusterShape.Churners(cluster, _history, chapter * cluster.Nodes.Count, seed);
        _clients =
        [
            .. _shape.Clients(cluster, _history),
            .. _churners.Select((churner, node) => new LoadedClient(cluster, churner, $"churner {node}", node)),
        ];
    }

    public IReadOnlyList<LoadedClient> Clients => _clients;

    public int EventCount => _history.Count;

    public DateTimeOffset Now => _history.Now;

    public async Task StartAsync()
    {
        await using var connection = await _cluster.ConnectAsync(0, "declares");
        await using var channel = await connection.CreateChannelAsync();
        await _shape.DeclareAsync(channel);
        _running = [.. _clients.Select(client => Task.Run(() => client.RunAsync(_end.Token)))];
    }

    /// <summary>Waits until clients have begun and ended something since then.</summary>
    /// <param name="clients">Which.</param>
    /// <param name="since">Since when.</param>
    /// <param name="atHome">Whether all nodes have to serve clients, and these have to be on their own nodes.</param>
    /// <param name="limit">How long that may take.</param>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> WorkedAsync(Func<LoadedClient, bool> clients, DateTimeOffset since, bool atHome, TimeSpan limit)
    {
        var begun = Stopwatch.StartNew();
        var sentHome = -HomeInterval;
        if (atHome)
        {
            await Task.WhenAll(_cluster.Nodes.Select((_, node) => ServesAsync(node, limit)));
        }

        while (true)
        {
            var idle = _clients.Where(clients).Where(client => client.WorkedAt < since || (atHome && client.Node != client.Home)).ToArray();
            if (idle.Length == 0)
            {
                return begun.Elapsed;
            }

            if (begun.Elapsed > limit)
            {
                throw new TimeoutException($"{limit} later these do not work: {string.Join(", ", idle.Select(client => client.ToString()))}");
            }

            if (Array.Find(_running, task => task.IsFaulted) is { } failed)
            {
                await failed;
            }

            if (atHome && begun.Elapsed - sentHome >= HomeInterval)
            {
                sentHome = begun.Elapsed;
                await Task.WhenAll(idle.Select(client => client.GoHomeAsync()));
            }

            await Task.Delay(Glance);
        }
    }

    /// <summary>Takes down that something was wrong with the cluster from then until now.</summary>
    public void Disturbed(DateTimeOffset began, bool servedTwice) =>
        _history.Add(new HistoryEvent.Disturbed(Now, began, servedTwice ? Now : began));

    /// <summary>Has all clients end, takes what the queues hold, and judges the history.</summary>
    public async Task<IReadOnlyList<Violation>> EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running).WaitAsync(DrainLimit);
        await using var connection = await _cluster.ConnectAsync(0, "drains");
        foreach (var churner in _churners)
        {
            await churner.DrainAsync(connection, DrainRound);
        }

        await DrainQueuesAsync(connection);
        return HistoryChecker.Check(_history.ToArray(), _shape.Contract);
    }

    /// <summary>All that was done and seen of what a violation is about.</summary>
    public IEnumerable<string> Story(Violation violation)
    {
        var from = Math.Max(violation.Text.IndexOf($"{nameof(MessageId)} {{", StringComparison.Ordinal), 0);
        var to = violation.Text.IndexOf(from > 0 || violation.Text.StartsWith(nameof(MessageId), StringComparison.Ordinal) ? "}" : " is ", from, StringComparison.Ordinal);
        return to < 0 ? [] : _history.ToArray().Select(happened => happened.ToString())
            .Where(line => line.Contains(violation.Text[from..to], StringComparison.Ordinal));
    }

    public void Dispose() => _end.Dispose();

    private async Task ServesAsync(int node, TimeSpan limit)
    {
        var begun = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = await _cluster.ConnectAsync(node, "waits");
                await using var channel = await connection.CreateChannelAsync();
                return;
            }
            catch (Exception e) when (BrokenConnection.IsCauseOf(e) || e is TimeoutException)
            {
                if (begun.Elapsed > limit)
                {
                    throw new TimeoutException($"node {node} does not serve clients after {limit}: {e.Message}", e);
                }

                await Task.Delay(Glance);
            }
        }
    }

    private async Task DrainQueuesAsync(IConnection connection)
    {
        using var end = new CancellationTokenSource();
        var contract = _shape.Contract;
        var queues = contract.Queues.Where(queue => !queue.Name.EndsWith('*')).ToArray();
        var consumers = queues.Select((queue, number) => Task.Run(() => DrainAsync(queue, number % _cluster.Nodes.Count, end.Token))).ToArray();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
        var since = Stopwatch.StartNew();
        while (true)
        {
            var seen = _history.Count;
            await Task.Delay(Quiet, CancellationToken.None);
            var isDrained = seen == _history.Count && await AreEmptyAsync(queues, channel) && HistoryChecker.CountOwed(_history.ToArray(), contract) == 0;

            // What is owed after the limit is for the judge.
            if (isDrained || since.Elapsed > DrainLimit)
            {
                break;
            }
        }

        await end.CancelAsync();
        await Task.WhenAll(consumers).WaitAsync(DrainLimit, CancellationToken.None);
    }

    private async Task DrainAsync(QueueContract queue, int node, CancellationToken end)
    {
        await using var connection = await _cluster.ConnectAsync(node, $"drains {queue.Name}");
        await new LoadConsumer(_history, queue).DrainAsync(connection, end);
    }

    private static async Task<bool> AreEmptyAsync(QueueContract[] queues, IChannel channel)
    {
        foreach (var queue in queues.Where(queue => !queue.IsStream))
        {
            if (await channel.MessageCountAsync(queue.Name) > 0)
            {
                return false;
            }
        }

        return true;
    }
}
