using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>The state of a node, and of its cluster, as the API tells it.</summary>
internal sealed record NodeStatus(JsonObject Overview, IReadOnlyList<JsonObject> Nodes, string Name)
{
    /// <summary>The node itself.</summary>
    public JsonObject Node => Nodes.FirstOrDefault(node => (string?)node["name"] == Name) ?? [];

    /// <summary>The nodes that run.</summary>
    public IEnumerable<string> Running => Nodes.Where(static node => (bool?)node["running"] == true).Select(NameOf);

    /// <summary>All listeners of all nodes.</summary>
    public IEnumerable<Listener> Listeners => (Overview["listeners"] as JsonArray ?? []).Select(static item => Listener.Of(item!.AsObject()));

    /// <summary>The listeners of the node.</summary>
    public IReadOnlyList<Listener> OwnListeners => [.. Listeners.Where(listener => listener.Node == Name)];

    /// <summary>What nodes run short of.</summary>
    public IReadOnlyList<Alarm> Alarms =>
    [
        .. Nodes.Where(static node => (bool?)node["mem_alarm"] == true).Select(static node => new Alarm(NameOf(node), "memory")),
        .. Nodes.Where(static node => (bool?)node["disk_free_alarm"] == true).Select(static node => new Alarm(NameOf(node), "disk")),
    ];

    public static async Task<NodeStatus> ReadAsync(Request request)
    {
        var overview = await request.Client.GetAsync(ApiPath.Of("overview"), request.Ended).ConfigureAwait(false);
        var nodes = await request.Client.ListAsync(ApiPath.Of("nodes"), request.Ended).ConfigureAwait(false);
        return new NodeStatus(overview as JsonObject ?? [], [.. nodes.Select(static node => node!.AsObject())], request.BrokerNode);
    }

    /// <summary>A number of the node; 0 where it is not said.</summary>
    public long Figure(string name) => Node[name] is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    /// <summary>How many there are of something.</summary>
    public long Total(string name) => (Overview["object_totals"] as JsonObject)?[name] is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    /// <summary>A text of the overview.</summary>
    public string Fact(string name) => (string?)Overview[name] ?? string.Empty;

    public static string NameOf(JsonObject node) => (string?)node["name"] ?? string.Empty;
}

/// <summary>A node runs short of something.</summary>
internal sealed record Alarm(string Node, string Resource)
{
    /// <summary>In a sentence.</summary>
    public string Line => Resource == "memory" ? $"Memory alarm on node {Node}" : $"Free disk space alarm on node {Node}";

    public JsonObject ToJson() => new() { ["node"] = Node, ["resource"] = Resource, ["type"] = "resource_limit" };
}

/// <summary>Where clients can connect.</summary>
internal sealed record Listener(string Node, string Protocol, string Address, long Port)
{
    /// <summary>The address, fit to have a port after it.</summary>
    public string Interface => Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]" : Address;

    /// <summary>What it is for.</summary>
    public string Purpose => Protocol switch
    {
        "amqp" => "AMQP 0-9-1 and AMQP 1.0",
        "amqp/ssl" => "AMQP 0-9-1 and AMQP 1.0 over TLS",
        "http" => "HTTP API",
        "https" => "HTTP API over TLS (HTTPS)",
        "http/prometheus" => "Prometheus exporter API over HTTP",
        "https/prometheus" => "Prometheus exporter API over TLS (HTTPS)",
        "clustering" => "inter-node and CLI tool communication",
        _ => Protocol,
    };

    /// <summary>In a sentence.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"Interface: {Interface}, port: {Port}, protocol: {Protocol}, purpose: {Purpose}");

    public static Listener Of(JsonObject item) =>
        new((string?)item["node"] ?? "", (string?)item["protocol"] ?? "", (string?)item["ip_address"] ?? "", (long?)item["port"] ?? 0);

    public JsonObject ToJson() => new() { ["interface"] = Interface, ["node"] = Node, ["port"] = Port, ["protocol"] = Protocol, ["purpose"] = Purpose };

    public Row ToRow() => new(
        ("node", new Term.Atom(Node)), ("protocol", new Term.Atom(Protocol)), ("interface", Term.Of(Interface)), ("port", new Term.Whole(Port)), ("purpose", Term.Of(Purpose)));
}
