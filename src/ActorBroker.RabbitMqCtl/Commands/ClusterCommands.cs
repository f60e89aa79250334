using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>All nodes together.</summary>
internal static class ClusterCommands
{
    private static readonly Columns FlagColumns = new("name", "state", "stability", "provided_by", "desc", "doc_url")
    {
        ["state"] = static (item, _) => Terms.Term.Named(item["state"]),
        ["stability"] = static (item, _) => Terms.Term.Named(item["stability"]),
    };

    public static IEnumerable<Command> All =>
    [
        new("cluster_status", HelpSection.Cluster, "cluster_status", "Displays all the nodes in the cluster grouped by node type, together with the currently running nodes")
        {
            HasTimeout = true,
            TimeoutDefault = 60,
            IsDiagnostics = true,
            Banner = static request => $"Cluster status of node {request.Node} ...",
            Run = StatusAsync,
        },
        new("set_cluster_name", HelpSection.Cluster, "set_cluster_name <name>", "Sets the cluster name")
        {
            Takes = (1, 1),
            Explanations = [("<name>", "New cluster name")],
            Banner = static request => $"Setting cluster name to {request.Arguments[0]} ...",
            Run = static async request =>
            {
                await request.Client.PutAsync(ApiPath.Of("cluster-name"), new JsonObject { ["name"] = request.Arguments[0] }, request.Ended).ConfigureAwait(false);
                return new Outcome.Done();
            },
        },
        new("list_feature_flags", HelpSection.FeatureFlags, "list_feature_flags [<column> ...]", "Lists feature flags")
        {
            Takes = (0, int.MaxValue),
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Explanations = [FlagColumns.Explanation],
            Check = static request => FlagColumns.Of(request, "name", "state"),
            Banner = static _ => "Listing feature flags ...",
            Run = static async request =>
            {
                var columns = FlagColumns.Of(request, "name", "state");
                var all = await request.Client.ListAsync(ApiPath.Of("feature-flags"), request.Ended).ConfigureAwait(false);
                return new Outcome.Rows([.. all.Select(flag => FlagColumns.RowOf(request, flag!.AsObject(), columns))], IsWhole: true);
            },
        },
        new("enable_feature_flag", HelpSection.FeatureFlags, "enable_feature_flag <all | feature_flag>", "Enables a feature flag or all supported feature flags on the target node")
        {
            Takes = (1, 1),
            Check = static request =>
            {
                if (request.Arguments[0].Length == 0)
                {
                    throw BadArgumentsException.BadArgument("feature_flag cannot be an empty string.");
                }
            },
            Banner = static request => request.Arguments[0] == "all" ? "Enabling all feature flags ..." : $"Enabling feature flag \"{request.Arguments[0]}\" ...",
            Run = EnableAsync,
        },
    ];

    // All that there are always are on.
    private static async Task<Outcome> EnableAsync(Request request)
    {
        var name = request.Arguments[0];
        if (name == "all")
        {
            return new Outcome.Done();
        }

        var all = await request.Client.ListAsync(ApiPath.Of("feature-flags"), request.Ended).ConfigureAwait(false);
        return all.Any(flag => (string?)flag!["name"] == name)
            ? new Outcome.Done()
            : throw CommandFailedException.Of(ExitCodes.Usage, $"This feature flag is not supported by node {request.Node}");
    }

    private static async Task<Outcome> StatusAsync(Request request)
    {
        var status = await NodeStatus.ReadAsync(request).ConfigureAwait(false);
        var json = JsonOf(status);
        return new Outcome.Message(request.Formatter == FormatterKind.Erlang ? ErlangText.Of(json) : string.Join('\n', LinesOf(status)), json);
    }

    private static string Bright(string title) => $"\n\u001b[1m{title}\u001b[0m\n";

    private static IEnumerable<string> LinesOf(NodeStatus status) =>
    [
        Bright("Basics")[1..],
        $"Cluster name: {status.Fact("cluster_name")}",
        Bright("Disk Nodes"),
        .. status.Nodes.Select(NodeStatus.NameOf).Order(StringComparer.Ordinal),
        Bright("Running Nodes"),
        .. status.Running.Order(StringComparer.Ordinal),
        Bright("Versions"),
        .. status.Running.Select(node => $"{node}: {status.Fact("product_name")} {status.Fact("product_version")} on {status.Fact("erlang_version")}"),
        Bright("Maintenance status"),
        .. status.Running.Select(static node => $"Node: {node}, status: not under maintenance"),
        Bright("Alarms"),
        .. status.Alarms.Select(static alarm => alarm.Line).DefaultIfEmpty("(none)"),
        Bright("Network Partitions"),
        "(none)",
        Bright("Listeners"),
        .. status.Listeners.Select(static listener => $"Node: {listener.Node}, {char.ToLowerInvariant(listener.Line[0])}{listener.Line[1..]}").DefaultIfEmpty("(none)"),
        Bright("Feature flags"),
        "(none)",
    ];

    private static JsonObject JsonOf(NodeStatus status) => new()
    {
        ["alarms"] = new JsonArray([.. status.Alarms.Select(static alarm => alarm.ToJson())]),
        ["cluster_name"] = status.Fact("cluster_name"),
        ["disk_nodes"] = NamesOf(status.Nodes.Select(NodeStatus.NameOf)),
        ["feature_flags"] = new JsonArray(),
        ["listeners"] = new JsonObject(status.Listeners.GroupBy(static listener => listener.Node).Select(static node =>
            KeyValuePair.Create(node.Key, (JsonNode?)new JsonArray([.. node.Select(static listener => listener.ToJson())])))),
        ["maintenance_status"] = new JsonObject(status.Running.Select(static node => KeyValuePair.Create(node, (JsonNode?)"not under maintenance"))),
        ["partitions"] = new JsonObject(),
        ["ram_nodes"] = new JsonArray(),
        ["running_nodes"] = NamesOf(status.Running),
        ["versions"] = new JsonObject(status.Running.Select(node => KeyValuePair.Create(node, (JsonNode?)new JsonObject
        {
            ["erlang_version"] = status.Fact("erlang_version"),
            ["rabbitmq_name"] = status.Fact("product_name"),
            ["rabbitmq_version"] = status.Fact("rabbitmq_version"),
        }))),
    };

    private static JsonArray NamesOf(IEnumerable<string> names) => [.. names.Select(static name => (JsonNode)name)];
}
