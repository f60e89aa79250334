using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Management.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Sessions;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Nodes;

/// <summary>RabbitMQ's health checks: 200 where all is well, else 503 with the reason.</summary>
internal static class HealthCheckRoutes
{
    private const string Checks = "health/checks/";
    private const string AlivenessQueue = "aliveness-test";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("aliveness-test/{vhost}", ApiAccess.User, "Declares a queue, publishes to it and gets the message back.", AlivenessAsync),
        ApiRoutes.Get("healthchecks/node", ApiAccess.User, "Whether the node serves.", static request => WellAsync(request)),
        ApiRoutes.Get("healthchecks/node/{node}", ApiAccess.User, "Whether a node serves.", NodeAsync),
        ApiRoutes.Get(Checks + "alarms", ApiAccess.User, "Whether any node runs short of something.", static request => AlarmsAsync(request, isLocal: false)),
        ApiRoutes.Get(Checks + "local-alarms", ApiAccess.User, "Whether this node runs short of something.", static request => AlarmsAsync(request, isLocal: true)),
        ApiRoutes.Get(Checks + "protocol-listener/{protocol}", ApiAccess.User, "Whether a protocol is served on this node.", ProtocolAsync),
        ApiRoutes.Get(Checks + "virtual-hosts", ApiAccess.User, "Whether all virtual hosts are served.", VirtualHostsAsync),
        ApiRoutes.Get(Checks + "node-is-quorum-critical", ApiAccess.User, "Whether queues need this node to go on; they find another by themselves.", static request => WellAsync(request)),
        ApiRoutes.Get(Checks + "node-is-mirror-sync-critical", ApiAccess.User, "As node-is-quorum-critical.", static request => WellAsync(request)),
        ApiRoutes.Get(Checks + "metadata-store/initialized", ApiAccess.User, "Whether users are known.", MetadataAsync),
        ApiRoutes.Get(Checks + "metadata-store/initialized/with-data", ApiAccess.User, "Whether users are known, and there are some.", MetadataAsync),
        ApiRoutes.Get(Checks + "certificate-expiration/{within}/{unit}", ApiAccess.User, "Whether no certificate of this node expires within so many days, weeks, months or years.", CertificateCheck.AnswerAsync),
        ApiRoutes.Get(Checks + "quorum-queues-without-elected-leaders/all-vhosts", ApiAccess.User, "Whether all queues can be used; each finds a node by itself.", static request => WellAsync(request)),
        ApiRoutes.Get(Checks + "quorum-queues-without-elected-leaders/vhost/{vhost}", ApiAccess.User, "The same for a virtual host.", static request => WellAsync(request)),
        ApiRoutes.Get(Checks + "quorum-queues-without-elected-leaders/all-vhosts/pattern/{pattern}", ApiAccess.User, "The same for queues of some names.", static request => WellAsync(request)),
        ApiRoutes.Get(Checks + "quorum-queues-without-elected-leaders/vhost/{vhost}/pattern/{pattern}", ApiAccess.User, "The same for a virtual host.", static request => WellAsync(request)),
        ApiRoutes.Get(Checks + "reached-target-cluster-size", ApiAccess.User, "Whether the cluster has all its nodes; how many there are to be is not configured.", static request => WellAsync(request)),
        ApiRoutes.Get(Checks + "below-node-connection-limit", ApiAccess.User, "Whether there is room for connections.", ConnectionLimitAsync),
    ];

    private static Task WellAsync(ApiRequest request) => request.Json(new JsonObject { ["status"] = "ok" });

    private static Task FailedAsync(ApiRequest request, JsonObject answer)
    {
        answer.Insert(0, "status", "failed");
        return request.WriteAsync(StatusCodes.Status503ServiceUnavailable, answer);
    }

    private static async Task AlivenessAsync(ApiRequest request)
    {
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        var definition = new QueueDefinition(Durable: false, Exclusive: false, AutoDelete: false, ArgumentTable.Empty);
        var declared = await session.AskAsync(id => new ClientDeclareQueue(id, AlivenessQueue, definition, Passive: false)).ConfigureAwait(false);
        if (declared.Refusal is { } refusal)
        {
            throw ApiErrorException.OfChannel(refusal);
        }

        var route = MessageRoute.Create([], System.Text.Encoding.UTF8.GetBytes(AlivenessQueue));
        await session.PublishAsync(route, ArgumentTableCodec.Encode(ArgumentTable.Empty), "test_message"u8.ToArray()).ConfigureAwait(false);
        var got = await session.GetAsync(AlivenessQueue, 1, noAck: true).ConfigureAwait(false);
        await (got is null ? FailedAsync(request, new JsonObject { ["reason"] = "aliveness-test queue is empty" }) : WellAsync(request)).ConfigureAwait(false);
    }

    private static async Task NodeAsync(ApiRequest request)
    {
        var name = request.Value("node");
        var nodes = await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false);
        var found = nodes.FirstOrDefault(node => node.Name == name) ?? throw ApiErrorException.ObjectNotFound();
        await (found.IsRunning ? WellAsync(request) : FailedAsync(request, new JsonObject { ["reason"] = $"node {name} is not running" })).ConfigureAwait(false);
    }

    private static async Task AlarmsAsync(ApiRequest request, bool isLocal)
    {
        var nodes = await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false);
        var alarms = new JsonArray(
        [
            .. nodes.Where(node => node.Alarms != ResourceAlarms.None && (!isLocal || node.Name == request.Broker.Node))
                .SelectMany(static node => ResourcesOf(node.Alarms).Select(resource => (JsonNode)new JsonObject { ["node"] = node.Name, ["resource"] = resource })),
        ]);
        await (alarms.Count == 0
            ? WellAsync(request)
            : FailedAsync(request, new JsonObject { ["reason"] = isLocal ? "There are alarms in effect in the node" : "There are alarms in effect in the cluster", ["alarms"] = alarms }))
            .ConfigureAwait(false);
    }

    private static IEnumerable<string> ResourcesOf(ResourceAlarms alarms)
    {
        if (alarms.HasFlag(ResourceAlarms.Memory))
        {
            yield return "memory";
        }

        if (alarms.HasFlag(ResourceAlarms.Disk))
        {
            yield return "disk";
        }
    }

    private static async Task ProtocolAsync(ApiRequest request)
    {
        var protocol = request.Value("protocol");
        var listeners = await ListenersAsync(request).ConfigureAwait(false);
        await (listeners.Any(listener => Listeners.Serves(listener, protocol))
            ? request.Json(new JsonObject { ["status"] = "ok", ["protocol"] = protocol })
            : FailedAsync(request, new JsonObject
            {
                ["reason"] = "No active listener",
                ["missing"] = protocol,
                ["protocols"] = new JsonArray([.. listeners.Select(static listener => (JsonNode)Listeners.ProtocolOf(listener.Protocol))]),
            })).ConfigureAwait(false);
    }

    private static async Task<List<ListenerInfo>> ListenersAsync(ApiRequest request)
    {
        var nodes = await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false);
        return [.. nodes.Where(node => node.Name == request.Broker.Node).SelectMany(static node => node.Listeners)];
    }

    // One that is being deleted is stopped, to those who ask.
    private static Task VirtualHostsAsync(ApiRequest request)
    {
        var down = request.Tables().VirtualHosts.Values.Where(static host => host.IsBeingDeleted).Select(static host => (JsonNode)host.Name).ToArray();
        return down.Length == 0
            ? WellAsync(request)
            : FailedAsync(request, new JsonObject { ["reason"] = "Some virtual hosts are down", ["virtual-hosts"] = new JsonArray(down) });
    }

    private static Task MetadataAsync(ApiRequest request) =>
        request.Broker.Users.Tables.Refusal is { } refusal ? FailedAsync(request, new JsonObject { ["reason"] = refusal.Text }) : WellAsync(request);

    private static async Task ConnectionLimitAsync(ApiRequest request)
    {
        var most = request.Broker.Options.Amqp091.MaxConnections;
        var nodes = await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false);
        var open = nodes.Where(node => node.Name == request.Broker.Node).Sum(static node => node.Connections);
        await (most <= 0 || open < most
            ? request.Json(new JsonObject { ["status"] = "ok", ["limit"] = most <= 0 ? "infinity" : most.ToString(CultureInfo.InvariantCulture), ["connections"] = open })
            : FailedAsync(request, new JsonObject { ["reason"] = "node connection limit is reached", ["limit"] = most, ["connections"] = open })).ConfigureAwait(false);
    }
}
