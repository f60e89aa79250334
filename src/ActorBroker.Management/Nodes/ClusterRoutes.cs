using System.Text.Json.Nodes;
using ActorBroker.Contracts.Access;
using ActorBroker.Management.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Policies;

namespace ActorBroker.Management.Nodes;

/// <summary>Nodes, all of them together, and who asks.</summary>
internal static class ClusterRoutes
{
    /// <summary>The path whose credentials come in its body.</summary>
    public const string Login = "login";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("overview", ApiAccess.User, "All nodes together: versions, totals, rates, listeners.", OverviewAsync),
        ApiRoutes.Get("nodes", ApiAccess.Monitor, "The nodes.", static async request =>
            await request.List((await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false)).Select(ClusterJson.ObjectOf), "name").ConfigureAwait(false)),
        ApiRoutes.Get("nodes/{node}", ApiAccess.Monitor, "A node.", NodeAsync),
        ApiRoutes.Get("cluster-name", ApiAccess.User, "The cluster's name.", static request => request.Json(new JsonObject { ["name"] = NameOf(request.Broker) })),
        ApiRoutes.Put("cluster-name", ApiAccess.Administrator, "Names the cluster.", RenameAsync),
        ApiRoutes.Get("whoami", ApiAccess.User, "The user of the request.", static request => request.Json(new JsonObject
        {
            ["name"] = request.User.Name, ["tags"] = AccessChanges.ArrayOf(request.User.Tags),
        })),
        ApiRoutes.Post(Login, ApiAccess.User, "Whether the user name and password of a form let in.", static request => request.Json(JsonValue.Create("ok"))),
        ApiRoutes.Get("version", ApiAccess.User, "The version of RabbitMQ that clients see.", static request =>
            request.Json(JsonValue.Create(request.Broker.Options.Amqp091.Version))),
        ApiRoutes.Get("config/effective", ApiAccess.Administrator, "The settings of this node as they are in force, without passwords.", static request =>
            request.Json(EffectiveConfiguration.Of(request.Broker.System.Settings.Config, request.Broker.Options))),
        ApiRoutes.Get("extensions", ApiAccess.User, "Parts of a user interface; there are none.", static request => request.Json(new JsonArray())),
        ApiRoutes.Get("auth", ApiAccess.User, "How a user interface logs in.", static request =>
            request.Json(new JsonObject { ["enable_uaa"] = false, ["uaa_client_id"] = string.Empty, ["uaa_location"] = string.Empty, ["oauth_enabled"] = false })),
        ApiRoutes.Get("feature-flags", ApiAccess.Administrator, "Features that can be turned on; all there are always are.", static request => request.List([])),
        ApiRoutes.Put("feature-flags/{name}/enable", ApiAccess.Administrator, "Turns a feature on that is known and off; there is none.", static _ =>
            throw ApiErrorException.BadRequest("unsupported")),
        ApiRoutes.Get("deprecated-features", ApiAccess.Administrator, "Features that will go; none is announced.", static request => request.List([])),
        ApiRoutes.Get("deprecated-features/used", ApiAccess.Administrator, "Those of them that are in use.", static request => request.List([])),
        ApiRoutes.Post("rebalance/queues", ApiAccess.Administrator, "Moves queues between nodes; placement sees to that by itself.", static request => request.NoContent()),
    ];

    /// <summary>The cluster's name: that of the node, as in RabbitMQ before it is given another.</summary>
    public static string NameOf(ManagedBroker broker) => ClusterName.Of(broker.Users.Tables.Current, broker.Node);

    private static async Task RenameAsync(ApiRequest request)
    {
        var name = (await request.BodyAsync().ConfigureAwait(false)).RequiredText("name");
        await GlobalParameterRoutes.SetAsync(request, ClusterName.Parameter, JsonValue.Create(name)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static async Task OverviewAsync(ApiRequest request)
    {
        var visible = request.User.IsMonitor ? null : await AccessGate.VisibleAsync(request).ConfigureAwait(false);
        var overview = await request.Broker.View.OverviewAsync(visible, Samples.RangeOf(request), request.Ended).ConfigureAwait(false);
        await request.Item(ClusterJson.ObjectOf(request.Broker, overview)).ConfigureAwait(false);
    }

    private static async Task NodeAsync(ApiRequest request)
    {
        var item = ClusterJson.ObjectOf(await NodeRoutes.ExistingAsync(request).ConfigureAwait(false));
        await request.Item(item).ConfigureAwait(false);
    }
}
