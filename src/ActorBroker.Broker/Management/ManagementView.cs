using ActorBroker.Broker.Policies;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Management;

/// <summary>Answers from what this node knows, and from what it asks for.</summary>
internal sealed partial class ManagementView(
    ActorSystem system, NodeReader reader, BrokerEntities entities, NodePolicies policies, FirstQuestion first) : IManagementView
{
    private const int QueuesAskedAtOnce = 16;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    // A node that does not answer holds up every list by so much.
    private static readonly TimeSpan NodeLimit = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public string Node => reader.Node;

    /// <inheritdoc/>
    public LoginCounters Logins => entities.Statistics.Logins;

    /// <inheritdoc/>
    public Task BeginAsync() => first.AskedAsync();

    /// <inheritdoc/>
    public NodeReport AskNode(AskNode ask) => reader.Answer(ask);

    /// <inheritdoc/>
    public async Task<OverviewInfo> OverviewAsync(
        IReadOnlyCollection<string>? virtualHosts, SampleRange? samples, CancellationToken cancellation)
    {
        bool IsWanted(string virtualHost) => virtualHosts is null || virtualHosts.Contains(virtualHost);
        var reports = await AskAllAsync(new AskNode(0, NodeQuestion.Totals) { Samples = samples }, cancellation).ConfigureAwait(false);
        var names = await NamesAsync(virtualHost: null, cancellation).ConfigureAwait(false);
        var wanted = names.Where(host => IsWanted(host.VirtualHost)).ToList();
        var hosts = reports.SelectMany(static report => report.VirtualHosts).Where(host => IsWanted(host.Name)).ToList();
        var nodes = reports.Select(static report => report.Node!).ToList();
        return new OverviewInfo(Node)
        {
            Queues = wanted.Sum(static host => host.Queues.Count),
            Exchanges = wanted.Sum(static host => host.Exchanges.Count()),
            Connections = hosts.Sum(static host => host.Connections),
            Channels = hosts.Sum(static host => host.Channels),
            Consumers = hosts.Sum(static host => host.Consumers),
            Lengths = FigureList.Sum(hosts.Select(static host => host.Lengths)),
            MessageStats = FigureList.Sum(hosts.Select(static host => host.MessageStats)),
            Churn = FigureList.Sum(reports.Select(static report => report.Churn)),
            Listeners = [.. nodes.SelectMany(static node => node.Listeners)],
            Nodes = [.. nodes.Select(static node => node.Name)],
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VirtualHostInfo>> ListVirtualHostsAsync(CancellationToken cancellation)
    {
        var reports = await AskAllAsync(new AskNode(0, NodeQuestion.Totals), cancellation).ConfigureAwait(false);
        var known = reports.SelectMany(static report => report.VirtualHosts).ToLookup(static host => host.Name, StringComparer.Ordinal);
        var names = await VirtualHostNamesAsync(cancellation).ConfigureAwait(false);
        return [.. names.Select(name => new VirtualHostInfo(name)
        {
            Connections = known[name].Sum(static host => host.Connections),
            Channels = known[name].Sum(static host => host.Channels),
            Consumers = known[name].Sum(static host => host.Consumers),
            Lengths = FigureList.Sum(known[name].Select(static host => host.Lengths)),
            MessageStats = FigureList.Sum(known[name].Select(static host => host.MessageStats)),
            Traffic = FigureList.Sum(known[name].Select(static host => host.Traffic)),
        })];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<QueueInfo>> ListQueuesAsync(string? virtualHost, CancellationToken cancellation)
    {
        var names = await NamesAsync(virtualHost, cancellation).ConfigureAwait(false);
        var known = await KnownQueuesAsync(new AskNode(0, NodeQuestion.Queues) { VirtualHost = virtualHost }, cancellation).ConfigureAwait(false);
        var queues = new List<QueueInfo>();
        var unknown = new List<QueueKey>();
        foreach (var key in names.SelectMany(static host => host.Queues.Select(name => new QueueKey(host.VirtualHost, name))))
        {
            if (known.TryGetValue(key, out var queue))
            {
                queues.Add(queue);
            }
            else
            {
                unknown.Add(key);
            }
        }

        await Parallel.ForEachAsync(
            unknown, new ParallelOptions { MaxDegreeOfParallelism = QueuesAskedAtOnce, CancellationToken = cancellation }, async (key, token) =>
            {
                if (await DescribeAsync(key, token).ConfigureAwait(false) is { } queue)
                {
                    lock (queues)
                    {
                        queues.Add(queue);
                    }
                }
            }).ConfigureAwait(false);
        return queues;
    }

    /// <inheritdoc/>
    public async Task<QueueInfo?> QueueAsync(string virtualHost, string name, SampleRange? samples, CancellationToken cancellation)
    {
        var key = new QueueKey(virtualHost, name);
        if (Stage.IsName(name))
        {
            return null;
        }

        var known = await KnownQueuesAsync(
            new AskNode(0, NodeQuestion.Queues) { VirtualHost = virtualHost, Name = name, Samples = samples }, cancellation).ConfigureAwait(false);
        if (!known.TryGetValue(key, out var queue))
        {
            return await DescribeAsync(key, cancellation).ConfigureAwait(false);
        }

        if (queue.Condition == QueueCondition.Sleeping && !(await NamesAsync(virtualHost, cancellation).ConfigureAwait(false)).Any(host => host.Queues.Contains(name)))
        {
            // It woke on another node, and was deleted there.
            return null;
        }

        var consumers = queue.Consumers == 0 ? [] : await ListConsumersAsync(virtualHost, cancellation).ConfigureAwait(false);
        var tags = consumers.Where(consumer => consumer.Queue == name && consumer.Settings.Exclusive).Select(static consumer => consumer.Settings.Tag);
        return queue with { ExclusiveConsumerTag = tags.FirstOrDefault() };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConnectionInfo>> ListConnectionsAsync(string? virtualHost, CancellationToken cancellation) =>
        [.. (await AskAllAsync(new AskNode(0, NodeQuestion.Connections) { VirtualHost = virtualHost }, cancellation).ConfigureAwait(false))
            .SelectMany(static report => report.Connections)];

    /// <inheritdoc/>
    public async Task<ConnectionInfo?> ConnectionAsync(string name, SampleRange? samples, CancellationToken cancellation) =>
        (await AskAllAsync(new AskNode(0, NodeQuestion.Connections) { Name = name, Samples = samples }, cancellation).ConfigureAwait(false))
        .SelectMany(static report => report.Connections).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string? virtualHost, CancellationToken cancellation) =>
        [.. (await AskAllAsync(new AskNode(0, NodeQuestion.Channels) { VirtualHost = virtualHost }, cancellation).ConfigureAwait(false))
            .SelectMany(static report => report.Channels)];

    /// <inheritdoc/>
    public async Task<ChannelInfo?> ChannelAsync(string name, SampleRange? samples, CancellationToken cancellation) =>
        (await AskAllAsync(new AskNode(0, NodeQuestion.Channels) { Name = name, Samples = samples }, cancellation).ConfigureAwait(false))
        .SelectMany(static report => report.Channels).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConsumerInfo>> ListConsumersAsync(string? virtualHost, CancellationToken cancellation) =>
        [.. (await AskAllAsync(new AskNode(0, NodeQuestion.Consumers) { VirtualHost = virtualHost }, cancellation).ConfigureAwait(false))
            .SelectMany(static report => report.Consumers)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PairInfo>> ListPairsAsync(
        NodeQuestion of, string virtualHost, string name, SampleRange? samples, CancellationToken cancellation)
    {
        var ask = new AskNode(0, of) { VirtualHost = virtualHost, Name = name, Samples = samples };
        var reports = await AskAllAsync(ask, cancellation).ConfigureAwait(false);

        // A channel is known to one node; from an exchange to a queue messages may have come by several.
        return
        [
            .. reports.SelectMany(static report => report.Pairs)
                .GroupBy(static pair => (pair.Channel, pair.Exchange, pair.Queue))
                .Select(static same => same.First() with { MessageStats = FigureList.Sum(same.Select(static pair => pair.MessageStats)) }),
        ];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NodeInfo>> ListNodesAsync(CancellationToken cancellation)
    {
        var reports = await AskAllAsync(new AskNode(0, NodeQuestion.Node), cancellation).ConfigureAwait(false);
        var answered = reports.Select(static report => report.Node!).ToList();
        var silent = OtherNodes().Select(static node => node.HostPort()).Except(answered.Select(static node => node.Name), StringComparer.Ordinal);
        return [.. answered, .. silent.Select(static name => new NodeInfo(name, IsRunning: false))];
    }

    /// <inheritdoc/>
    public async Task<bool> CloseConnectionAsync(string name, string reason, CancellationToken cancellation) =>
        (await AskAllAsync(new AskNode(0, NodeQuestion.CloseConnection) { Name = name, Reason = reason }, cancellation).ConfigureAwait(false))
        .Any(static report => report.HasClosed);

    // Of a queue that no register has: it is woken for that.
    private async Task<QueueInfo?> DescribeAsync(QueueKey key, CancellationToken cancellation)
    {
        QueueDescribed described;
        try
        {
            described = await entities.Queues.Ask<QueueDescribed>(new DescribeQueue(key, 0), AnswerLimit, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }

        if (described is not { Refusal: null, Definition: { } definition })
        {
            return null;
        }

        return new QueueInfo(
            key.VirtualHost, key.Name, definition, QueueArguments.TypeOf(definition.Arguments) ?? QueueType.Classic, described.Policy, Node,
            QueueCondition.Sleeping)
        {
            Ready = described.ReadyCount,
            Unacknowledged = described.UnsettledCount,
            Consumers = described.ConsumerCount,
            DeclaredBy = described.DeclaredBy,
            Lengths =
            [
                new Figure("messages", described.ReadyCount + described.UnsettledCount, 0), new Figure("messages_ready", described.ReadyCount, 0),
                new Figure("messages_unacknowledged", described.UnsettledCount, 0),
            ],
        };
    }
}
