using System.Text.Json.Nodes;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Management.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Policies;

/// <summary>Parameters of the whole cluster: its name, and whatever operators keep there.</summary>
internal static class GlobalParameterRoutes
{
    private const string One = "global-parameters/{name}";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("global-parameters", ApiAccess.GlobalPolicyMaker, "Parameters of the whole cluster.", static request =>
            request.List(ObjectsOf(request.Tables()), "name")),
        ApiRoutes.Get(One, ApiAccess.GlobalPolicyMaker, "A parameter of the whole cluster.", static request =>
            request.Item(Find(request) ?? throw ApiErrorException.ObjectNotFound())),
        ApiRoutes.Put(One, ApiAccess.GlobalPolicyMaker, "Sets a parameter of the whole cluster to any JSON.", PutAsync),
        ApiRoutes.Delete(One, ApiAccess.GlobalPolicyMaker, "Takes a parameter of the whole cluster away.", DeleteAsync),
    ];

    /// <summary>All there are, as the API and definitions tell of them.</summary>
    public static IEnumerable<JsonObject> ObjectsOf(AccessSnapshot tables) => tables.Parameters
        .OrderBy(static parameter => parameter.Key, StringComparer.Ordinal)
        .Select(static parameter => new JsonObject { ["name"] = parameter.Key, ["value"] = JsonNode.Parse(parameter.Value) });

    /// <summary>Sets one.</summary>
    /// <exception cref="ApiErrorException">The broker refuses it.</exception>
    public static Task SetAsync(ApiRequest request, string name, JsonNode? value) =>
        request.ChangeAsync(new SetGlobalParameter(0, name, value?.ToJsonString() ?? "null", request.Origin));

    private static JsonObject? Find(ApiRequest request) =>
        ObjectsOf(request.Tables()).FirstOrDefault(item => (string?)item["name"] == request.Value("name"));

    private static async Task PutAsync(ApiRequest request)
    {
        var body = await request.BodyAsync().ConfigureAwait(false);
        body.Require("value");
        var isNew = !request.Tables().Parameters.ContainsKey(request.Value("name"));
        await SetAsync(request, request.Value("name"), body["value"]).ConfigureAwait(false);
        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request)
    {
        if (!request.Tables().Parameters.ContainsKey(request.Value("name")))
        {
            throw ApiErrorException.ObjectNotFound();
        }

        await request.ChangeAsync(new SetGlobalParameter(0, request.Value("name"), null, request.Origin)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }
}
