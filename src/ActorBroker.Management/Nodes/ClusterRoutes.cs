using System.Text.Json.Nodes;
using ActorBroker.Management.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Nodes;

/// <summary>Nodes, all of them together, and who asks.</summary>
internal static class ClusterRoutes
{
    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("overview", ApiAccess.User, "All nodes together: versions, totals, rates, listeners.", OverviewAsync),
        ApiRoutes.Get("nodes", ApiAccess.Monitor, "The nodes.", static async request =>
            await request.List((await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false)).Select(ClusterJson.ObjectOf), "name").ConfigureAwait(false)),
        ApiRoutes.Get("nodes/{node}", ApiAccess.Monitor, "A node.", NodeAsync),
        ApiRoutes.Get("cluster-name", ApiAccess.User, "The cluster's name.", static request => request.Json(new JsonObject { ["name"] = NameOf(request.Broker) })),
        ApiRoutes.Get("whoami", ApiAccess.User, "The user of the request.", static request => request.Json(new JsonObject
        {
            ["name"] = request.User.Name, ["tags"] = AccessChanges.ArrayOf(request.User.Tags),
        })),
        ApiRoutes.Get("version", ApiAccess.User, "The version of RabbitMQ that clients see.", static request =>
            request.Json(JsonValue.Create(request.Broker.Options.Amqp091.Version))),
        ApiRoutes.Get("extensions", ApiAccess.User, "Parts of a user interface; there are none.", static request => request.Json(new JsonArray())),
        ApiRoutes.Get("auth", ApiAccess.User, "How a user interface logs in.", static request =>
            request.Json(new JsonObject { ["enable_uaa"] = false, ["oauth_enabled"] = false })),
        ApiRoutes.Get("feature-flags", ApiAccess.Administrator, "Features that can be turned on; all there are always are.", static request => request.List([])),
        ApiRoutes.Get("deprecated-features", ApiAccess.Administrator, "Features that will go; none is announced.", static request => request.List([])),
        ApiRoutes.Get("deprecated-features/used", ApiAccess.Administrator, "Those of them that are in use.", static request => request.List([])),
        ApiRoutes.Post("rebalance/queues", ApiAccess.Administrator, "Moves queues between nodes; placement sees to that by itself.", static request => request.NoContent()),
    ];

    /// <summary>The cluster's name: that of the node, as in RabbitMQ before it is given another.</summary>
    public static string NameOf(ManagedBroker broker) => broker.Node;

    private static async Task OverviewAsync(ApiRequest request)
    {
        var visible = request.User.IsMonitor ? null : await AccessGate.VisibleAsync(request).ConfigureAwait(false);
        var overview = await request.Broker.View.OverviewAsync(visible, Samples.RangeOf(request), request.Ended).ConfigureAwait(false);
        await request.Item(ClusterJson.ObjectOf(request.Broker, overview)).ConfigureAwait(false);
    }

    private static async Task NodeAsync(ApiRequest request)
    {
        var all = await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false);
        var found = all.FirstOrDefault(node => node.Name == request.Value("node")) ?? throw ApiErrorException.ObjectNotFound();
        await request.Item(ClusterJson.ObjectOf(found)).ConfigureAwait(false);
    }
}
