using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Management.Http;

namespace ActorBroker.Management.Nodes;

/// <summary>What a node's memory is taken by, who has tried to log in there, and what is to be forgotten of it.</summary>
internal static class NodeRoutes
{
    private const string Memory = "nodes/{node}/memory";
    private const string Tables = Memory + "/ets";
    private const string Attempts = "auth/attempts/{node}";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get(Memory, ApiAccess.Monitor, "What a node's memory is taken by, in bytes.", static request => MemoryAsync(request, MemoryJson.BytesOf)),
        ApiRoutes.Get(Memory + "/relative", ApiAccess.Monitor, "The same in percent.", static request => MemoryAsync(request, MemoryJson.PercentOf)),
        ApiRoutes.Get(Tables, ApiAccess.Monitor, "What a node's tables of Erlang take: it has none.", TablesAsync),
        ApiRoutes.Get(Tables + "/relative", ApiAccess.Monitor, "The same in percent.", TablesAsync),
        ApiRoutes.Get(Tables + "/{filter}", ApiAccess.Monitor, "The same of some of them.", TablesAsync),
        ApiRoutes.Get(Tables + "/{filter}/relative", ApiAccess.Monitor, "The same in percent.", TablesAsync),
        ApiRoutes.Get(Attempts, ApiAccess.Monitor, "How often somebody has tried to log in on a node, by protocol.", static request =>
            AttemptsAsync(request, static login => login.Address is null)),
        ApiRoutes.Get(Attempts + "/source", ApiAccess.Monitor, "The same by address and user, where that is kept.", static request =>
            AttemptsAsync(request, static login => login.Address is not null)),
        ApiRoutes.Delete(Attempts, ApiAccess.Monitor, "Begins to count logins anew.", static request => ForgetAsync(request, NodeQuestion.ForgetLogins)),
        ApiRoutes.Delete(Attempts + "/source", ApiAccess.Monitor, "Begins to count logins anew.", static request => ForgetAsync(request, NodeQuestion.ForgetLogins)),
        ApiRoutes.Delete("reset", ApiAccess.Administrator, "Forgets what the figures of all nodes were before; totals stay.", static async request =>
        {
            await request.Broker.View.ForgetAsync(null, NodeQuestion.ForgetSamples, request.Ended).ConfigureAwait(false);
            await request.NoContent().ConfigureAwait(false);
        }),
        ApiRoutes.Delete("reset/{node}", ApiAccess.Administrator, "The same for one node.", static request => ForgetAsync(request, NodeQuestion.ForgetSamples)),
    ];

    /// <summary>The node in the path.</summary>
    /// <exception cref="ApiErrorException">There is none.</exception>
    public static async Task<NodeInfo> ExistingAsync(ApiRequest request)
    {
        var all = await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false);
        return all.FirstOrDefault(node => node.Name == request.Value("node")) ?? throw ApiErrorException.ObjectNotFound();
    }

    private static async Task MemoryAsync(ApiRequest request, Func<NodeInfo, JsonObject> tell)
    {
        var node = await ExistingAsync(request).ConfigureAwait(false);
        await request.Item(new JsonObject { ["memory"] = node.IsRunning ? tell(node) : JsonValue.Create("not_available") }).ConfigureAwait(false);
    }

    private static async Task TablesAsync(ApiRequest request)
    {
        var node = await ExistingAsync(request).ConfigureAwait(false);
        await request.Item(new JsonObject { ["ets_tables_memory"] = node.IsRunning ? "no_tables" : "not_available" }).ConfigureAwait(false);
    }

    private static async Task AttemptsAsync(ApiRequest request, Func<LoginFigures, bool> isWanted)
    {
        var node = await ExistingAsync(request).ConfigureAwait(false);
        await request.List(node.Logins.Where(isWanted).Select(ObjectOf)).ConfigureAwait(false);
    }

    private static JsonObject ObjectOf(LoginFigures login)
    {
        var item = new JsonObject
        {
            ["auth_attempts"] = login.Accepted + login.Refused,
            ["auth_attempts_failed"] = login.Refused,
            ["auth_attempts_succeeded"] = login.Accepted,
            ["protocol"] = login.Protocol,
        };
        if (login.Address is not null)
        {
            item["remote_address"] = login.Address;
            item["username"] = login.User;
        }

        return item;
    }

    private static async Task ForgetAsync(ApiRequest request, NodeQuestion what)
    {
        await ExistingAsync(request).ConfigureAwait(false);
        await request.Broker.View.ForgetAsync(request.Value("node"), what, request.Ended).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }
}
