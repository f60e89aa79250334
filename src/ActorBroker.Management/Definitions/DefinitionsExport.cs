using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Names;
using ActorBroker.Management.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Lists;
using ActorBroker.Management.Policies;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Definitions;

/// <summary>
/// What there is, as a file of RabbitMQ's definitions: everything, or what is in one virtual host. Left out is what every
/// virtual host has, and exclusive queues, which end with their connections.
/// </summary>
internal static class DefinitionsExport
{
    private static readonly string[] QueueFields = ["name", "vhost", "durable", "auto_delete", "arguments"];
    private static readonly string[] ExchangeFields = ["name", "vhost", "type", "durable", "auto_delete", "internal", "arguments"];
    private static readonly string[] BindingFields = ["source", "vhost", "destination", "destination_type", "routing_key", "arguments"];
    private static readonly string[] PolicyFields = ["vhost", "name", "pattern", "apply-to", "definition", "priority"];

    /// <summary>Everything.</summary>
    public static async Task<JsonObject> AllAsync(ApiRequest request)
    {
        var tables = request.Tables();
        var hosts = tables.VirtualHosts.Values.Where(static host => !host.IsBeingDeleted).OrderBy(static host => host.Name, StringComparer.Ordinal).ToList();
        var contents = await ContentsAsync(request, [.. hosts.Select(static host => host.Name)], null).ConfigureAwait(false);
        var all = Head(request);
        all["users"] = ArrayOf(tables.Users.Values.OrderBy(static user => user.Name, StringComparer.Ordinal).Select(user => UserRoutes.ObjectOf(tables, user)));
        all["vhosts"] = ArrayOf(hosts.Select(host => VirtualHostRoutes.DefinitionOf(request, host)));
        all["permissions"] = ArrayOf(PermissionRoutes.ObjectsOf(tables));
        all["topic_permissions"] = ArrayOf(PermissionRoutes.TopicObjectsOf(tables));
        all["parameters"] = ArrayOf(contents.Parameters);
        all["global_parameters"] = ArrayOf(GlobalParameterRoutes.ObjectsOf(tables));
        return contents.AddTo(all);
    }

    /// <summary>What is in one virtual host, without its name, so that it fits any.</summary>
    public static async Task<JsonObject> OfVirtualHostAsync(ApiRequest request, string virtualHost)
    {
        var contents = await ContentsAsync(request, [virtualHost], virtualHost).ConfigureAwait(false);
        var all = Head(request);
        all["parameters"] = ArrayOf(contents.Parameters);
        return contents.WithoutVirtualHost().AddTo(all);
    }

    private static JsonObject Head(ApiRequest request)
    {
        var version = request.Broker.Options.Amqp091.Version;
        return new JsonObject
        {
            ["rabbit_version"] = version,
            ["rabbitmq_version"] = version,
            ["product_name"] = request.Broker.Options.Amqp091.Product,
            ["product_version"] = version,
        };
    }

    private static async Task<Contents> ContentsAsync(ApiRequest request, IReadOnlyList<string> virtualHosts, string? only)
    {
        var (broker, view) = (request.Broker, request.Broker.View);
        var contents = new Contents();
        foreach (var name in virtualHosts)
        {
            var policies = await TopologyReader.PoliciesAsync(broker, name).ConfigureAwait(false);
            contents.Policies.AddRange(policies.Policies.Where(static policy => !policy.IsOperator).Select(policy => PolicyRoutes.ObjectOf(name, policy)));
            contents.Parameters.AddRange(await ParameterRoutes.OfVirtualHostAsync(broker, name).ConfigureAwait(false));
        }

        var queues = (await view.ListQueuesAsync(only, request.Ended).ConfigureAwait(false)).Where(static queue => !queue.Definition.Exclusive).ToList();
        HashSet<QueueKey> exported = [.. queues.Select(static queue => new QueueKey(queue.VirtualHost, queue.Name))];
        contents.Queues.AddRange(queues.Select(static queue => Cut(TopologyJson.ObjectOf(queue), QueueFields)));
        var exchanges = await view.ListExchangesAsync(only, request.Ended).ConfigureAwait(false);
        contents.Exchanges.AddRange(
            exchanges.Where(static exchange => !DefinitionParts.IsBuiltIn(exchange.Name)).Select(static exchange => Cut(TopologyJson.ObjectOf(exchange), ExchangeFields)));
        var bindings = await view.ListBindingsAsync(only, request.Ended).ConfigureAwait(false);
        contents.Bindings.AddRange(bindings.Where(binding => IsExported(binding, exported)).Select(static binding => Cut(TopologyJson.ObjectOf(binding), BindingFields)));
        return contents;
    }

    private static bool IsExported(BindingInfo binding, HashSet<QueueKey> queues) =>
        binding.Source.Length > 0
        && (binding.Destination.Kind == DestinationKind.Queue
            ? queues.Contains(new QueueKey(binding.VirtualHost, binding.Destination.Name))
            : binding.Destination.Name.Length > 0);

    private static JsonObject Cut(JsonObject item, string[] fields)
    {
        var cut = new JsonObject();
        foreach (var field in fields)
        {
            cut[field] = item[field]?.DeepClone();
        }

        return cut;
    }

    private static JsonArray ArrayOf(IEnumerable<JsonObject> items) => new([.. items]);

    /// <summary>What virtual hosts hold.</summary>
    private sealed class Contents
    {
        public List<JsonObject> Parameters { get; } = [];

        public List<JsonObject> Policies { get; } = [];

        public List<JsonObject> Queues { get; } = [];

        public List<JsonObject> Exchanges { get; } = [];

        public List<JsonObject> Bindings { get; } = [];

        public Contents WithoutVirtualHost()
        {
            foreach (var item in (IEnumerable<JsonObject>)[.. Policies, .. Queues, .. Exchanges, .. Bindings])
            {
                item.Remove("vhost");
            }

            return this;
        }

        public JsonObject AddTo(JsonObject all)
        {
            all["policies"] = ArrayOf(Policies.Select(static policy => Cut(policy, [.. PolicyFields.Where(policy.ContainsKey)])));
            all["queues"] = ArrayOf(Queues);
            all["exchanges"] = ArrayOf(Exchanges);
            all["bindings"] = ArrayOf(Bindings);
            return all;
        }
    }
}
