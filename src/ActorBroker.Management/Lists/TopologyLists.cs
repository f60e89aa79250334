using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Lists;

/// <summary>Queues and exchanges, in lists and one by one.</summary>
internal static class TopologyLists
{
    private static readonly string[] Sorts = ["vhost", "name"];

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("exchanges", ApiAccess.Viewer, "All exchanges.", static request => ListExchangesAsync(request, null)),
        ApiRoutes.Get("exchanges/{vhost}", ApiAccess.Viewer, "All exchanges of a virtual host.", static request => ListExchangesAsync(request, request.VirtualHost)),
        ApiRoutes.Get("exchanges/{vhost}/{exchange}", ApiAccess.User, "An exchange.", GetExchangeAsync),
        ApiRoutes.Get("queues", ApiAccess.Viewer, "All queues.", static request => ListQueuesAsync(request, null, static _ => true)),
        ApiRoutes.Get("queues/detailed", ApiAccess.Viewer, "All queues.", static request => ListQueuesAsync(request, null, static _ => true)),
        ApiRoutes.Get("queues/{vhost}", ApiAccess.Viewer, "All queues of a virtual host.", static request => ListQueuesAsync(request, request.VirtualHost, static _ => true)),
        ApiRoutes.Get("users/{user}/queues", ApiAccess.User, "The queues that a user has declared.", static request =>
            ListQueuesAsync(request, null, queue => queue.DeclaredBy == request.Value("user"))),
        ApiRoutes.Get("queues/{vhost}/{queue}", ApiAccess.User, "A queue.", GetQueueAsync),
    ];

    private static async Task ListExchangesAsync(ApiRequest request, string? virtualHost)
    {
        var found = await request.Broker.View.ListExchangesAsync(virtualHost, request.Ended).ConfigureAwait(false);
        var visible = await VisibleAsync(request).ConfigureAwait(false);
        await request.List(found.Where(exchange => visible.Contains(exchange.VirtualHost)).Select(TopologyJson.ObjectOf), Sorts).ConfigureAwait(false);
    }

    private static async Task ListQueuesAsync(ApiRequest request, string? virtualHost, Func<QueueInfo, bool> isWanted)
    {
        var found = await request.Broker.View.ListQueuesAsync(virtualHost, request.Ended).ConfigureAwait(false);
        var visible = await VisibleAsync(request).ConfigureAwait(false);
        await request.List(found.Where(queue => visible.Contains(queue.VirtualHost) && isWanted(queue)).Select(QueueJsonFor(request)), Sorts).ConfigureAwait(false);
    }

    private static Func<QueueInfo, JsonObject> QueueJsonFor(ApiRequest request)
    {
        var totals = request.IsOn("enable_queue_totals");
        return request.IsOn("disable_stats") ? queue => TopologyJson.WithoutStatistics(queue, totals) : TopologyJson.ObjectOf;
    }

    private static async Task GetExchangeAsync(ApiRequest request)
    {
        var name = ExchangeRoutes.KeyOf(request).Name;
        var found = await request.Broker.View.ExchangeAsync(request.VirtualHost, name, Samples.RangeOf(request), request.Ended).ConfigureAwait(false)
            ?? throw ApiErrorException.ObjectNotFound();
        var item = TopologyJson.ObjectOf(found);
        await PairJson.AddToAsync(item, request, found).ConfigureAwait(false);
        await request.Item(item).ConfigureAwait(false);
    }

    private static async Task GetQueueAsync(ApiRequest request)
    {
        var (view, virtualHost, name) = (request.Broker.View, request.VirtualHost, request.Value("queue"));
        var found = await view.QueueAsync(virtualHost, name, Samples.RangeOf(request), request.Ended).ConfigureAwait(false)
            ?? throw ApiErrorException.ObjectNotFound();
        var item = TopologyJson.ObjectOf(found);
        await PairJson.AddToAsync(item, request, found).ConfigureAwait(false);
        var consumers = await view.ListConsumersAsync(virtualHost, request.Ended).ConfigureAwait(false);
        item["consumer_details"] = new JsonArray([.. consumers.Where(consumer => consumer.Queue == name).Select(ClientJson.ObjectOf)]);
        await request.Item(item).ConfigureAwait(false);
    }

    private static async Task<HashSet<string>> VisibleAsync(ApiRequest request) =>
        [.. await AccessGate.VisibleAsync(request).ConfigureAwait(false)];
}
