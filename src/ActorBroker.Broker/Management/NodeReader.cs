using System.Collections.Immutable;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;
using Akka.Actor;

namespace ActorBroker.Broker.Management;

/// <summary>What one node knows without asking anybody. For any thread.</summary>
/// <param name="node">The node's name.</param>
/// <param name="statistics">What is there, and counted.</param>
/// <param name="sampler">What was.</param>
/// <param name="gauge">How its process does.</param>
/// <param name="clock">Wall clock.</param>
internal sealed class NodeReader(string node, NodeStatistics statistics, Sampler sampler, NodeGauge gauge, TimeProvider clock)
{
    public string Node => node;

    public NodeStatistics Statistics => statistics;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public IReadOnlyList<QueueInfo> Queues(string? virtualHost, string? name, SampleRange? samples)
    {
        var now = Now;
        var owners = new Lazy<Dictionary<IActorRef, string>>(ConnectionNames);
        IEnumerable<QueueFigures> queues = virtualHost is not null && name is not null
            ? statistics.Queues.Find(new QueueKey(virtualHost, name)) is { } one ? [one] : []
            : statistics.Queues.All();
        return
        [
            .. queues.Where(queue => (virtualHost is null || queue.Queue.VirtualHost == virtualHost) && queue.Definition is not null)
                .Select(queue => Of(queue, owners, samples, now)),
        ];
    }

    public IReadOnlyList<ConnectionInfo> Connections(string? virtualHost, string? name, SampleRange? samples)
    {
        var now = Now;
        return [.. Matching(virtualHost, name).Select(connection => Of(connection, samples, now))];
    }

    public IReadOnlyList<ChannelInfo> Channels(string? virtualHost, string? name, SampleRange? samples)
    {
        var now = Now;
        return
        [
            .. Matching(virtualHost, null)
                .Where(connection => name is null || name.StartsWith(connection.Description.Name, StringComparison.Ordinal))
                .SelectMany(connection => ChannelsOf(connection, samples, now))
                .Where(channel => name is null || channel.Name == name),
        ];
    }

    public IReadOnlyList<ConsumerInfo> Consumers(string? virtualHost) =>
    [
        .. Matching(virtualHost, null).SelectMany(static connection => connection.Consumers()).Select(consumer => new ConsumerInfo(
            consumer.Queue.VirtualHost, consumer.Queue.Name, consumer.Connection.Name, consumer.Channel.Number, node, consumer.Connection.User,
            consumer.Settings)
        {
            PeerHost = consumer.Connection.Peer.Address.ToString(),
            PeerPort = consumer.Connection.Peer.Port,
        }),
    ];

    public IReadOnlyDictionary<ExchangeKey, IReadOnlyList<Figure>> Exchanges(string? virtualHost, SampleRange? samples)
    {
        var now = Now;
        return NodeTotals.Of(statistics).Exchanges
            .Where(exchange => virtualHost is null || exchange.Key.VirtualHost == virtualHost)
            .ToImmutableDictionary(static exchange => exchange.Key, exchange => FigureList.OfWhatHappened(
                CounterRows.Exchange, CounterRows.Of(exchange.Value), .., sampler.Exchanges.Find(exchange.Key), samples, now));
    }

    public IReadOnlyList<VirtualHostInfo> VirtualHosts(SampleRange? samples)
    {
        var now = Now;
        return
        [
            .. NodeTotals.Of(statistics).VirtualHosts.Select(host =>
            {
                var (name, row) = host;
                var ring = sampler.VirtualHosts.Find(name);
                return new VirtualHostInfo(name)
                {
                    MessageStats = FigureList.OfWhatHappened(CounterRows.VirtualHost, row, ..14, ring, samples, now),
                    Traffic = FigureList.Of(CounterRows.VirtualHost, row, 14..16, ring, samples, now),
                    Lengths = FigureList.Of(CounterRows.VirtualHost, row, 16.., ring, samples, now),
                };
            }),
        ];
    }

    public IReadOnlyList<Figure> Churn(SampleRange? samples)
    {
        var row = CounterRows.Of(statistics.Connections.Churn);
        return FigureList.Of(CounterRows.Churn, row, .., sampler.Churn.Find(string.Empty), samples, Now);
    }

    public NodeInfo NodeInfo() => gauge.Read(new NodeInfo(node, IsRunning: true)
    {
        Connections = statistics.Connections.Count,
        Queues = statistics.Queues.All().Count(static queue => queue.IsAwake),
        Listeners = statistics.Listeners,
        Churn = Churn(samples: null),
    });

    /// <summary>Ends a connection; false when this node has none of that name.</summary>
    public bool Close(string name, string reason)
    {
        var named = Matching(null, name).ToList();
        foreach (var connection in named)
        {
            connection.Description.Actor.Tell(new CloseConnection(reason));
        }

        return named.Count > 0;
    }

    private IEnumerable<ConnectionFigures> Matching(string? virtualHost, string? name) => statistics.Connections.All().Where(connection =>
        (virtualHost is null || connection.Description.VirtualHost == virtualHost) && (name is null || connection.Description.Name == name));

    private Dictionary<IActorRef, string> ConnectionNames() => statistics.Connections.All()
        .Select(static connection => connection.Description)
        .DistinctBy(static description => description.Actor)
        .ToDictionary(static description => description.Actor, static description => description.Name);

    private QueueInfo Of(QueueFigures queue, Lazy<Dictionary<IActorRef, string>> owners, SampleRange? samples, long now)
    {
        var definition = queue.Definition!;
        var row = CounterRows.Of(queue);
        var ring = sampler.Queues.Find(queue);
        return new QueueInfo(
            queue.Queue.VirtualHost, queue.Queue.Name, definition, QueueArguments.TypeOf(definition.Arguments) ?? QueueType.Classic, queue.Policy,
            node, queue.IsAwake ? QueueCondition.Running : QueueCondition.Sleeping)
        {
            Ready = queue.Ready,
            Unacknowledged = queue.Unacknowledged,
            Consumers = queue.Consumers,
            Bytes = queue.Bytes,
            BytesInMemory = queue.BytesInMemory,
            Owner = queue.Owner is { } owner ? owners.Value.GetValueOrDefault(owner) : null,
            SingleActiveConsumerTag = queue.SingleActiveConsumerTag,
            Lengths = FigureList.Of(CounterRows.Queue, row, CounterRows.QueueStats.., ring, samples, now),
            MessageStats = FigureList.OfWhatHappened(CounterRows.Queue, row, ..CounterRows.QueueStats, ring, samples, now),
        };
    }

    private ConnectionInfo Of(ConnectionFigures connection, SampleRange? samples, long now)
    {
        var description = connection.Description;
        return new ConnectionInfo(
            description.Name, node, description.User, description.VirtualHost, description.Client, description.ConnectedAt)
        {
            PeerHost = description.Peer.Address.ToString(),
            PeerPort = description.Peer.Port,
            Host = description.Local.Address.ToString(),
            Port = description.Local.Port,
            IsTls = description.Tls is not null,
            IsBlocked = connection.IsBlocked,
            Channels = connection.ChannelCount,
            Traffic = FigureList.Of(CounterRows.Connection, CounterRows.Of(connection), .., sampler.Connections.Find(connection), samples, now),
        };
    }

    private IEnumerable<ChannelInfo> ChannelsOf(ConnectionFigures connection, SampleRange? samples, long now)
    {
        var description = connection.Description;
        var consumers = connection.Consumers().CountBy(static consumer => consumer.Channel.Id).ToDictionary();
        foreach (var channel in connection.Channels())
        {
            var info = new ChannelInfo(description.Name, channel.Number, node, description.User, description.VirtualHost)
            {
                PeerHost = description.Peer.Address.ToString(),
                PeerPort = description.Peer.Port,
                Consumers = consumers.GetValueOrDefault(channel.Id),
            };
            yield return channel.Figures is { } figures ? With(info, figures, samples, now) : info;
        }
    }

    private ChannelInfo With(ChannelInfo info, IChannelFigures figures, SampleRange? samples, long now) => info with
    {
        PrefetchCount = figures.PrefetchCount,
        GlobalPrefetchCount = figures.GlobalPrefetchCount,
        Unacknowledged = figures.Unacknowledged,
        Unconfirmed = figures.Unconfirmed,
        Uncommitted = figures.Uncommitted,
        AcksUncommitted = figures.AcksUncommitted,
        IsConfirming = figures.IsConfirming,
        IsTransactional = figures.IsTransactional,
        MessageStats = FigureList.OfWhatHappened(
            CounterRows.Channel, CounterRows.Of(figures.Counters), .., sampler.Channels.Find(figures), samples, now),
    };
}
