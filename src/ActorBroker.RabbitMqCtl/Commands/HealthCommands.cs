using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Checks of a node's health: by their end for programs, in words for people.</summary>
internal static class HealthCommands
{
    public static IEnumerable<Command> All =>
    [
        Check("check_running", "Health check that exits with a non-zero code if the RabbitMQ app on the target node is not running")
            with
            {
                IsForStopped = true,
                Banner = static request => $"Checking if RabbitMQ is running on node {request.Node} ...",
                Run = static request => request.IsRunning
                    ? Task.FromResult<Outcome>(new Outcome.Message(Booted(request)))
                    : throw CommandFailedException.Of(ExitCodes.Unavailable, Booted(request)),
            },
        Check("is_running", "Checks if RabbitMQ is fully booted and running on the target node")
            with
            {
                IsForStopped = true,
                Banner = static request => $"Asking node {request.Node} for its status ...",
                Run = static request => Said(Booted(request), new JsonObject { ["message"] = Booted(request), ["result"] = request.IsRunning }),
            },
        Check("is_booting", "Checks if RabbitMQ is still booting on the target node")
            with
            {
                IsForStopped = true,
                Banner = static request => $"Asking node {request.Node} for its boot status ...",
                Run = static request =>
                {
                    var text = $"RabbitMQ on node {request.Node} is fully booted (check with is_running), stopped or has not started booting yet";
                    return Said(text, new JsonObject { ["message"] = text, ["result"] = false });
                },
            },
        Check("server_version", "Displays server version on the target node")
            with
            {
                Banner = static request => $"Asking node {request.Node} for its RabbitMQ version...",
                Run = static async request =>
                {
                    var version = await BrokerVersion.OfAsync(request).ConfigureAwait(false);
                    return new Outcome.Message(version, new JsonObject { ["result"] = "ok", ["value"] = version });
                },
            },
        Check("alarms", "Lists resource alarms (local or cluster-wide) in effect on the target node")
            with
            {
                Banner = static request => $"Asking node {request.Node} to report any known resource alarms ...",
                Run = AlarmsAsync,
            },
        Check("check_alarms", "Health check that exits with a non-zero code if the target node reports any alarms, local or cluster-wide.")
            with
            {
                Banner = AlarmsBanner,
                Run = static request => CheckAlarmsAsync(request, isLocal: false),
            },
        Check("check_local_alarms", "Health check that exits with a non-zero code if the target node reports any local alarms")
            with
            {
                Banner = AlarmsBanner,
                Run = static request => CheckAlarmsAsync(request, isLocal: true),
            },
        Check("check_virtual_hosts", "Health check that checks if all vhosts are running in the target node")
            with
            {
                Banner = static request => $"Checking if all vhosts are running on node {request.Node} ...",
                Run = CheckVirtualHostsAsync,
            },
    ];

    /// <summary>A command of <c>rabbitmq-diagnostics</c>.</summary>
    public static Command Check(string name, string description, string arguments = "") =>
        new(name, HelpSection.Monitoring, name + arguments, description) { IsDiagnosticsOnly = true, HasTimeout = true, Run = static _ => Said(string.Empty) };

    /// <summary>A check fails: by its reason in words and, where JSON was asked for, in more detail.</summary>
    public static CommandFailedException Failed(Request request, string reason, JsonObject json, bool hasTitle = false) =>
        new(ExitCodes.Unavailable, request.IsSilent ? string.Empty : hasTitle ? $"Error:\n{reason}" : reason, json);

    public static Task<Outcome> Said(string text, JsonObject? json = null) => Task.FromResult<Outcome>(new Outcome.Message(text, json));

    private static string Booted(Request request) => request.IsRunning
        ? $"RabbitMQ on node {request.Node} is fully booted and running"
        : $"RabbitMQ on node {request.Node} is not running or has not fully booted yet (check with is_booting)";

    private static string AlarmsBanner(Request request) => $"Asking node {request.Node} to report any local resource alarms ...";

    private static JsonArray LinesOf(IEnumerable<Alarm> alarms) => [.. alarms.Select(static alarm => (JsonNode)alarm.Line)];

    private static async Task<Outcome> AlarmsAsync(Request request)
    {
        var status = await NodeStatus.ReadAsync(request).ConfigureAwait(false);
        if (status.Alarms.Count == 0)
        {
            return new Outcome.Message(
                $"Node {request.Node} reported no alarms, local or clusterwide", new JsonObject { ["alarms"] = new JsonArray(), ["node"] = request.Node, ["result"] = "ok" });
        }

        var json = DetailsOf(request, status);
        json["result"] = "ok";
        return new Outcome.Message(string.Join('\n', status.Alarms.Select(static alarm => alarm.Line)), json);
    }

    private static async Task<Outcome> CheckAlarmsAsync(Request request, bool isLocal)
    {
        var status = await NodeStatus.ReadAsync(request).ConfigureAwait(false);
        var found = status.Alarms.Where(alarm => !isLocal || alarm.Node == status.Name).ToList();
        if (found.Count > 0)
        {
            throw Failed(request, string.Join('\n', found.Select(static alarm => alarm.Line)), DetailsOf(request, status), hasTitle: isLocal);
        }

        return request.IsSilent
            ? new Outcome.Silence()
            : new Outcome.Message($"Node {request.Node} reported no {(isLocal ? "local alarms" : "alarms, local or clusterwide")}", new JsonObject { ["result"] = "ok" });
    }

    private static JsonObject DetailsOf(Request request, NodeStatus status) => new()
    {
        ["global"] = LinesOf(status.Alarms.Where(alarm => alarm.Node != status.Name)),
        ["local"] = LinesOf(status.Alarms.Where(alarm => alarm.Node == status.Name)),
        ["message"] = $"Node {request.Node} reported alarms",
        ["result"] = "error",
    };

    private static async Task<Outcome> CheckVirtualHostsAsync(Request request)
    {
        var all = await request.Client.ListAsync(ApiPath.Of("vhosts").Where("columns", "name,cluster_state"), request.Ended).ConfigureAwait(false);
        var down = all.Select(static host => host!.AsObject())
            .Where(static host => host["cluster_state"] is JsonObject states && states.Any(static state => (string?)state.Value != "running"))
            .Select(static host => (string?)host["name"] ?? string.Empty).ToList();
        if (down.Count > 0)
        {
            throw Failed(
                request, $"Some virtual hosts on node {request.Node} are down:\n{string.Join('\n', down)}",
                new JsonObject { ["down_vhosts"] = new JsonArray([.. down.Select(static name => (JsonNode)name)]), ["result"] = "error" }, hasTitle: true);
        }

        return request.IsSilent ? new Outcome.Silence() : new Outcome.Message($"Node {request.Node} reported all vhosts as running", new JsonObject { ["result"] = "ok" });
    }
}
