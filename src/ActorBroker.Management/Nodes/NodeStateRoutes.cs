using System.Text.Json.Nodes;
using ActorBroker.Contracts.Options;
using ActorBroker.Management.Http;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Nodes;

/// <summary>
/// Whether the node that is asked serves clients, and has it stop and start: what RabbitMQ has only <c>rabbitmqctl</c> for.
/// Not for other nodes than that: one that is stopped is in no cluster, and answers for itself alone.
/// </summary>
internal static class NodeStateRoutes
{
    /// <summary>The kind of error with which a stopped node answers all the rest.</summary>
    public const string StoppedError = "node_stopped";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("node", ApiAccess.User, "The node that answers, and whether it serves clients or was stopped.", static request =>
            request.Json(new JsonObject { ["name"] = request.Broker.Node, ["running"] = request.Broker.Switch?.IsServing ?? true })) with { IsForStoppedNode = true },
        ApiRoutes.Post("node/stop", ApiAccess.Administrator, "Closes the connections of this node's clients and has it leave its cluster; its process goes on.", static request =>
            SwitchAsync(request, static node => node.StopAsync())) with { IsForStoppedNode = true },
        ApiRoutes.Post("node/start", ApiAccess.Administrator, "Has this node join its cluster and serve clients again.", static request =>
            SwitchAsync(request, static node => node.StartAsync())) with { IsForStoppedNode = true },
        ApiRoutes.Post("node/reset", ApiAccess.Administrator, "Deletes everything that this node alone keeps, which has to be stopped; it starts as a new one. What several nodes share stays.", static request =>
            SwitchAsync(request, static node => node.ResetAsync())) with { IsForStoppedNode = true },
    ];

    private static async Task SwitchAsync(ApiRequest request, Func<INodeSwitch, Task> act)
    {
        var node = request.Broker.Switch
            ?? throw ApiErrorException.NotImplemented("the node runs inside another program, which starts and stops it");
        try
        {
            await act(node).WaitAsync(request.Ended).ConfigureAwait(false);
        }
        catch (InvalidOperationException refused)
        {
            throw new ApiErrorException(StatusCodes.Status409Conflict, "conflict", refused.Message);
        }
        catch (NotSupportedException refused)
        {
            throw ApiErrorException.NotImplemented(refused.Message);
        }
        catch (StartupException failure)
        {
            throw ApiErrorException.Unavailable(failure.Message);
        }

        await request.NoContent().ConfigureAwait(false);
    }
}
