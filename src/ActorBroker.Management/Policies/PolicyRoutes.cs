using System.Text.Json.Nodes;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Policies;
using ActorBroker.Management.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Policies;

/// <summary>Policies, and those of operators.</summary>
internal static class PolicyRoutes
{
    private static readonly string[] Sorts = ["priority"];

    public static IEnumerable<ApiRoute> All => [.. Of("policies", isOperator: false), .. Of("operator-policies", isOperator: true)];

    /// <summary>A policy as the API tells of it.</summary>
    public static JsonObject ObjectOf(string virtualHost, Policy policy) => new()
    {
        ["vhost"] = virtualHost,
        ["name"] = policy.Name,
        ["pattern"] = policy.Pattern,
        ["apply-to"] = policy.ApplyTo.Word(),
        ["definition"] = JsonArguments.ObjectOf(policy.Definition),
        ["priority"] = policy.Priority,
    };

    /// <summary>The policy that a body says.</summary>
    /// <exception cref="ApiErrorException">It says none.</exception>
    public static Policy PolicyOf(string name, bool isOperator, JsonObject body)
    {
        body.Require("pattern", "definition");
        var word = body.Text("apply-to") ?? "all";
        var applyTo = PolicyTargets.TryParse(word, out var target)
            ? target
            : throw ApiErrorException.BadRequest($"Validation failed\n\napply-to '{word}' unrecognised; should be one of: 'queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges', or 'all'");
        var priority = body.Number("priority") ?? 0;
        return priority is < int.MinValue or > int.MaxValue
            ? throw ApiErrorException.BadRequest("Validation failed\n\npriority must be a 32-bit integer")
            : new Policy(name, isOperator, body.RequiredText("pattern"), applyTo, (int)priority, JsonArguments.TableOf(body["definition"]));
    }

    /// <summary>Sets a policy.</summary>
    /// <exception cref="ApiErrorException">The broker refuses it.</exception>
    public static async Task SetAsync(ApiRequest request, string virtualHost, Policy policy) =>
        await request.ChangeAsync(new SetPolicy(virtualHost, string.Empty, policy, request.Origin)).ConfigureAwait(false);

    /// <summary>Takes a policy of the path's virtual host away.</summary>
    /// <exception cref="ApiErrorException">The broker refuses it.</exception>
    public static Task ClearAsync(ApiRequest request, string name, bool isOperator) =>
        request.ChangeAsync(new ClearPolicy(request.VirtualHost, string.Empty, name, isOperator, request.Origin));

    private static IEnumerable<ApiRoute> Of(string word, bool isOperator)
    {
        var read = isOperator ? ApiAccess.Administrator : ApiAccess.PolicyMaker;
        var one = word + "/{vhost}/{name}";
        var kind = isOperator ? "operator policy" : "policy";
        return
        [
            ApiRoutes.Get(word, isOperator ? ApiAccess.Administrator : ApiAccess.GlobalPolicyMaker, $"Each {kind}.", request => ListAsync(request, null, isOperator)),
            ApiRoutes.Get(word + "/{vhost}", read, $"Each {kind} of a virtual host.", request => ListAsync(request, request.VirtualHost, isOperator)),
            ApiRoutes.Get(one, read, $"One {kind}.", request => GetAsync(request, isOperator)),
            ApiRoutes.Put(one, read, $"Sets one {kind}.", request => PutAsync(request, isOperator)),
            ApiRoutes.Delete(one, read, $"Takes one {kind} away.", request => DeleteAsync(request, isOperator)),
        ];
    }

    private static async Task ListAsync(ApiRequest request, string? virtualHost, bool isOperator)
    {
        var virtualHosts = virtualHost is null ? await AccessGate.VisibleAsync(request, isForMonitors: false).ConfigureAwait(false) : [virtualHost];
        List<JsonObject> all = [];
        foreach (var one in virtualHosts)
        {
            var policies = await TopologyReader.PoliciesAsync(request.Broker, one).ConfigureAwait(false);
            all.AddRange(policies.Policies.Where(policy => policy.IsOperator == isOperator).Select(policy => ObjectOf(one, policy)));
        }

        await request.List(all, Sorts).ConfigureAwait(false);
    }

    private static async Task<Policy?> FindAsync(ApiRequest request, bool isOperator) =>
        (await TopologyReader.PoliciesAsync(request.Broker, request.VirtualHost).ConfigureAwait(false)).Find(request.Value("name"), isOperator);

    private static async Task GetAsync(ApiRequest request, bool isOperator)
    {
        var policy = await FindAsync(request, isOperator).ConfigureAwait(false) ?? throw ApiErrorException.ObjectNotFound();
        await request.Item(ObjectOf(request.VirtualHost, policy)).ConfigureAwait(false);
    }

    private static async Task PutAsync(ApiRequest request, bool isOperator)
    {
        var policy = PolicyOf(request.Value("name"), isOperator, await request.BodyAsync().ConfigureAwait(false));
        var isNew = await FindAsync(request, isOperator).ConfigureAwait(false) is null;
        await SetAsync(request, request.VirtualHost, policy).ConfigureAwait(false);
        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request, bool isOperator)
    {
        if (await FindAsync(request, isOperator).ConfigureAwait(false) is null)
        {
            throw ApiErrorException.ObjectNotFound();
        }

        await ClearAsync(request, request.Value("name"), isOperator).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }
}
