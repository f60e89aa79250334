using System.Text.Json.Nodes;
using ActorBroker.Core.Policies;
using ActorBroker.Management.Access;
using ActorBroker.Management.Definitions;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Policies;

/// <summary>
/// Parameters: what RabbitMQ keeps of virtual hosts for its parts. Here these are operators' policies and the limits of virtual
/// hosts, which have routes of their own, too; what plug-ins of RabbitMQ keep there is refused as RabbitMQ refuses it without them.
/// </summary>
internal static class ParameterRoutes
{
    private const string One = "parameters/{component}/{vhost}/{name}";
    private const string LimitsName = "limits";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("parameters", ApiAccess.GlobalPolicyMaker, "All parameters.", static request => ListAsync(request, null, null)),
        ApiRoutes.Get("parameters/{component}", ApiAccess.GlobalPolicyMaker, "All parameters of a component.", static request =>
            ListAsync(request, request.Value("component"), null)),
        ApiRoutes.Get("parameters/{component}/{vhost}", ApiAccess.PolicyMaker, "The parameters of a component in a virtual host.", static request =>
            ListAsync(request, request.Value("component"), request.VirtualHost)),
        ApiRoutes.Get(One, ApiAccess.PolicyMaker, "A parameter.", static async request =>
            await request.Item(await FindAsync(request).ConfigureAwait(false) ?? throw ApiErrorException.ObjectNotFound()).ConfigureAwait(false)),
        ApiRoutes.Put(One, ApiAccess.PolicyMaker, "Sets a parameter.", PutAsync),
        ApiRoutes.Delete(One, ApiAccess.PolicyMaker, "Takes a parameter away.", DeleteAsync),
    ];

    /// <summary>The parameters of a virtual host.</summary>
    public static async Task<List<JsonObject>> OfVirtualHostAsync(ManagedBroker broker, string virtualHost)
    {
        var policies = await TopologyReader.PoliciesAsync(broker, virtualHost).ConfigureAwait(false);
        List<JsonObject> all = [.. policies.Policies.Where(static policy => policy.IsOperator).Select(policy => ObjectOf(virtualHost, policy))];
        if (await LimitRoutes.ObjectOfAsync(broker, virtualHost).ConfigureAwait(false) is { Count: > 0 } limits)
        {
            all.Add(ObjectOf(virtualHost, DefinitionParts.VirtualHostLimits, LimitsName, limits));
        }

        return all;
    }

    /// <summary>Sets a parameter.</summary>
    /// <exception cref="ApiErrorException">There is no such component, or the broker refuses it.</exception>
    public static async Task SetAsync(ApiRequest request, string virtualHost, string component, string name, JsonNode? value)
    {
        var members = value as JsonObject ?? [];
        switch (component)
        {
            case DefinitionParts.OperatorPolicy:
                await PolicyRoutes.SetAsync(request, virtualHost, PolicyRoutes.PolicyOf(name, isOperator: true, members)).ConfigureAwait(false);
                break;
            case DefinitionParts.VirtualHostLimits:
                foreach (var (limit, _) in members)
                {
                    await LimitRoutes.SetVirtualHostAsync(request, virtualHost, limit, members.Number(limit)).ConfigureAwait(false);
                }

                break;
            default:
                throw ApiErrorException.BadRequest($"Validation failed\n\ncomponent {component} not found\n");
        }
    }

    private static JsonObject ObjectOf(string virtualHost, Policy policy)
    {
        var value = PolicyRoutes.ObjectOf(virtualHost, policy);
        value.Remove("vhost");
        value.Remove("name");
        return ObjectOf(virtualHost, DefinitionParts.OperatorPolicy, policy.Name, value);
    }

    private static JsonObject ObjectOf(string virtualHost, string component, string name, JsonObject value) => new()
    {
        ["value"] = value,
        ["vhost"] = virtualHost,
        ["component"] = component,
        ["name"] = name,
    };

    private static async Task ListAsync(ApiRequest request, string? component, string? virtualHost)
    {
        List<JsonObject> all = [];
        foreach (var name in virtualHost is null ? await AccessGate.VisibleAsync(request, isForMonitors: false).ConfigureAwait(false) : [virtualHost])
        {
            all.AddRange(await OfVirtualHostAsync(request.Broker, name).ConfigureAwait(false));
        }

        await request.List(all.Where(item => component is null || (string?)item["component"] == component), "vhost", "component", "name").ConfigureAwait(false);
    }

    private static async Task<JsonObject?> FindAsync(ApiRequest request)
    {
        var (component, name) = (request.Value("component"), request.Value("name"));
        return (await OfVirtualHostAsync(request.Broker, request.VirtualHost).ConfigureAwait(false))
            .FirstOrDefault(item => (string?)item["component"] == component && (string?)item["name"] == name);
    }

    private static async Task PutAsync(ApiRequest request)
    {
        var body = await request.BodyAsync().ConfigureAwait(false);
        body.Require("value");
        var component = request.Value("component");
        DemandAdministrator(request, component);
        var isNew = await FindAsync(request).ConfigureAwait(false) is null;
        await SetAsync(request, request.VirtualHost, component, request.Value("name"), body["value"]).ConfigureAwait(false);
        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false) ?? throw ApiErrorException.ObjectNotFound();
        var component = request.Value("component");
        DemandAdministrator(request, component);
        if (component == DefinitionParts.OperatorPolicy)
        {
            await PolicyRoutes.ClearAsync(request, request.Value("name"), isOperator: true).ConfigureAwait(false);
        }
        else
        {
            foreach (var (limit, _) in (JsonObject)found["value"]!)
            {
                await LimitRoutes.SetVirtualHostAsync(request, request.VirtualHost, limit, null).ConfigureAwait(false);
            }
        }

        await request.NoContent().ConfigureAwait(false);
    }

    // What has a route of its own for administrators is not for policymakers by this one.
    private static void DemandAdministrator(ApiRequest request, string component)
    {
        if (!request.User.IsAdministrator && component is (DefinitionParts.OperatorPolicy or DefinitionParts.VirtualHostLimits))
        {
            throw ApiErrorException.NotAuthorised("User not authorised to access object");
        }
    }
}
