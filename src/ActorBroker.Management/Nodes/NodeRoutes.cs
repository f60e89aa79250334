using System.Text.Json.Nodes;
using ActorBroker.Management.Http;

namespace ActorBroker.Management.Nodes;

/// <summary>Who asks, and what the node is.</summary>
internal static class NodeRoutes
{
    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("whoami", ApiAccess.User, "The user of the request.", WhoAmIAsync),
        ApiRoutes.Get("extensions", ApiAccess.User, "The parts of the management's user interface; there are none.", static request => request.Json(new JsonArray())),
    ];

    private static Task WhoAmIAsync(ApiRequest request) => request.Json(new JsonObject
    {
        ["name"] = request.User.Name,
        ["tags"] = new JsonArray([.. request.User.Tags.Select(static tag => (JsonNode)tag)]),
    });
}
