using System.Text.Json.Nodes;
using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Sessions;

namespace ActorBroker.Management.Topology;

/// <summary>Bindings, from whatever side they are looked at.</summary>
internal static class BindingRoutes
{
    private const string Between = "bindings/{vhost}/e/{source}/{dtype}/{destination}";
    private static readonly string[] Sorts = ["vhost", "source", "type", "destination", "routing_key", "properties_key"];

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("bindings", ApiAccess.User, "All bindings.", request => ListAsync(request, null)),
        ApiRoutes.Get("bindings/{vhost}", ApiAccess.User, "All bindings of a virtual host.", request => ListAsync(request, request.VirtualHost)),
        ApiRoutes.Get("exchanges/{vhost}/{exchange}/bindings/source", ApiAccess.User, "The bindings that an exchange is the source of.", ListOfSourceAsync),
        ApiRoutes.Get(
            "exchanges/{vhost}/{exchange}/bindings/destination", ApiAccess.User, "The bindings that lead to an exchange.",
            request => ListOfDestinationAsync(request, Destination.Exchange(request.Value("exchange")))),
        ApiRoutes.Get(
            "queues/{vhost}/{queue}/bindings", ApiAccess.User, "The bindings that lead to a queue.",
            request => ListOfDestinationAsync(request, Destination.Queue(request.Value("queue")))),
        ApiRoutes.Get(Between, ApiAccess.User, "The bindings between an exchange and a destination: dtype is e for exchange or q for queue.", ListBetweenAsync),
        ApiRoutes.Post(Between, ApiAccess.User, "Binds: the answer's location is the binding's.", BindAsync),
        ApiRoutes.Get(Between + "/{props}", ApiAccess.User, "One binding.", GetAsync),
        ApiRoutes.Delete(Between + "/{props}", ApiAccess.User, "Unbinds.", UnbindAsync),
    ];

    /// <summary>All bindings of a virtual host, those of the default exchange among them.</summary>
    public static async Task<List<JsonObject>> OfVirtualHostAsync(ManagedBroker broker, string virtualHost)
    {
        List<JsonObject> all = [];
        var names = await TopologyReader.NamesAsync(broker, virtualHost).ConfigureAwait(false);
        foreach (var queue in names.Where(static name => name.Kind == DestinationKind.Queue))
        {
            all.Add(ObjectOf(virtualHost, string.Empty, DefaultBinding(queue.Name)));
        }

        var exchanges = PredeclaredExchanges.NamesIn(virtualHost)
            .Concat(names.Where(static name => name.Kind == DestinationKind.Exchange).Select(static name => name.Name));
        foreach (var exchange in exchanges)
        {
            all.AddRange(await OfExchangeAsync(broker, new ExchangeKey(virtualHost, exchange)).ConfigureAwait(false) ?? []);
        }

        return all;
    }

    private static async Task<IEnumerable<JsonObject>?> OfExchangeAsync(ManagedBroker broker, ExchangeKey key)
    {
        if (key.IsDefault)
        {
            var names = await TopologyReader.NamesAsync(broker, key.VirtualHost).ConfigureAwait(false);
            return names.Where(static name => name.Kind == DestinationKind.Queue)
                .Select(name => ObjectOf(key.VirtualHost, string.Empty, DefaultBinding(name.Name)));
        }

        return (await TopologyReader.BindingsAsync(broker, key).ConfigureAwait(false))?.Bindings
            .Select(binding => ObjectOf(key.VirtualHost, key.Name, binding));
    }

    /// <summary>A binding as the API tells of it.</summary>
    public static JsonObject ObjectOf(string virtualHost, string source, Binding binding) => new()
    {
        ["source"] = source,
        ["vhost"] = virtualHost,
        ["destination"] = binding.Destination.Name,
        ["destination_type"] = binding.Destination.Kind == DestinationKind.Queue ? "queue" : "exchange",
        ["routing_key"] = binding.RoutingKey,
        ["arguments"] = JsonArguments.ObjectOf(binding.Arguments),
        ["properties_key"] = BindingProperties.KeyOf(binding),
    };

    private static Binding DefaultBinding(string queue) => new(Destination.Queue(queue), queue, Core.Arguments.ArgumentTable.Empty);

    private static async Task ListAsync(ApiRequest request, string? virtualHost)
    {
        var virtualHosts = virtualHost is null ? await AccessGate.VisibleAsync(request).ConfigureAwait(false) : [virtualHost];
        List<JsonObject> all = [];
        foreach (var one in virtualHosts)
        {
            all.AddRange(await OfVirtualHostAsync(request.Broker, one).ConfigureAwait(false));
        }

        await request.List(all, Sorts).ConfigureAwait(false);
    }

    private static async Task ListOfSourceAsync(ApiRequest request)
    {
        var bindings = await OfExchangeAsync(request.Broker, ExchangeRoutes.KeyOf(request)).ConfigureAwait(false);
        await request.List(bindings ?? throw ApiErrorException.ObjectNotFound(), Sorts).ConfigureAwait(false);
    }

    private static async Task ListOfDestinationAsync(ApiRequest request, Destination destination)
    {
        var exists = destination.Kind == DestinationKind.Queue
            ? await QueueRoutes.ExistsAsync(request.Broker, new QueueKey(request.VirtualHost, destination.Name)).ConfigureAwait(false)
            : await ExchangeRoutes.DescribeAsync(request.Broker, ExchangeRoutes.KeyOf(request)).ConfigureAwait(false) is not null;
        if (!exists)
        {
            throw ApiErrorException.ObjectNotFound();
        }

        var kind = destination.Kind == DestinationKind.Queue ? "queue" : "exchange";
        var all = await OfVirtualHostAsync(request.Broker, request.VirtualHost).ConfigureAwait(false);
        await request.List(all.Where(binding => (string?)binding["destination_type"] == kind && (string?)binding["destination"] == destination.Name), Sorts)
            .ConfigureAwait(false);
    }

    private static async Task ListBetweenAsync(ApiRequest request) =>
        await request.List((await BetweenAsync(request).ConfigureAwait(false)).Select(binding => ObjectOf(request.VirtualHost, SourceOf(request).Name, binding)), Sorts)
            .ConfigureAwait(false);

    private static async Task GetAsync(ApiRequest request) =>
        await request.Item(ObjectOf(request.VirtualHost, SourceOf(request).Name, await NamedAsync(request).ConfigureAwait(false))).ConfigureAwait(false);

    private static async Task BindAsync(ApiRequest request)
    {
        var body = await request.BodyAsync().ConfigureAwait(false);
        var binding = new Binding(DestinationOf(request), body.Text("routing_key") ?? string.Empty, JsonArguments.TableOf(body["arguments"]));
        var source = SourceOf(request).Name;
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientBind(id, source, binding)).ConfigureAwait(false);
        await request.Created($"{Uri.EscapeDataString(binding.Destination.Name)}/{Uri.EscapeDataString(BindingProperties.KeyOf(binding))}")
            .ConfigureAwait(false);
    }

    private static async Task UnbindAsync(ApiRequest request)
    {
        var binding = await NamedAsync(request).ConfigureAwait(false);
        var source = SourceOf(request).Name;
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientUnbind(id, source, binding)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static async Task<Binding> NamedAsync(ApiRequest request) =>
        (await BetweenAsync(request).ConfigureAwait(false)).FirstOrDefault(binding => BindingProperties.IsNamed(binding, request.Value("props")))
        ?? throw ApiErrorException.ObjectNotFound();

    private static async Task<IEnumerable<Binding>> BetweenAsync(ApiRequest request)
    {
        var (source, destination) = (SourceOf(request), DestinationOf(request));
        if (source.IsDefault)
        {
            return destination.Kind == DestinationKind.Queue
                && await QueueRoutes.ExistsAsync(request.Broker, new QueueKey(request.VirtualHost, destination.Name)).ConfigureAwait(false)
                ? [DefaultBinding(destination.Name)]
                : [];
        }

        var bindings = await TopologyReader.BindingsAsync(request.Broker, source).ConfigureAwait(false);
        return bindings?.Bindings.Where(binding => binding.Destination == destination) ?? [];
    }

    private static ExchangeKey SourceOf(ApiRequest request) => ExchangeRoutes.KeyOf(request, "source");

    private static Destination DestinationOf(ApiRequest request) => request.Value("dtype") switch
    {
        "q" => Destination.Queue(request.Value("destination")),
        "e" => Destination.Exchange(request.Value("destination")),
        _ => throw ApiErrorException.ObjectNotFound(),
    };
}
