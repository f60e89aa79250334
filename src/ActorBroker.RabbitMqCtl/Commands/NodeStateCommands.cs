using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Stops a node for a time. Its process goes on, as the Erlang machine does, and answers these commands.</summary>
internal static class NodeStateCommands
{
    public static IEnumerable<Command> All =>
    [
        new("start_app", HelpSection.Nodes, "start_app", "Starts the RabbitMQ application but leaves the runtime (Erlang VM) running")
        {
            IsForStopped = true,
            Banner = static request => $"Starting node {request.Node} ...",
            Run = static request => request.IsRunning ? Task.FromResult<Outcome>(new Outcome.Done()) : PostAsync(request, "start"),
        },
        new("stop_app", HelpSection.Nodes, "stop_app", "Stops the RabbitMQ application, leaving the runtime (Erlang VM) running")
        {
            IsForStopped = true,
            Banner = static request => $"Stopping rabbit application on node {request.Node} ...",
            Run = static request => PostAsync(request, "stop"),
        },
        Reset("reset", HelpSection.Nodes, "Instructs a RabbitMQ node to leave the cluster and return to its virgin state") with
        {
            Banner = static request => $"Resetting node {request.Node} ...",
        },
        Reset("force_reset", HelpSection.Cluster, "Forcefully returns a RabbitMQ node to its virgin state") with
        {
            Banner = static request => $"Forcefully resetting node {request.Node} ...",
        },
    ];

    private static Command Reset(string name, HelpSection section, string description) => new(name, section, name, description)
    {
        IsForStopped = true,
        CheckNode = static request =>
        {
            if (request.IsRunning)
            {
                throw BadArgumentsException.NodeRunning();
            }
        },
        Run = static request => PostAsync(request, "reset"),
    };

    private static async Task<Outcome> PostAsync(Request request, string action)
    {
        if (!request.IsAnsweredByNode)
        {
            throw CommandFailedException.Of(
                ExitCodes.Unavailable,
                $"node {request.Node} has to be asked itself, since one that is stopped is in no cluster: name its API in {BrokerAddress.UrlVariable}");
        }

        await request.Client.PostAsync(ApiPath.Of("node", action), new JsonObject(), request.Ended).ConfigureAwait(false);
        return new Outcome.Done();
    }
}
