using System.Text.Json.Nodes;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Topology;

/// <summary>What there is: exchanges and queues, in lists and one by one.</summary>
internal static class TopologyLists
{
    // Entities are asked at once, so many at a time.
    private const int AskedAtOnce = 64;
    private static readonly string[] Sorts = ["vhost", "name"];

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("exchanges", ApiAccess.Viewer, "All exchanges.", request => ListAsync(request, null, ExchangesAsync)),
        ApiRoutes.Get("exchanges/{vhost}", ApiAccess.Viewer, "All exchanges of a virtual host.", request => ListAsync(request, request.VirtualHost, ExchangesAsync)),
        ApiRoutes.Get("exchanges/{vhost}/{exchange}", ApiAccess.User, "An exchange.", GetExchangeAsync),
        ApiRoutes.Get("queues", ApiAccess.Viewer, "All queues.", request => ListAsync(request, null, QueuesAsync)),
        ApiRoutes.Get("queues/{vhost}", ApiAccess.Viewer, "All queues of a virtual host.", request => ListAsync(request, request.VirtualHost, QueuesAsync)),
        ApiRoutes.Get("queues/{vhost}/{queue}", ApiAccess.User, "A queue.", GetQueueAsync),
    ];

    /// <summary>All exchanges of a virtual host.</summary>
    public static async Task<IEnumerable<JsonObject>> ExchangesAsync(ManagedBroker broker, string virtualHost)
    {
        var names = await TopologyReader.ExchangesAsync(broker, virtualHost).ConfigureAwait(false);
        return await EachAsync(names.Prepend(string.Empty), async name =>
            await ExchangeRoutes.DescribeAsync(broker, new ExchangeKey(virtualHost, name)).ConfigureAwait(false) is { } found ? ObjectOf(found) : null)
            .ConfigureAwait(false);
    }

    /// <summary>All queues of a virtual host.</summary>
    public static async Task<IEnumerable<JsonObject>> QueuesAsync(ManagedBroker broker, string virtualHost)
    {
        var names = await TopologyReader.NamesAsync(broker, virtualHost).ConfigureAwait(false);
        return await EachAsync(names.Where(static name => name.Kind == DestinationKind.Queue && !Stage.IsName(name.Name)), async name =>
            await QueueRoutes.DescribeAsync(broker, new QueueKey(virtualHost, name.Name)).ConfigureAwait(false) is { } found ? ObjectOf(found) : null)
            .ConfigureAwait(false);
    }

    private static async Task<List<JsonObject>> EachAsync<T>(IEnumerable<T> items, Func<T, Task<JsonObject?>> ask)
    {
        List<JsonObject> found = [];
        foreach (var some in items.Chunk(AskedAtOnce))
        {
            found.AddRange((await Task.WhenAll(some.Select(ask)).ConfigureAwait(false)).OfType<JsonObject>());
        }

        return found;
    }

    private static JsonObject ObjectOf(ExchangeDescribed exchange)
    {
        var definition = exchange.Definition!;
        var item = new JsonObject
        {
            ["arguments"] = JsonArguments.ObjectOf(definition.Arguments),
            ["auto_delete"] = definition.AutoDelete,
            ["durable"] = definition.Durable,
            ["internal"] = definition.Internal,
            ["name"] = exchange.Exchange.Name,
            ["type"] = definition.Type,
            ["vhost"] = exchange.Exchange.VirtualHost,
        };
        if (exchange.Policy.Policy is { } policy)
        {
            item["policy"] = policy.Name;
        }

        return item;
    }

    private static JsonObject ObjectOf(QueueDescribed queue)
    {
        var definition = queue.Definition!;
        var item = new JsonObject
        {
            ["arguments"] = JsonArguments.ObjectOf(definition.Arguments),
            ["auto_delete"] = definition.AutoDelete,
            ["consumers"] = queue.ConsumerCount,
            ["durable"] = definition.Durable,
            ["exclusive"] = definition.Exclusive,
            ["messages"] = queue.ReadyCount + queue.UnsettledCount,
            ["messages_ready"] = queue.ReadyCount,
            ["messages_unacknowledged"] = queue.UnsettledCount,
            ["name"] = queue.Queue.Name,
            ["type"] = TypeOf(definition),
            ["vhost"] = queue.Queue.VirtualHost,
        };
        AddPolicy(item, queue.Policy);
        return item;
    }

    private static void AddPolicy(JsonObject item, EffectivePolicy policy)
    {
        item["policy"] = policy.Policy?.Name;
        item["operator_policy"] = policy.OperatorPolicy?.Name;
        item["effective_policy_definition"] = JsonArguments.ObjectOf(policy.Definition);
    }

    private static string TypeOf(QueueDefinition definition) =>
        definition.Arguments.TryGetValue("x-queue-type", out var type) && type.TryGetString(out var name) ? name : "classic";

    private static async Task ListAsync(ApiRequest request, string? virtualHost, Func<ManagedBroker, string, Task<IEnumerable<JsonObject>>> read)
    {
        var virtualHosts = virtualHost is null ? await AccessGate.VisibleAsync(request).ConfigureAwait(false) : [virtualHost];
        List<JsonObject> all = [];
        foreach (var one in virtualHosts)
        {
            all.AddRange(await read(request.Broker, one).ConfigureAwait(false));
        }

        await request.List(all, Sorts).ConfigureAwait(false);
    }

    private static async Task GetExchangeAsync(ApiRequest request)
    {
        var described = await ExchangeRoutes.DescribeAsync(request.Broker, ExchangeRoutes.KeyOf(request)).ConfigureAwait(false);
        await request.Item(ObjectOf(described ?? throw ApiErrorException.ObjectNotFound())).ConfigureAwait(false);
    }

    private static async Task GetQueueAsync(ApiRequest request)
    {
        var described = await QueueRoutes.DescribeAsync(request.Broker, new QueueKey(request.VirtualHost, request.Value("queue"))).ConfigureAwait(false);
        await request.Item(ObjectOf(described ?? throw ApiErrorException.ObjectNotFound())).ConfigureAwait(false);
    }
}
