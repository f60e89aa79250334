using ActorBroker.Broker.Policies;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Management;

/// <summary>Answers from what this node knows, and from what it asks for.</summary>
internal sealed partial class ManagementView(ActorSystem system, NodeReader reader, BrokerEntities entities, NodePolicies policies) : IManagementView
{
    private const int QueuesAskedAtOnce = 16;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Node => reader.Node;

    /// <inheritdoc/>
    public async Task<OverviewInfo> OverviewAsync(
        IReadOnlyCollection<string>? virtualHosts, SampleRange? samples, CancellationToken cancellation)
    {
        bool IsWanted(string virtualHost) => virtualHosts is null || virtualHosts.Contains(virtualHost);
        var names = await NamesAsync(virtualHost: null, cancellation).ConfigureAwait(false);
        var wanted = names.Where(host => IsWanted(host.VirtualHost)).ToList();
        var hosts = reader.VirtualHosts(samples).Where(host => IsWanted(host.Name)).ToList();
        var connections = reader.Statistics.Connections.All().Where(connection => IsWanted(connection.Description.VirtualHost)).ToList();
        var node = reader.NodeInfo();
        return new OverviewInfo(Node)
        {
            Queues = wanted.Sum(static host => host.Queues.Count),
            Exchanges = wanted.Sum(static host => host.Exchanges.Count()),
            Connections = connections.Count,
            Channels = connections.Sum(static connection => connection.ChannelCount),
            Consumers = connections.Sum(static connection => connection.ConsumerCount),
            Lengths = FigureList.Sum(hosts.Select(static host => host.Lengths)),
            MessageStats = FigureList.Sum(hosts.Select(static host => host.MessageStats)),
            Churn = reader.Churn(samples),
            Listeners = node.Listeners,
            Nodes = [Node],
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VirtualHostInfo>> ListVirtualHostsAsync(CancellationToken cancellation)
    {
        var known = reader.VirtualHosts(samples: null).ToDictionary(static host => host.Name, StringComparer.Ordinal);
        var names = await VirtualHostNamesAsync(cancellation).ConfigureAwait(false);
        return [.. names.Select(name => known.GetValueOrDefault(name) ?? new VirtualHostInfo(name))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<QueueInfo>> ListQueuesAsync(string? virtualHost, CancellationToken cancellation)
    {
        var names = await NamesAsync(virtualHost, cancellation).ConfigureAwait(false);
        var known = reader.Queues(virtualHost, name: null, samples: null)
            .ToDictionary(static queue => new QueueKey(queue.VirtualHost, queue.Name));
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

        var known = reader.Queues(virtualHost, name, samples);
        if (known.Count == 0)
        {
            return await DescribeAsync(key, cancellation).ConfigureAwait(false);
        }

        var tags = reader.Consumers(virtualHost).Where(consumer => consumer.Queue == name && consumer.Settings.Exclusive)
            .Select(static consumer => consumer.Settings.Tag);
        return known[0] with { ExclusiveConsumerTag = tags.FirstOrDefault() };
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConnectionInfo>> ListConnectionsAsync(string? virtualHost, CancellationToken cancellation) =>
        Task.FromResult(reader.Connections(virtualHost, name: null, samples: null));

    /// <inheritdoc/>
    public Task<ConnectionInfo?> ConnectionAsync(string name, SampleRange? samples, CancellationToken cancellation) =>
        Task.FromResult(reader.Connections(virtualHost: null, name, samples) is [var connection, ..] ? connection : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string? virtualHost, CancellationToken cancellation) =>
        Task.FromResult(reader.Channels(virtualHost, name: null, samples: null));

    /// <inheritdoc/>
    public Task<ChannelInfo?> ChannelAsync(string name, SampleRange? samples, CancellationToken cancellation) =>
        Task.FromResult(reader.Channels(virtualHost: null, name, samples) is [var channel, ..] ? channel : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConsumerInfo>> ListConsumersAsync(string? virtualHost, CancellationToken cancellation) =>
        Task.FromResult(reader.Consumers(virtualHost));

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeInfo>> ListNodesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<NodeInfo>>([reader.NodeInfo()]);

    /// <inheritdoc/>
    public Task<bool> CloseConnectionAsync(string name, string reason, CancellationToken cancellation) =>
        Task.FromResult(reader.Close(name, reason));

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
            Lengths =
            [
                new Figure("messages", described.ReadyCount + described.UnsettledCount, 0), new Figure("messages_ready", described.ReadyCount, 0),
                new Figure("messages_unacknowledged", described.UnsettledCount, 0),
            ],
        };
    }
}
