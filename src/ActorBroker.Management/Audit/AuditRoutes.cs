using System.Text.Json.Nodes;
using ActorBroker.Contracts.Audit;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Audit;

/// <summary>Who has changed what. RabbitMQ tells of it as it happens, and keeps nothing.</summary>
internal static class AuditRoutes
{
    private const string Filters =
        "user, address, kind (queue, exchange, binding, message, policy, operator_policy, user, permission, topic_permission, global_parameter, vhost), action, name, since and until select; "
        + "order = desc (the newest first) or asc, count, and from = the next of the page before.";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("audit", ApiAccess.Administrator, $"Who has declared, deleted, bound, purged or changed what, from where and when: vhost, {Filters}", static request =>
            ListAsync(request, virtualHost: null)),
        ApiRoutes.Get("audit/{vhost}", ApiAccess.Administrator, $"The same of one virtual host, whether it is still there or not: {Filters}", static request =>
            ListAsync(request, request.VirtualHost)),
    ];

    private static async Task ListAsync(ApiRequest request, string? virtualHost)
    {
        var page = await new AuditReader(request, AuditQuery.Read(request, virtualHost)).ReadAsync().ConfigureAwait(false);
        await request.Json(new JsonObject
        {
            ["items"] = new JsonArray([.. page.Records.Select(static record => (JsonNode)ObjectOf(record))]),
            ["next"] = page.Next,
        }).ConfigureAwait(false);
    }

    private static JsonObject ObjectOf(BrowsedMessage record)
    {
        var (kind, action) = record.RoutingKey.Split('.') is [var first, var second] ? (first, second) : (record.RoutingKey, string.Empty);
        var headers = record.Headers;
        var details = headers.TryGetValue(AuditTrail.DetailsHeader, out var table) && table.TryGetTable(out var found) ? found : ArgumentTable.Empty;
        return new JsonObject
        {
            ["position"] = record.Position,
            ["at"] = headers.TryGetValue(AuditTrail.TimeHeader, out var at) && at.TryGetInt64(out var time) ? time : record.WrittenAt,
            ["user"] = TextOf(headers, AuditTrail.UserHeader),
            ["address"] = TextOf(headers, AuditTrail.AddressHeader),
            ["kind"] = kind,
            ["action"] = action,
            ["vhost"] = TextOf(headers, AuditTrail.VirtualHostHeader),
            ["name"] = TextOf(headers, AuditTrail.NameHeader),
            ["details"] = JsonArguments.ObjectOf(details),
        };
    }

    private static string? TextOf(ArgumentTable headers, string name) =>
        headers.TryGetValue(name, out var value) && value.TryGetString(out var text) ? text : null;
}
