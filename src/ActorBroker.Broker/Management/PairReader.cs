using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Broker.Management;

/// <summary>What one node knows of channels, exchanges and queues together. For any thread.</summary>
/// <param name="node">The node's name.</param>
/// <param name="statistics">What is counted.</param>
/// <param name="sampler">What was.</param>
internal sealed class PairReader(string node, NodeStatistics statistics, Sampler sampler)
{
    /// <summary>How many messages went which way, those of channels included that are no more.</summary>
    public static Dictionary<RouteKey, long> RoutesOf(NodeStatistics statistics)
    {
        var counts = new Dictionary<RouteKey, long>(statistics.Connections.PastRoutes.All());
        foreach (var connection in statistics.Connections.All())
        {
            var host = connection.Description.VirtualHost;
            foreach (var route in connection.Channels().SelectMany(static channel => channel.Figures?.Counters.Pairs?.Routes() ?? []))
            {
                var key = RouteKey.Of(host, route);
                counts[key] = counts.GetValueOrDefault(key) + route.Published;
            }
        }

        return counts;
    }

    /// <summary>What somebody asks: with one of <see cref="NodeQuestion"/>'s questions for pairs.</summary>
    public IReadOnlyList<PairInfo> Read(AskNode ask, long now)
    {
        var reading = new Reading(ask, now);
        IEnumerable<PairInfo> pairs = ask.Question switch
        {
            NodeQuestion.PairsOfQueue =>
            [
                .. Channels(ask).SelectMany(channel => Queues(channel, pair => pair.Queue == ask.Name, reading)),
                .. Routes(route => route.Queue.Name == ask.Name, reading),
            ],
            NodeQuestion.PairsOfExchange =>
            [
                .. Channels(ask).SelectMany(channel => Exchanges(channel, pair => pair.Exchange == ask.Name, reading)),
                .. Routes(route => route.Exchange.Name == ask.Name, reading),
            ],
            NodeQuestion.PairsOfChannel =>
            [
                .. Channels(ask).Where(channel => channel.Channel.Name == ask.Name).SelectMany(channel =>
                    Exchanges(channel, static _ => true, reading).Concat(Queues(channel, static _ => true, reading))),
            ],
            _ =>
            [
                .. Channels(ask).SelectMany(channel => Exchanges(channel, static _ => true, reading)
                    .Concat(Queues(channel, static _ => true, reading)).Concat(Routes(channel))),
                .. Routes(static _ => true, reading),
            ],
        };
        return [.. pairs.Where(static pair => pair.MessageStats.Count > 0)];
    }

    private IEnumerable<Counted> Channels(AskNode ask) =>
        from connection in statistics.Connections.All()
        let description = connection.Description
        where ask.VirtualHost is null || description.VirtualHost == ask.VirtualHost
        where ask.Question != NodeQuestion.PairsOfChannel || ask.Name!.StartsWith(description.Name, StringComparison.Ordinal)
        from channel in connection.Channels()
        let pairs = channel.Figures?.Counters.Pairs
        where pairs is not null
        let peer = description.Peer
        select new Counted(
            description.VirtualHost,
            new PairedChannel(description.Name, channel.Number, node, description.User, peer.Address.ToString(), peer.Port), pairs);

    private IEnumerable<PairInfo> Exchanges(Counted channel, Func<ExchangePair, bool> isWanted, Reading reading) =>
        channel.Pairs.Exchanges().Where(isWanted).Select(pair => new PairInfo(
            channel.VirtualHost, channel.Channel, pair.Exchange, Queue: null,
            reading.Figures(CounterRows.ExchangePair, CounterRows.Of(pair), sampler.ExchangePairs.Find(pair))));

    private IEnumerable<PairInfo> Queues(Counted channel, Func<QueuePair, bool> isWanted, Reading reading) =>
        channel.Pairs.Queues().Where(isWanted).Select(pair => new PairInfo(
            channel.VirtualHost, channel.Channel, Exchange: null, pair.Queue,
            reading.Figures(CounterRows.QueuePair, CounterRows.Of(pair), sampler.QueuePairs.Find(pair))));

    private static IEnumerable<PairInfo> Routes(Counted channel) => channel.Pairs.Routes().Select(pair => new PairInfo(
        channel.VirtualHost, channel.Channel, pair.Exchange, pair.Queue, [new Figure(CounterRows.Route[0], pair.Published)]));

    private IEnumerable<PairInfo> Routes(Func<RouteKey, bool> isWanted, Reading reading) => RoutesOf(statistics)
        .Where(route => isWanted(route.Key) && reading.IsIn(route.Key.Queue.VirtualHost))
        .Select(route => new PairInfo(
            route.Key.Queue.VirtualHost, Channel: null, route.Key.Exchange.Name, route.Key.Queue.Name,
            reading.Figures(CounterRows.Route, [route.Value], sampler.Routes.Find(route.Key))));

    private sealed record Counted(string VirtualHost, PairedChannel Channel, ChannelPairs Pairs);

    private sealed class Reading(AskNode ask, long now)
    {
        public bool IsIn(string virtualHost) => ask.VirtualHost is null || virtualHost == ask.VirtualHost;

        public IReadOnlyList<Figure> Figures(string[] names, long[] row, SampleRing? ring) =>
            FigureList.OfWhatHappened(names, row, .., ring, ask.Samples, now);
    }
}
