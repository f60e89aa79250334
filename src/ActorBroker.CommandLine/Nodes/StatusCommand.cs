using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Nodes;

/// <summary><c>actorbroker status</c>.</summary>
internal static class StatusCommand
{
    private static readonly Column[] Summary =
    [
        Column.Text("actorbroker_version", "version"), Column.Text("rabbitmq_version", "as RabbitMQ"), Column.Text("cluster_name", "cluster"),
        Column.Text("erlang_version", "runtime"), Column.Text("listening"), Column.Text("alarms"),
        Column.Count("object_totals.connections", "connections"), Column.Count("object_totals.channels", "channels"),
        Column.Count("object_totals.consumers", "consumers"), Column.Count("object_totals.queues", "queues"), Column.Count("object_totals.exchanges", "exchanges"),
        Column.Count("queue_totals.messages_ready", "messages ready"), Column.Count("queue_totals.messages_unacknowledged", "messages unacknowledged"),
        Column.Rate("message_stats.publish_details.rate", "published/s"), Column.Rate("message_stats.deliver_get_details.rate", "delivered/s"),
    ];

    private static readonly Column[] NodeColumns =
    [
        Column.Text("name"), Column.Flag("running"), Column.Duration("uptime", "up for"), Column.Bytes("mem_used", "memory"), Column.Bytes("mem_limit", "memory limit"),
        Column.Flag("mem_alarm", "memory alarm"), Column.Bytes("disk_free", "disk free"), Column.Flag("disk_free_alarm", "disk alarm"), Column.Count("sockets_used", "connections"),
        Column.Count("fd_used", "files"), Column.Count("processors", "cores"),
    ];

    public static Command Create(CommandBuilder commands) => commands.Leaf("status", "Say how the broker is: versions, listeners, totals, nodes, alarms.", RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var overview = await context.Api.GetAsync(ApiPath.Of("overview"), context.Ended).ConfigureAwait(false) as JsonObject ?? [];
        var nodes = await NodesAsync(context).ConfigureAwait(false);
        if (context.Result.IsJson)
        {
            context.Result.Json(new JsonObject { ["overview"] = overview, ["nodes"] = nodes });
            return;
        }

        overview["listening"] = string.Join(", ", ListenersOf(overview));
        overview["alarms"] = string.Join(", ", AlarmsOf(nodes));
        context.Result.Item(overview, Summary);
        if (nodes is not null)
        {
            context.Result.Line("");
            context.Result.List(nodes, NodeColumns);
        }
    }

    // Not all that may ask for the rest may ask for these.
    private static async Task<JsonArray?> NodesAsync(CommandContext context)
    {
        try
        {
            return await context.Api.ListAsync(ApiPath.Of("nodes"), context.Ended).ConfigureAwait(false);
        }
        catch (ApiException failure) when (failure.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return null;
        }
    }

    private static IEnumerable<string> ListenersOf(JsonObject overview) => (overview["listeners"] as JsonArray ?? []).OfType<JsonObject>()
        .Select(static listener => $"{(string?)listener["protocol"]} {AddressOf((string?)listener["ip_address"] ?? "")}:{listener["port"]}");

    private static string AddressOf(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    private static IEnumerable<string> AlarmsOf(JsonArray? nodes)
    {
        foreach (var node in (nodes ?? []).OfType<JsonObject>())
        {
            if ((bool?)node["mem_alarm"] == true)
            {
                yield return $"memory on {(string?)node["name"]}: publishers wait";
            }

            if ((bool?)node["disk_free_alarm"] == true)
            {
                yield return $"disk on {(string?)node["name"]}: publishers wait";
            }

            if ((bool?)node["running"] == false)
            {
                yield return $"{(string?)node["name"]} does not run";
            }
        }
    }
}
