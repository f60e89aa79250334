using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Connections: closed, one, those of a user, or all.</summary>
internal static class ConnectionCommands
{
    public static IEnumerable<Command> All =>
    [
        new("close_connection", HelpSection.Operations, "close_connection <connection pid> <explanation>", "Instructs the broker to close the connection associated with the Erlang process id")
        {
            Takes = (2, 2),
            Explanations = [("<connection pid>", "connection identifier, see list_connections pid; or the connection's name"), ("<explanation>", "reason for connection closure")],
            Banner = static request => $"Closing connection {request.Arguments[0]}, reason: {request.Arguments[1]}...",
            Run = CloseAsync,
        },
        new("close_all_connections", HelpSection.Operations, "close_all_connections [--vhost <vhost> --limit <limit>] [-n <node> --global] [--per-connection-delay <delay>] <explanation>", "Instructs the broker to close all connections for the specified vhost or entire RabbitMQ node")
        {
            Takes = (1, 1),
            Switches = [new("global", SwitchKind.Flag), new("per-connection-delay", SwitchKind.Number), new("limit", SwitchKind.Number)],
            Explanations =
            [
                ("--global", "consider connections across all virtual hosts"),
                ("--limit <number>", "close up to this many connections"),
                ("--per-connection-delay <milliseconds>", "inject a delay between closures"),
            ],
            Banner = BannerOfAll,
            Run = CloseAllAsync,
        },
        new("close_all_user_connections", HelpSection.Operations, "close_all_user_connections <username> <explanation>", "Instructs the broker to close all connections of the specified user")
        {
            Takes = (2, 2),
            Explanations = [("<explanation>", "reason for connection closure, will be logged and provided to clients")],
            Banner = static request => $"Closing connections of user {request.Arguments[0]}, reason: {request.Arguments[1]}...",
            Run = static async request =>
            {
                await request.Client.DeleteAsync(ApiPath.Of("connections", "username", request.Arguments[0]), request.Arguments[1], request.Ended).ConfigureAwait(false);
                return new Outcome.Done();
            },
        },
    ];

    private static string BannerOfAll(Request request)
    {
        if (request.Flag("global"))
        {
            return $"Closing all connections to node {request.Node} (across all vhosts), reason: {request.Arguments[0]}...";
        }

        var which = request.Number("limit") is { } limit and > 0 ? limit.ToString(CultureInfo.InvariantCulture) : "all";
        return $"Closing {which} connections in vhost {request.VirtualHost}, reason: {request.Arguments[0]}...";
    }

    private static string NameOf(JsonNode? connection) => (string?)connection!["name"] ?? string.Empty;

    private static async Task<Outcome> CloseAsync(Request request)
    {
        var wanted = request.Arguments[0];
        var all = await request.Client.ListAsync(ApiPath.Of("connections").Where("columns", "name,node"), request.Ended).ConfigureAwait(false);
        var found = all.FirstOrDefault(one => NameOf(one) == wanted || ProcessId.OfConnection((string?)one!["node"] ?? "", NameOf(one)).ToString() == wanted);
        if (found is not null)
        {
            await CloseAsync(request, NameOf(found), request.Arguments[1]).ConfigureAwait(false);
        }
        else if (!ProcessId.IsWellFormed(wanted))
        {
            throw CommandFailedException.Of(ExitCodes.Unavailable, $"Error:\n{{:invalid_pid_syntax, {TermText.Quoted(wanted)}}}");
        }

        // RabbitMQ says nothing of one that is not there any more.
        return new Outcome.Done();
    }

    // Gone of its own accord is as good.
    private static async Task CloseAsync(Request request, string name, string reason)
    {
        try
        {
            await request.Client.DeleteAsync(ApiPath.Of("connections", name), reason, request.Ended).ConfigureAwait(false);
        }
        catch (ApiException failure) when (failure.Status == System.Net.HttpStatusCode.NotFound)
        {
            return;
        }
    }

    private static async Task<Outcome> CloseAllAsync(Request request)
    {
        var isGlobal = request.Flag("global");
        var all = await request.Client.ListAsync(ApiPath.Of("connections").Where("columns", "name,node,vhost"), request.Ended).ConfigureAwait(false);
        var wanted = all.Where(one => isGlobal ? (string?)one!["node"] == request.BrokerNode : (string?)one!["vhost"] == request.VirtualHost).Select(NameOf).ToList();
        if (!isGlobal && request.Number("limit") is { } limit and > 0)
        {
            wanted = wanted[..(int)Math.Min(limit, wanted.Count)];
        }

        var delay = TimeSpan.FromMilliseconds(Math.Clamp(request.Number("per-connection-delay") ?? 0, 0, 3_600_000));
        foreach (var name in wanted)
        {
            await CloseAsync(request, name, request.Arguments[0]).ConfigureAwait(false);
            await Task.Delay(delay, request.Ended).ConfigureAwait(false);
        }

        return new Outcome.Answer($"Closed {wanted.Count} connections");
    }
}
