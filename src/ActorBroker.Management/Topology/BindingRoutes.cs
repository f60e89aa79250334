using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Lists;
using ActorBroker.Management.Sessions;

namespace ActorBroker.Management.Topology;

/// <summary>Bindings, from whatever side they are looked at.</summary>
internal static class BindingRoutes
{
    private const string Between = "bindings/{vhost}/e/{source}/{dtype}/{destination}";
    private static readonly string[] Sorts = ["vhost", "source", "type", "destination", "routing_key", "properties_key"];

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("bindings", ApiAccess.User, "All bindings.", static request => ListAsync(request, virtualHost: null)),
        ApiRoutes.Get("bindings/{vhost}", ApiAccess.User, "All bindings of a virtual host.", static request => ListAsync(request, request.VirtualHost)),
        ApiRoutes.Get("exchanges/{vhost}/{exchange}/bindings/source", ApiAccess.User, "The bindings that an exchange is the source of.", ListOfSourceAsync),
        ApiRoutes.Get(
            "exchanges/{vhost}/{exchange}/bindings/destination", ApiAccess.User, "The bindings that lead to an exchange.",
            static request => ListOfDestinationAsync(request, Destination.Exchange(ExchangeRoutes.KeyOf(request).Name))),
        ApiRoutes.Get(
            "queues/{vhost}/{queue}/bindings", ApiAccess.User, "The bindings that lead to a queue.",
            static request => ListOfDestinationAsync(request, Destination.Queue(request.Value("queue")))),
        ApiRoutes.Get(Between, ApiAccess.User, "The bindings between an exchange and a destination: dtype is e for exchange or q for queue.", ListBetweenAsync),
        ApiRoutes.Post(Between, ApiAccess.User, "Binds: the answer's location is the binding's.", BindAsync),
        ApiRoutes.Get(Between + "/{props}", ApiAccess.User, "One binding.", GetAsync),
        ApiRoutes.Delete(Between + "/{props}", ApiAccess.User, "Unbinds.", UnbindAsync),
    ];

    private static async Task ListAsync(ApiRequest request, string? virtualHost)
    {
        HashSet<string> visible = [.. await AccessGate.VisibleAsync(request, isForMonitors: false).ConfigureAwait(false)];
        var all = await request.Broker.View.ListBindingsAsync(virtualHost, request.Ended).ConfigureAwait(false);
        await ListAsync(request, all.Where(binding => visible.Contains(binding.VirtualHost))).ConfigureAwait(false);
    }

    private static Task ListAsync(ApiRequest request, IEnumerable<BindingInfo> bindings) => request.List(bindings.Select(TopologyJson.ObjectOf), Sorts);

    private static async Task ListOfSourceAsync(ApiRequest request) =>
        await ListAsync(request, await OfSourceAsync(request, ExchangeRoutes.KeyOf(request)).ConfigureAwait(false) ?? throw ApiErrorException.ObjectNotFound())
            .ConfigureAwait(false);

    private static Task<IReadOnlyList<BindingInfo>?> OfSourceAsync(ApiRequest request, ExchangeKey source) =>
        request.Broker.View.BindingsOfExchangeAsync(source.VirtualHost, source.Name, request.Ended);

    private static async Task ListOfDestinationAsync(ApiRequest request, Destination destination)
    {
        var exists = destination.Kind == DestinationKind.Queue
            ? await QueueRoutes.ExistsAsync(request.Broker, new QueueKey(request.VirtualHost, destination.Name)).ConfigureAwait(false)
            : await ExchangeRoutes.DescribeAsync(request.Broker, new ExchangeKey(request.VirtualHost, destination.Name)).ConfigureAwait(false) is not null;
        if (!exists)
        {
            throw ApiErrorException.ObjectNotFound();
        }

        var all = await request.Broker.View.ListBindingsAsync(request.VirtualHost, request.Ended).ConfigureAwait(false);
        await ListAsync(request, all.Where(binding => binding.Destination == destination)).ConfigureAwait(false);
    }

    private static async Task ListBetweenAsync(ApiRequest request) =>
        await ListAsync(request, await BetweenAsync(request).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task GetAsync(ApiRequest request) =>
        await request.Item(TopologyJson.ObjectOf(await NamedAsync(request).ConfigureAwait(false))).ConfigureAwait(false);

    private static async Task BindAsync(ApiRequest request)
    {
        var body = await request.BodyAsync().ConfigureAwait(false);
        var source = SourceOf(request);
        var binding = new Binding(DestinationOf(request), body.Text("routing_key") ?? string.Empty, JsonArguments.TableOf(body["arguments"]));
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientBind(id, source.Name, binding)).ConfigureAwait(false);
        var made = new BindingInfo(source.VirtualHost, source.Name, binding.Destination, binding.RoutingKey, binding.Arguments);
        await request.Created($"{Uri.EscapeDataString(binding.Destination.Name)}/{Uri.EscapeDataString(BindingProperties.KeyOf(made))}").ConfigureAwait(false);
    }

    private static async Task UnbindAsync(ApiRequest request)
    {
        var found = await NamedAsync(request).ConfigureAwait(false);
        var binding = new Binding(found.Destination, found.RoutingKey, found.Arguments);
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientUnbind(id, found.Source, binding)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static async Task<BindingInfo> NamedAsync(ApiRequest request)
    {
        var properties = request.Value("props");
        var all = (await BetweenAsync(request).ConfigureAwait(false)).ToList();
        return all.Find(binding => BindingProperties.KeyOf(binding) == properties)
            ?? all.Find(binding => BindingProperties.IsRoutingKey(binding, properties))
            ?? throw ApiErrorException.ObjectNotFound();
    }

    private static async Task<IEnumerable<BindingInfo>> BetweenAsync(ApiRequest request)
    {
        var destination = DestinationOf(request);
        var all = await OfSourceAsync(request, SourceOf(request)).ConfigureAwait(false);
        return all?.Where(binding => binding.Destination == destination) ?? [];
    }

    private static ExchangeKey SourceOf(ApiRequest request) => ExchangeRoutes.KeyOf(request, "source");

    private static Destination DestinationOf(ApiRequest request) => request.Value("dtype") switch
    {
        "q" => Destination.Queue(request.Value("destination")),
        "e" => Destination.Exchange(request.Value("destination")),
        _ => throw ApiErrorException.ObjectNotFound(),
    };
}
