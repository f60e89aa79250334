using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>A node: whether it answers, how it is.</summary>
internal static class NodeCommands
{
    // What the API calls the product is what clients are told, which may depend on it being RabbitMQ.
    private const string Product = "ActorBroker";

    private static readonly Dictionary<string, double> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bytes"] = 1, ["kb"] = 1e3, ["kilobytes"] = 1e3, ["mb"] = 1e6, ["megabytes"] = 1e6, ["gb"] = 1e9, ["gigabytes"] = 1e9, ["tb"] = 1e12, ["terabytes"] = 1e12,
    };

    public static IEnumerable<Command> All =>
    [
        new("ping", HelpSection.Monitoring, "ping", "Checks that the node OS process is up, registered with EPMD and CLI tools can authenticate with it")
        {
            HasTimeout = true,
            TimeoutDefault = 60,
            IsDiagnostics = true,
            IsForStopped = true,
            Banner = static request =>
                $"Will ping {request.Node}. This only checks if the OS process is running and registered with epmd. Timeout: {request.Timeout!.Value.TotalMilliseconds:0} ms.",
            Run = static _ => Task.FromResult<Outcome>(new Outcome.Message("Ping succeeded")),
        },
        new("status", HelpSection.Monitoring, "status [--unit <unit>]", "Displays status of a node")
        {
            HasTimeout = true,
            TimeoutDefault = 60,
            IsDiagnostics = true,
            Switches = [new("unit", SwitchKind.Text), new("timeout", SwitchKind.Number, 't')],
            Explanations =
            [
                ("--unit <bytes | mb | gb>", "byte multiple (bytes, megabytes, gigabytes) to use"),
                ("--formatter <json | erlang>", "alternative formatter (JSON, Erlang terms)"),
            ],
            Check = static request =>
            {
                if (!Units.ContainsKey(UnitOf(request)))
                {
                    throw new BadArgumentsException($"\"unit '{UnitOf(request)}' is not supported. Please use one of: bytes, mb, gb\"");
                }
            },
            Banner = static request => $"Status of node {request.Node} ...",
            Run = StatusAsync,
        },
        new("environment", HelpSection.Configuration, "environment", "Displays the name and value of each variable in the application environment for each running application")
        {
            IsDiagnostics = true,
            Banner = static request => $"Application environment of node {request.Node} ...",
            Run = EnvironmentAsync,
        },
        new("node_health_check", HelpSection.Monitoring, "node_health_check", "DEPRECATED. Performs intrusive, opinionated health checks on a fully booted node. See https://www.rabbitmq.com/monitoring.html#health-checks instead")
        {
            HasTimeout = true,
            TimeoutDefault = 70,
            IsDiagnostics = true,
            Banner = static request =>
                $"""
                This command is DEPRECATED and will be removed in a future version.
                It performs intrusive, opinionated health checks and requires a fully booted node.
                Use one of the options covered in https://www.rabbitmq.com/monitoring.html#health-checks instead.
                Timeout: {request.Timeout!.Value.TotalSeconds:0} seconds ...
                Checking health of node {request.Node} ...
                """,
            Run = HealthAsync,
        },
        new("force_gc", HelpSection.Operations, "force_gc", "Makes all Erlang processes on the target node perform/schedule a full sweep garbage collection")
        {
            HasTimeout = true,
            Banner = static request => $"Will ask all processes on node {request.Node} to schedule a full sweep GC",

            // Memory is collected by itself; there is nothing to ask for.
            Run = static _ => Task.FromResult<Outcome>(new Outcome.Done()),
        },
    ];

    private static string UnitOf(Request request) => request.Text("unit") ?? "gb";

    private static async Task<Outcome> StatusAsync(Request request)
    {
        var status = await NodeStatus.ReadAsync(request).ConfigureAwait(false);
        var memory = await request.FindAsync(ApiPath.Of("nodes", status.Name, "memory")).ConfigureAwait(false);
        var virtualHosts = await request.Client.ListAsync(ApiPath.Of("vhosts").Where("columns", "name"), request.Ended).ConfigureAwait(false);
        var json = JsonOf(status);
        json["totals"]!["virtual_host_count"] = virtualHosts.Count;
        return new Outcome.Message(
            request.Formatter == FormatterKind.Erlang ? ErlangText.Of(json) : string.Join('\n', LinesOf(request, status, memory?["memory"] as JsonObject, virtualHosts.Count)), json);
    }

    private static string Bright(string title) => $"\n\u001b[1m{title}\u001b[0m\n";

    private static IEnumerable<string> LinesOf(Request request, NodeStatus status, JsonObject? memory, int virtualHosts)
    {
        var unit = UnitOf(request);
        string Bytes(double bytes) => Units[unit] is > 1 and var factor
            ? $"{TermText.Of(Math.Round(bytes / factor, 4))} {unit}"
            : $"{bytes.ToString("0", CultureInfo.InvariantCulture)} {unit}";

        return
        [
            Bright("Runtime")[1..],
            $"OS PID: {(string?)status.Node["os_pid"]}",
            $"OS: {(OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "macOS" : "Linux")}",
            $"Uptime (seconds): {status.Figure("uptime") / 1000}",
            "Is under maintenance?: false",
            $"Product name: {Product}",
            $"Product version: {status.Fact("actorbroker_version")}",
            $"RabbitMQ version: {status.Fact("rabbitmq_version")}",
            $"Node name: {request.Node}",
            $"Erlang configuration: {status.Fact("erlang_full_version")}",
            $"Scheduler run queue: {status.Figure("run_queue")}",
            Bright("Alarms"),
            .. status.Alarms.Select(static alarm => alarm.Line).DefaultIfEmpty("(none)"),
            Bright("Memory"),
            $"Total memory used: {Bytes(status.Figure("mem_used"))}",
            "Calculation strategy: rss",
            $"Memory high watermark setting: computed to: {Bytes(status.Figure("mem_limit"))}\n",
            .. Breakdown(memory).Select(part => $"{part.Name}: {Bytes(part.Bytes)} ({TermText.Of(Math.Round(part.Bytes * 100 / Math.Max(status.Figure("mem_used"), 1), 2))} %)"),
            Bright("File Descriptors"),
            $"Total: {status.Figure("fd_used")}, limit: {status.Figure("fd_total")}",
            $"Sockets: {status.Figure("sockets_used")}, limit: {status.Figure("sockets_total")}",
            Bright("Free Disk Space"),
            $"Low free disk space watermark: {Bytes(status.Figure("disk_free_limit"))}",
            $"Free disk space: {Bytes(status.Figure("disk_free"))}",
            Bright("Totals"),
            $"Connection count: {status.Total("connections")}",
            $"Queue count: {status.Total("queues")}",
            $"Virtual host count: {virtualHosts}",
            Bright("Listeners"),
            .. status.OwnListeners.Select(static listener => listener.Line).DefaultIfEmpty("(none)"),
        ];
    }

    private static IEnumerable<(string Name, double Bytes)> Breakdown(JsonObject? memory) => (memory ?? [])
        .Where(static part => part.Value is JsonValue value && value.TryGetValue<double>(out _))
        .Select(static part => (part.Key, part.Value!.GetValue<double>()))
        .OrderByDescending(static part => part.Item2);

    private static JsonObject JsonOf(NodeStatus status) => new()
    {
        ["active_plugins"] = status.Node["enabled_plugins"]?.DeepClone() ?? new JsonArray(),
        ["alarms"] = new JsonArray([.. status.Alarms.Select(static alarm => alarm.ToJson())]),
        ["config_files"] = new JsonArray(),
        ["disk_free"] = status.Figure("disk_free"),
        ["disk_free_limit"] = status.Figure("disk_free_limit"),
        ["erlang_version"] = status.Fact("erlang_full_version"),
        ["file_descriptors"] = new JsonObject
        {
            ["sockets_limit"] = status.Figure("sockets_total"),
            ["sockets_used"] = status.Figure("sockets_used"),
            ["total_limit"] = status.Figure("fd_total"),
            ["total_used"] = status.Figure("fd_used"),
        },
        ["is_under_maintenance"] = false,
        ["listeners"] = new JsonArray([.. status.OwnListeners.Select(static listener => listener.ToJson())]),
        ["log_files"] = new JsonArray(),
        ["memory"] = new JsonObject { ["total"] = new JsonObject { ["rss"] = status.Figure("mem_used") } },
        ["os"] = OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "macOS" : "Linux",
        ["pid"] = long.TryParse((string?)status.Node["os_pid"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0,
        ["product_name"] = Product,
        ["product_version"] = status.Fact("actorbroker_version"),
        ["rabbitmq_version"] = status.Fact("rabbitmq_version"),
        ["run_queue"] = status.Figure("run_queue"),
        ["totals"] = new JsonObject { ["connection_count"] = status.Total("connections"), ["queue_count"] = status.Total("queues") },
        ["uptime"] = status.Figure("uptime") / 1000,
        ["vm_memory_calculation_strategy"] = "rss",
        ["vm_memory_high_watermark_limit"] = status.Figure("mem_limit"),
    };

    private static async Task<Outcome> EnvironmentAsync(Request request)
    {
        var status = await NodeStatus.ReadAsync(request).ConfigureAwait(false);
        var json = new JsonObject { ["actorbroker"] = JsonOf(status) };
        return new Outcome.Message(ErlangText.Of(json), json);
    }

    private static async Task<Outcome> HealthAsync(Request request)
    {
        var status = await NodeStatus.ReadAsync(request).ConfigureAwait(false);
        return status.Alarms.Where(alarm => alarm.Node == status.Name).Select(static alarm => alarm.Resource).ToList() is { Count: > 0 } resources
            ? throw CommandFailedException.Of(ExitCodes.Software, $"Error: health check failed. Message: resource alarm(s) in effect:[{string.Join(',', resources)}]")
            : new Outcome.Message("Health check passed");
    }
}
