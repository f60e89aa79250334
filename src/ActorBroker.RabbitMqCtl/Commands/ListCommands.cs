using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Lists with columns: queues, exchanges, bindings, connections, channels, consumers.</summary>
internal static class ListCommands
{
    private const string OfVirtualHost = "[--vhost <vhost>] [--no-table-headers] [<column> ...]";
    private const string OfAll = "[--no-table-headers] [<column> ...]";

    private static readonly string[] AllBindingColumns = ["source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments"];

    public static IEnumerable<Command> All =>
    [
        Queues,
        UnresponsiveQueues,
        List("list_exchanges", OfVirtualHost, "Lists exchanges", ExchangeColumns, ["name", "type"], static request => $"Listing exchanges for vhost {request.VirtualHost} ...", static request =>
            request.ListOrNoneAsync(ApiPath.Of("exchanges", request.VirtualHost))),
        List("list_bindings", OfVirtualHost, "Lists all bindings on a vhost", BindingColumns, AllBindingColumns, static request => $"Listing bindings for vhost {request.VirtualHost}...", static request =>
            request.ListOrNoneAsync(ApiPath.Of("bindings", request.VirtualHost))),
        List("list_connections", OfAll, "Lists AMQP 0.9.1 connections for the node", ConnectionColumns.All, ["user", "peer_host", "peer_port", "state"], static _ => "Listing connections ...", static request =>
            request.ListOrNoneAsync(ApiPath.Of("connections"))),
        List("list_channels", OfAll, "Lists all channels in the node", ConnectionColumns.Channels, ["pid", "user", "consumer_count", "messages_unacknowledged"], static _ => "Listing channels ...", static request =>
            request.ListOrNoneAsync(ApiPath.Of("channels"))),
        List("list_consumers", OfVirtualHost, "Lists all consumers for a vhost", ConnectionColumns.Consumers, ConnectionColumns.OfConsumers, static request => $"Listing consumers in vhost {request.VirtualHost} ...", static request =>
            request.ListOrNoneAsync(ApiPath.Of("consumers", request.VirtualHost))),
    ];

    private static Columns ExchangeColumns => new("name", "type", "durable", "auto_delete", "internal", "arguments", "policy") { ["type"] = static (item, _) => Term.Named(item["type"]) };

    private static Columns BindingColumns => new(AllBindingColumns)
    {
        ["source_name"] = static (item, _) => Term.Of(item["source"]),
        ["source_kind"] = static (_, _) => new Term.Atom("exchange"),
        ["destination_name"] = static (item, _) => Term.Of(item["destination"]),
        ["destination_kind"] = static (item, _) => Term.Named(item["destination_type"]),
    };

    private static Command Queues => new(
        "list_queues", HelpSection.Monitoring, "list_queues [--vhost <vhost>] [--online] [--offline] [--local] [--no-table-headers] [<column>, ...]", "Lists queues and their properties")
    {
        Takes = (0, int.MaxValue),
        HasTimeout = true,
        TimeoutDefault = 60,
        IsDiagnostics = true,
        Formatter = FormatterKind.Table,
        Switches = [new("offline", SwitchKind.Flag), new("online", SwitchKind.Flag), new("local", SwitchKind.Flag), new("timeout", SwitchKind.Number, 't')],
        Explanations =
        [
            QueueColumns.All.Explanation,
            ("--online", "lists only queues on online (reachable) nodes"),
            ("--offline", "lists only queues on offline (unreachable) nodes"),
            ("--local", "only return queues hosted on the target node"),
        ],
        Check = static request => QueueColumns.All.Of(request, "name", "messages"),
        Banner = static request => $"Timeout: {TermText.Of(request.Timeout!.Value.TotalSeconds)} seconds ...\nListing queues for vhost {request.VirtualHost} ...",
        Run = static async request =>
        {
            var columns = QueueColumns.All.Of(request, "name", "messages");
            var all = await request.ListOrNoneAsync(ApiPath.Of("queues", request.VirtualHost)).ConfigureAwait(false);
            return new Outcome.Rows([.. all.Select(static queue => queue!.AsObject()).Where(queue => IsWanted(request, queue)).Select(queue => QueueColumns.All.RowOf(request, queue, columns))]);
        },
    };

    // A queue that does not answer is not served at the moment; the broker says so in its state.
    private static Command UnresponsiveQueues => new(
        "list_unresponsive_queues", HelpSection.Monitoring, "list_unresponsive_queues [--local] [--queue-timeout <milliseconds>] [<column> ...] [--no-table-headers]", "Tests queues to respond within timeout. Lists those which did not respond")
    {
        Takes = (0, int.MaxValue),
        HasTimeout = true,
        IsDiagnostics = true,
        Formatter = FormatterKind.Table,
        Switches = [new("queue-timeout", SwitchKind.Number), new("local", SwitchKind.Flag), new("timeout", SwitchKind.Number, 't')],
        Check = static request => QueueColumns.Unresponsive.Of(request, "name"),
        Banner = static request => $"Listing unresponsive queues for vhost {request.VirtualHost} ...",
        Run = static async request =>
        {
            var columns = QueueColumns.Unresponsive.Of(request, "name");
            var all = await request.ListOrNoneAsync(ApiPath.Of("queues", request.VirtualHost)).ConfigureAwait(false);
            return new Outcome.Rows([.. all.Select(static queue => queue!.AsObject()).Where(IsDown).Select(queue => QueueColumns.Unresponsive.RowOf(request, queue, columns))]);
        },
    };

    private static bool IsDown(JsonObject queue) => (string?)queue["state"] == "down";

    private static bool IsWanted(Request request, JsonObject queue)
    {
        if (request.Flag("local"))
        {
            return (string?)queue["node"] == request.BrokerNode;
        }

        return (request.Flag("online"), request.Flag("offline")) switch
        {
            (true, false) => !IsDown(queue),
            (false, true) => IsDown(queue),
            _ => true,
        };
    }

    private static Command List(
        string name, string usage, string description, Columns columns, string[] defaults, Func<Request, string> banner, Func<Request, Task<JsonArray>> read) =>
        new(name, HelpSection.Monitoring, $"{name} {usage}", description)
        {
            Takes = (0, int.MaxValue),
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Switches = [new("timeout", SwitchKind.Number, 't')],
            Explanations = [columns.Explanation],
            Check = request => columns.Of(request, defaults),
            Banner = banner,
            Run = async request =>
            {
                var wanted = columns.Of(request, defaults);
                var all = await read(request).ConfigureAwait(false);
                return new Outcome.Rows([.. all.Select(item => columns.RowOf(request, item!.AsObject(), wanted))]);
            },
        };
}
