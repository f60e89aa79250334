using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Management;

/// <summary>What one node knows without asking anybody. For any thread.</summary>
/// <param name="system">The node.</param>
/// <param name="node">The node's name.</param>
/// <param name="statistics">What is there, and counted.</param>
/// <param name="sampler">What was.</param>
/// <param name="gauge">How its process does.</param>
/// <param name="clock">Wall clock.</param>
internal sealed class NodeReader(ActorSystem system, string node, NodeStatistics statistics, Sampler sampler, NodeGauge gauge, TimeProvider clock)
{
    public string Node => node;

    private readonly PairReader _pairs = new(node, statistics, sampler);

    private Cluster Cluster { get; } = Cluster.Get(system);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private IReadOnlyList<QueueInfo> Queues(string? virtualHost, string? name, SampleRange? samples)
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

    private IReadOnlyList<ConnectionInfo> Connections(string? virtualHost, string? name, SampleRange? samples)
    {
        var now = Now;
        return [.. Matching(virtualHost, name).Select(connection => Of(connection, samples, now))];
    }

    private IReadOnlyList<ChannelInfo> Channels(string? virtualHost, string? name, SampleRange? samples)
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

    private IReadOnlyList<ConsumerInfo> Consumers(string? virtualHost) =>
    [
        .. Matching(virtualHost, null).SelectMany(static connection => connection.Consumers()).Select(consumer => new ConsumerInfo(
            consumer.Queue.VirtualHost, consumer.Queue.Name, consumer.Connection.Name, consumer.Channel.Number, node, consumer.Connection.User,
            consumer.Settings)
        {
            PeerHost = consumer.Connection.Peer.Address.ToString(),
            PeerPort = consumer.Connection.Peer.Port,
        }),
    ];

    /// <summary>What another node, or this one, asks.</summary>
    public NodeReport Answer(AskNode ask)
    {
        var (host, name, samples) = (ask.VirtualHost, ask.Name, ask.Samples);
        return ask.Question switch
        {
            NodeQuestion.Node => new NodeReport { Node = NodeInfo() },
            NodeQuestion.Totals => new NodeReport
            {
                Node = NodeInfo(),
                VirtualHosts = VirtualHosts(samples),
                Churn = Churn(samples),
                QueueTypes = TypeFigures.OfQueues(statistics.Queues),
                Protocols = TypeFigures.OfProtocols(statistics.Connections),
                Exchanges = Exchanges(host, name, samples),
            },
            NodeQuestion.Queues => new NodeReport { Queues = Queues(host, name, samples) },
            NodeQuestion.Exchanges => new NodeReport { Exchanges = Exchanges(host, name, samples) },
            NodeQuestion.Connections => new NodeReport { Connections = Connections(host, name, samples) },
            NodeQuestion.Channels => new NodeReport { Channels = Channels(host, name, samples) },
            NodeQuestion.Consumers => new NodeReport { Consumers = Consumers(host) },
            NodeQuestion.ForgetLogins => After(statistics.Logins.Clear),
            NodeQuestion.ForgetSamples => After(sampler.Clear),
            NodeQuestion.PairsOfQueue or NodeQuestion.PairsOfExchange or NodeQuestion.PairsOfChannel or NodeQuestion.Pairs =>
                new NodeReport { Pairs = _pairs.Read(ask, Now) },
            NodeQuestion.CloseConnection when name is not null => new NodeReport { HasClosed = Close(name, ask.Reason) },
            _ => new NodeReport(),
        };
    }

    private static NodeReport After(Action forget)
    {
        forget();
        return new NodeReport();
    }

    private IReadOnlyList<ExchangeFigures> Exchanges(string? virtualHost, string? name, SampleRange? samples)
    {
        var now = Now;
        return
        [
            .. NodeTotals.Of(statistics).Exchanges
                .Where(exchange => (virtualHost is null || exchange.Key.VirtualHost == virtualHost) && (name is null || exchange.Key.Name == name))
                .Select(exchange => new ExchangeFigures(exchange.Key, FigureList.OfWhatHappened(
                    CounterRows.Exchange, CounterRows.Of(exchange.Value), .., sampler.Exchanges.Find(exchange.Key), samples, now))
                {
                    Outcomes = FigureList.OfWhatHappened(
                        CounterRows.ExchangeOutcomes, CounterRows.OutcomesOf(exchange.Value), .., ring: null, samples: null, now),
                }),
        ];
    }

    private IReadOnlyList<VirtualHostInfo> VirtualHosts(SampleRange? samples)
    {
        var now = Now;
        var connections = statistics.Connections.All().ToLookup(static connection => connection.Description.VirtualHost, StringComparer.Ordinal);
        return
        [
            .. NodeTotals.Of(statistics).VirtualHosts.Select(host =>
            {
                var (name, row) = host;
                var ring = sampler.VirtualHosts.Find(name);
                return new VirtualHostInfo(name)
                {
                    Connections = connections[name].Count(),
                    Channels = connections[name].Sum(static connection => connection.ChannelCount),
                    Consumers = connections[name].Sum(static connection => connection.ConsumerCount),
                    MessageStats = FigureList.OfWhatHappened(CounterRows.VirtualHost, row, ..14, ring, samples, now),
                    Traffic = FigureList.Of(CounterRows.VirtualHost, row, 14..18, ring, samples, now),
                    Lengths = FigureList.Of(CounterRows.VirtualHost, row, 18.., ring, samples, now),
                };
            }),
        ];
    }

    private IReadOnlyList<Figure> Churn(SampleRange? samples)
    {
        var row = CounterRows.Of(statistics.Connections.Churn);
        return FigureList.Of(CounterRows.Churn, row, .., sampler.Churn.Find(string.Empty), samples, Now);
    }

    private NodeInfo NodeInfo() => gauge.Read(new NodeInfo(node, IsRunning: true)
    {
        Cluster = Cluster.State.Members.OrderBy(static member => member, Member.AgeOrdering).FirstOrDefault()?.Address.HostPort() ?? node,
        Members = Cluster.State.Members.Count,
        MembersUnreachable = Cluster.State.Unreachable.Count,
        Logins = statistics.Logins.All(),
        QueueMemory = statistics.Queues.All().Sum(static queue => queue.MemoryBytes),
        Connections = statistics.Connections.Count,
        Queues = statistics.Queues.All().Count(static queue => queue.IsAwake),
        Listeners = SystemManagement.Of(system).Listeners,
        Churn = Churn(samples: null),
    });

    /// <summary>Ends a connection; false when this node has none of that name.</summary>
    private bool Close(string name, string reason)
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
            Sizes = queue.Sizes,
            MemoryBytes = queue.MemoryBytes,
            ConsumerCapacity = queue.Consumers == 0 ? 0 : queue.Counters.ConsumerUse?.At(now) ?? 1,
            Owner = queue.Owner is { } owner ? owners.Value.GetValueOrDefault(owner) : null,
            DeclaredBy = queue.DeclaredBy,
            SingleActiveConsumerTag = queue.SingleActiveConsumerTag,
            IdleSince = queue.ChangedAt > 0 && now - queue.ChangedAt >= Sampler.Interval.TotalMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(queue.ChangedAt) : null,
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
            Tls = description.Tls,
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
