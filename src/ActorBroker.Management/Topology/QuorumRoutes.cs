using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Queues;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Topology;

/// <summary>Where a quorum queue is, in RabbitMQ's words for members: it has one here.</summary>
internal static class QuorumRoutes
{
    // There is no log of Raft; RabbitMQ leaves these empty of a member that it cannot ask.
    private static readonly string[] WithoutMeaning = ["Last Log Index", "Last Written", "Last Applied", "Commit Index", "Snapshot Index", "Term", "Machine Version"];

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("queues/quorum/{vhost}/{queue}/status", ApiAccess.User, "The members of a quorum queue: one, on the node where the queue is.", StatusAsync),
    ];

    private static async Task StatusAsync(ApiRequest request)
    {
        var queue = await request.Broker.View.QueueAsync(request.VirtualHost, request.Value("queue"), Samples.RangeOf(request), request.Ended).ConfigureAwait(false)
            ?? throw ApiErrorException.ObjectNotFound();
        await (queue.Type switch
        {
            QueueType.Quorum => request.Json(new JsonArray(MemberOf(queue))),
            QueueType.Classic => FailedAsync(request, "classic_queue_not_supported"),
            _ => FailedAsync(request, "not_quorum_queue"),
        }).ConfigureAwait(false);
    }

    private static Task FailedAsync(ApiRequest request, string reason) =>
        request.WriteAsync(StatusCodes.Status503ServiceUnavailable, new JsonObject { ["status"] = "failed", ["reason"] = reason });

    private static JsonObject MemberOf(QueueInfo queue)
    {
        var member = new JsonObject
        {
            ["Node Name"] = queue.Node,
            ["Raft State"] = queue.Condition == QueueCondition.Down ? "noproc" : "leader",
            ["Membership"] = "voter",
        };
        foreach (var field in WithoutMeaning)
        {
            member[field] = string.Empty;
        }

        return member;
    }
}
