using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Management;

/// <content>Names, exchanges and bindings: what the node's routing tables know, and what exchanges answer.</content>
internal sealed partial class ManagementView
{
    private const string DefaultExchange = "";

    private static readonly ExchangeDefinition DefaultDefinition =
        new(ExchangeTypes.Direct, Durable: true, AutoDelete: false, Internal: false, ArgumentTable.Empty);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ExchangeInfo>> ListExchangesAsync(string? virtualHost, CancellationToken cancellation)
    {
        var hosts = await NamesAsync(virtualHost, cancellation).ConfigureAwait(false);
        var collected = await CollectAsync(hosts.SelectMany(static host => host.Declared)).ConfigureAwait(false);
        var figures = await FiguresAsync(new AskNode(0, NodeQuestion.Exchanges) { VirtualHost = virtualHost }, cancellation).ConfigureAwait(false);
        var declared = collected.Select(exchange => InfoOf(exchange.Exchange, exchange.Definition, figures));
        var others = hosts.SelectMany(static host => PredeclaredExchanges.NamesIn(host.VirtualHost).Append(DefaultExchange)
            .Select(name => new ExchangeKey(host.VirtualHost, name)));
        return [.. others.Select(exchange => InfoOf(exchange, ByConstruction(exchange)!, figures)), .. declared];
    }

    /// <inheritdoc/>
    public async Task<ExchangeInfo?> ExchangeAsync(string virtualHost, string name, SampleRange? samples, CancellationToken cancellation)
    {
        var key = new ExchangeKey(virtualHost, name);
        var hosts = await NamesAsync(virtualHost, cancellation).ConfigureAwait(false);
        if (hosts.Count == 0)
        {
            return null;
        }

        var definition = ByConstruction(key);
        if (definition is null && hosts[0].Declared.Contains(key) && await CollectAsync([key]).ConfigureAwait(false) is [var declared, ..])
        {
            definition = declared.Definition;
        }

        if (definition is null)
        {
            return null;
        }

        var ask = new AskNode(0, NodeQuestion.Exchanges) { VirtualHost = virtualHost, Name = name, Samples = samples };
        return InfoOf(key, definition, await FiguresAsync(ask, cancellation).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BindingInfo>> ListBindingsAsync(string? virtualHost, CancellationToken cancellation)
    {
        var hosts = await NamesAsync(virtualHost, cancellation).ConfigureAwait(false);
        var collected = await CollectAsync(hosts.SelectMany(static host => host.Declared.Concat(
            PredeclaredExchanges.NamesIn(host.VirtualHost).Select(name => new ExchangeKey(host.VirtualHost, name))))).ConfigureAwait(false);
        return [.. hosts.SelectMany(ImplicitBindings), .. collected.SelectMany(BindingsOf)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BindingInfo>?> BindingsOfExchangeAsync(
        string virtualHost, string source, CancellationToken cancellation)
    {
        var hosts = await NamesAsync(virtualHost, cancellation).ConfigureAwait(false);
        if (hosts.Count == 0)
        {
            return null;
        }

        if (source.Length == 0)
        {
            return [.. ImplicitBindings(hosts[0])];
        }

        var key = new ExchangeKey(virtualHost, source);
        if (ByConstruction(key) is null && !hosts[0].Declared.Contains(key))
        {
            return null;
        }

        return [.. (await CollectAsync([key]).ConfigureAwait(false)).SelectMany(BindingsOf)];
    }

    private static ExchangeDefinition? ByConstruction(ExchangeKey exchange)
    {
        if (exchange.IsDefault)
        {
            return DefaultDefinition;
        }

        return PredeclaredExchanges.TryGet(exchange, out var definition) ? definition : null;
    }

    private static IEnumerable<BindingInfo> ImplicitBindings(HostNames host) => host.Queues.Select(queue =>
        new BindingInfo(host.VirtualHost, DefaultExchange, Destination.Queue(queue), queue, ArgumentTable.Empty));

    private static IEnumerable<BindingInfo> BindingsOf(CollectedRoutes routes) => routes.Bindings.Select(binding =>
        new BindingInfo(routes.Exchange.VirtualHost, routes.Exchange.Name, binding.Destination, binding.RoutingKey, binding.Arguments));

    private ExchangeInfo InfoOf(
        ExchangeKey exchange, ExchangeDefinition definition, ILookup<ExchangeKey, IReadOnlyList<Figure>> figures)
    {
        var policy = policies.Of(exchange.VirtualHost, system, ActorRefs.Nobody)?.OfExchange(exchange.Name) ?? EffectivePolicy.None;
        return new ExchangeInfo(exchange.VirtualHost, exchange.Name, definition, policy)
        {
            MessageStats = FigureList.Sum(figures[exchange]),
        };
    }

    private Task<IReadOnlyList<CollectedRoutes>> CollectAsync(IEnumerable<ExchangeKey> exchanges)
    {
        var done = new TaskCompletionSource<IReadOnlyList<CollectedRoutes>>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(RoutesCollector.Props(entities.Exchanges, [.. exchanges], AnswerLimit, done));
        return done.Task;
    }

    // What the routing tables know, once they have been loaded; nothing of a virtual host that cannot be read.
    private async Task<IReadOnlyList<HostNames>> NamesAsync(string? virtualHost, CancellationToken cancellation)
    {
        var hosts = await VirtualHostNamesAsync(cancellation).ConfigureAwait(false);
        var names = new List<HostNames>();
        foreach (var host in hosts.Where(host => virtualHost is null || host == virtualHost))
        {
            try
            {
                await entities.RoutingTableActor.Ask(new LoadVirtualHost(host), AnswerLimit, cancellation).ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                continue;
            }

            names.Add(HostNames.Of(host, entities.RoutingTables.NamesOf(host)));
        }

        return names;
    }

    private async Task<IReadOnlyList<string>> VirtualHostNamesAsync(CancellationToken cancellation)
    {
        try
        {
            var listed = await entities.Access.Ask<VirtualHostsListed>(new ListVirtualHosts(0), AnswerLimit, cancellation).ConfigureAwait(false);
            return listed.VirtualHosts;
        }
        catch (AskTimeoutException)
        {
            return [];
        }
    }

    private sealed record HostNames(string VirtualHost, IReadOnlyList<string> Queues, IReadOnlySet<ExchangeKey> Declared)
    {
        public IEnumerable<ExchangeKey> Exchanges => Declared.Concat(
            PredeclaredExchanges.NamesIn(VirtualHost).Append(DefaultExchange).Select(name => new ExchangeKey(VirtualHost, name)));

        public static HostNames Of(string virtualHost, IReadOnlyList<Destination> names) => new(
            virtualHost,
            [.. names.Where(static name => name.Kind == DestinationKind.Queue && !Stage.IsName(name.Name)).Select(static name => name.Name)],
            names.Where(static name => name.Kind == DestinationKind.Exchange).Select(name => new ExchangeKey(virtualHost, name.Name)).ToHashSet());
    }
}
