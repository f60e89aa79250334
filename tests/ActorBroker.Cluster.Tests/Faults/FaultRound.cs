using System.Globalization;

namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>One fault, what has to be true while it lasts, and what it takes until everything is as before.</summary>
/// <param name="cluster">Whom it befalls.</param>
/// <param name="load">Who works meanwhile.</param>
/// <param name="random">Chooses the node, and how long it lasts.</param>
/// <param name="log">Hears what happens.</param>
internal sealed class FaultRound(BrokerCluster cluster, ClusterLoad load, Random random, Action<string> log)
{
    private readonly Dictionary<LoadedClient, (int Losses, int Refused)> _before = load.Clients.ToDictionary(
        client => client, client => (client.Losses.Count, client.RefusedCount));

    private readonly HashSet<int> _touched = [];
    private readonly HashSet<LoadedClient.Loss> _expected = [];
    private readonly List<Surprise> _pauses = [];
    private DateTimeOffset _began;
    private bool _wasCut;
    private bool _isWithoutDatabase;

    /// <summary>The longest that service may be away; what is above is another fault.</summary>
    public TimeSpan ServiceLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longer than the others wait for a node that is silent.</summary>
    public TimeSpan LongerThanDetection { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest that clients of the other nodes may wait while one leaves in good order, and comes back.</summary>
    public TimeSpan PauseLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The longest that clients of other nodes may wait while one is cut off, or given up because of that.</summary>
    public TimeSpan CutLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a database is away.</summary>
    public TimeSpan DatabaseOutage { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Lets it happen and waits until all clients work again.</summary>
    /// <returns>What clients of the nodes that were left alone should not have noticed.</returns>
    public async Task<IReadOnlyList<Surprise>> RunAsync(Fault fault)
    {
        var node = random.Next(cluster.Nodes.Count);
        _began = load.Now;
        await (fault switch
        {
            Fault.Kill => KillAsync(node),
            Fault.KillAndStart => KillAndStartAsync(node),
            Fault.Halt => HaltAsync(node, LongerThanDetection),
            Fault.ShortHalt => HaltAsync(node, TimeSpan.FromMilliseconds(random.Next(300, 1_500))),
            Fault.RollingRestart => RestartAllAsync(),
            Fault.DatabaseCrash => LoseDatabaseAsync(cluster.Database.StopImmediateAsync),
            Fault.DatabaseStop => LoseDatabaseAsync(cluster.Database.StopFastAsync),
            _ => CutAsync(fault, node),
        });
        await RecoveredAsync();
        if (fault != Fault.RollingRestart)
        {
            load.Disturbed(_began, servedTwice: fault is not (Fault.Kill or Fault.KillAndStart));
        }

        return Unexpected();
    }

    private async Task KillAsync(int node)
    {
        log($"node {node} is killed");
        _touched.Add(node);
        await cluster.Nodes[node].KillAsync();
        await ServedElsewhereAsync(client => client.Home != node);
        await cluster.Nodes[node].StartAgainAsync();
        log($"node {node} is started");
    }

    private async Task KillAndStartAsync(int node)
    {
        log($"node {node} is killed and started");
        _touched.Add(node);
        await cluster.Nodes[node].KillAsync();
        await cluster.Nodes[node].StartAgainAsync();
    }

    private async Task HaltAsync(int node, TimeSpan duration)
    {
        log($"node {node} is halted for {Seconds(duration)}");
        var isLong = duration >= LongerThanDetection;
        if (isLong)
        {
            _touched.Add(node);
        }

        await cluster.Nodes[node].SignalAsync("STOP");
        await Task.Delay(duration);
        if (isLong)
        {
            await ServedElsewhereAsync(client => client.Home != node);
        }

        await cluster.Nodes[node].SignalAsync("CONT");
    }

    private async Task CutAsync(Fault fault, int node)
    {
        var others = Enumerable.Range(0, cluster.Nodes.Count).Where(other => other != node).ToArray();
        var other = others[random.Next(others.Length)];
        log($"{fault}: node {node}, {(fault is Fault.Halves or Fault.OneNode ? "all others" : $"node {other}")}");
        _touched.Add(node);
        if (fault is not (Fault.Halves or Fault.OneNode))
        {
            _touched.Add(other);
        }

        _wasCut = true;
        await using var pauses = new PauseWatch(load, client => !_touched.Contains(client.Home));
        switch (fault)
        {
            case Fault.Halves:
                await Task.WhenAll(others.Select(another => cluster.Network.CutAsync(node, another)));
                break;
            case Fault.OneNode:
                await Task.WhenAll(others.Select(another => cluster.Network.CutAsync(node, another)).Append(cluster.Network.CutDatabaseAsync(node)));
                break;
            case Fault.OneWay:
                await cluster.Network.CutOneWayAsync(node, other);
                break;
            default:
                await cluster.Network.CutAsync(node, other);
                break;
        }

        await Task.Delay(LongerThanDetection);
        await ServedElsewhereAsync(client => !_touched.Contains(client.Home));
        log("the network is healed");
        await cluster.Network.HealAsync();
        await RecoveredAsync();
        Look(pauses, CutLimit, "the network was cut, and after that");
    }

    private async Task RestartAllAsync()
    {
        for (var node = 0; node < cluster.Nodes.Count; node++)
        {
            var asked = load.Now;
            var leaving = node;
            await using var pauses = new PauseWatch(load, client => client.Home != leaving);
            var exitCode = await cluster.Nodes[node].StopAsync();
            log($"node {node} has ended with {exitCode} after {Seconds(load.Now - asked)}");
            if (exitCode != 0)
            {
                throw new InvalidOperationException($"node {node} did not end in good order");
            }

            Expect(node, asked);
            await ServedElsewhereAsync(client => client.Home != node);
            await cluster.Nodes[node].StartAgainAsync();
            await RecoveredAsync();
            Look(pauses, PauseLimit, $"node {node} left and came back");
        }
    }

    private void Look(PauseWatch pauses, TimeSpan limit, string meanwhile)
    {
        foreach (var (client, longest) in pauses.Longest)
        {
            log($"clients of the other nodes waited {Seconds(longest)} at the longest: {client}");
            if (longest > limit)
            {
                _pauses.Add(new Surprise($"{client} waited {Seconds(longest)} while {meanwhile}", MayBeLoad: true));
            }
        }
    }

    private async Task LoseDatabaseAsync(Func<Task> stop)
    {
        log($"the database is away for {Seconds(DatabaseOutage)}");
        _isWithoutDatabase = true;
        await stop();
        await Task.Delay(DatabaseOutage);
        await cluster.Database.StartAgainAsync();
    }

    private async Task ServedElsewhereAsync(Func<LoadedClient, bool> clients)
    {
        var since = load.Now;
        await load.WorkedAsync(clients, since, atHome: false, ServiceLimit);
        log($"clients of the other nodes are served {Seconds(load.Now - _began)} after it began");
    }

    private async Task RecoveredAsync()
    {
        var took = await load.WorkedAsync(_ => true, load.Now, atHome: true, ServiceLimit);
        log($"all clients work on their nodes {Seconds(took)} after it is over, {load.EventCount} events");
    }

    // A node that leaves tells its clients so; nobody else is to notice.
    private void Expect(int node, DateTimeOffset since)
    {
        foreach (var client in load.Clients)
        {
            var leaving = client.Losses.Skip(_before[client].Losses).Where(loss => loss.At >= since && loss.Node == node).ToArray();
            foreach (var abrupt in leaving.Where(loss => !loss.Reason.Contains("320", StringComparison.Ordinal)))
            {
                log($"{client.Name} was not told that node {node} leaves: {abrupt.Reason}");
            }

            _expected.UnionWith(leaving);
        }
    }

    private List<Surprise> Unexpected()
    {
        var unexpected = new List<Surprise>(_pauses);
        foreach (var (client, (losses, refused)) in _before)
        {
            unexpected.AddRange(client.Losses.Skip(losses).Except(_expected).Where(loss => !_touched.Contains(loss.Node) && !IsBearable(client, loss))
                .Select(loss => new Surprise(
                    $"{client.Name} lost its connection to node {loss.Node}, which was left alone, at {loss.At:HH:mm:ss.fff}: {loss.Reason}",
                    MayBeLoad: !IsToldOfContents(loss))));
            if (client.RefusedCount > refused && !_touched.Contains(client.Home))
            {
                unexpected.Add(new Surprise($"{client.RefusedCount - refused} messages of {client.Name} were refused", MayBeLoad: true));
            }
        }

        return unexpected;
    }

    // Clients look after each connection for what is there, and nobody else touches it: nothing that they ask for is wrong
    // because something else is slow.
    private static bool IsToldOfContents(LoadedClient.Loss loss) =>
        loss.Reason.Contains("initiated by Peer, code=40", StringComparison.Ordinal);

    // Who asks for a change without a database may hear that it cannot be had now. And behind a cut, a connection between
    // nodes that is still waiting to repeat itself may cost one of them its membership once more.
    private bool IsBearable(LoadedClient client, LoadedClient.Loss loss)
    {
        var isBearable = (_isWithoutDatabase && client.IsChurner && loss.Reason.Contains("code=541", StringComparison.Ordinal))
            || (_wasCut && loss.Reason.Contains("node has lost its cluster", StringComparison.Ordinal));
        if (isBearable)
        {
            log($"{client.Name} lost its connection to node {loss.Node} at {loss.At:HH:mm:ss.fff}: {loss.Reason}");
        }

        return isBearable;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");
}
