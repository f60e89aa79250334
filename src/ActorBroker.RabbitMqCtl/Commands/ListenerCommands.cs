using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>A node's listeners: which there are, and whether they let clients in.</summary>
internal static class ListenerCommands
{
    // What the protocols of listeners are called otherwise.
    private static readonly Dictionary<string, string> ProtocolNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["amqp091"] = "amqp", ["amqp0.9.1"] = "amqp", ["amqp0-9-1"] = "amqp", ["amqp0_9_1"] = "amqp",
        ["amqp10"] = "amqp", ["amqp1.0"] = "amqp", ["amqp1-0"] = "amqp", ["amqp1_0"] = "amqp", ["amqps"] = "amqp/ssl",
        ["mqtts"] = "mqtt/ssl", ["stomps"] = "stomp/ssl",
        ["http1"] = "http", ["http1.1"] = "http", ["http_api"] = "http", ["management"] = "http", ["management_ui"] = "http", ["ui"] = "http",
        ["cli"] = "clustering", ["distribution"] = "clustering",
    };

    public static IEnumerable<Command> All =>
    [
        HealthCommands.Check("listeners", "Lists active connection listeners (bound interface, port, protocol) on the target node")
            with
            {
                Banner = static request => $"Asking node {request.Node} to report its protocol listeners ...",
                Run = ListAsync,
            },
        HealthCommands.Check("check_port_connectivity", "Basic TCP connectivity health check for each listener's port on the target node")
            with
            {
                TimeoutDefault = 30,
                Banner = static request => $"Testing TCP connections to all active listeners on node {request.Node} ...",
                Run = ConnectAsync,
            },
        HealthCommands.Check("check_port_listener", "Health check that exits with a non-zero code if target node does not have an active listener for given port", " <port>")
            with
            {
                Takes = (1, 1),
                Check = static request =>
                {
                    if (!long.TryParse(request.Arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port < 1)
                    {
                        throw BadArgumentsException.BadArgument("Argument must be a positive integer");
                    }
                },
                Banner = static request => $"Asking node {request.Node} if there's an active listener on port {request.Arguments[0]} ...",
                Run = CheckPortAsync,
            },
        HealthCommands.Check("check_protocol_listener", "Health check that exits with a non-zero code if target node does not have an active listener for given protocol", " <protocol>")
            with
            {
                Takes = (1, 1),
                Banner = static request => $"Asking node {request.Node} if there's an active listener for protocol {request.Arguments[0]} ...",
                Run = CheckProtocolAsync,
            },
    ];

    private static JsonArray JsonOf(IEnumerable<Listener> listeners) => [.. listeners.Select(static listener => (JsonNode)listener.ToJson())];

    private static async Task<IReadOnlyList<Listener>> OfAsync(Request request) => (await NodeStatus.ReadAsync(request).ConfigureAwait(false)).OwnListeners;

    private static async Task<Outcome> ListAsync(Request request)
    {
        var listeners = await OfAsync(request).ConfigureAwait(false);
        if (request.Formatter is FormatterKind.Csv or FormatterKind.Erlang or FormatterKind.PrettyTable)
        {
            return new Outcome.Rows([.. listeners.Select(static listener => listener.ToRow())]);
        }

        return new Outcome.Message(
            listeners.Count == 0 ? $"Node {request.Node} reported no enabled listeners." : string.Join('\n', listeners.Select(static listener => listener.Line)),
            new JsonObject { ["listeners"] = JsonOf(listeners), ["node"] = request.Node, ["result"] = "ok" });
    }

    private static async Task<Outcome> ConnectAsync(Request request)
    {
        var listeners = await OfAsync(request).ConfigureAwait(false);
        List<Listener> failed = [];
        foreach (var listener in listeners)
        {
            if (!await IsOpenAsync(request, listener).ConfigureAwait(false))
            {
                failed.Add(listener);
            }
        }

        if (failed.Count > 0)
        {
            var lines = failed.Select(static listener => listener.Line).Prepend($"Connection to ports of the following listeners on node {request.Node} failed: ");
            throw HealthCommands.Failed(
                request, string.Join('\n', lines), new JsonObject { ["failures"] = JsonOf(failed), ["node"] = request.Node, ["result"] = "error" }, hasTitle: true);
        }

        var ports = string.Join(", ", listeners.Select(static listener => listener.Port).Order());
        return new Outcome.Message(
            $"Successfully connected to ports {ports} on node {request.Node}.", new JsonObject { ["listeners"] = JsonOf(listeners), ["node"] = request.Node, ["result"] = "ok" });
    }

    private static async Task<bool> IsOpenAsync(Request request, Listener listener)
    {
        // One that listens at all addresses is met where the API is.
        var isAny = !IPAddress.TryParse(listener.Address, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        var host = isAny ? BrokerAddress.Of(request.Terminal).Address.Host.Trim('[', ']') : listener.Address;
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, (int)listener.Port, request.Ended).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<Outcome> CheckPortAsync(Request request)
    {
        var port = long.Parse(request.Arguments[0], CultureInfo.InvariantCulture);
        var listeners = await OfAsync(request).ConfigureAwait(false);
        if (listeners.Any(listener => listener.Port == port))
        {
            return new Outcome.Message(
                $"A listener for port {port} is running on node {request.Node}.",
                new JsonObject { ["node"] = request.Node, ["port"] = request.Arguments[0], ["result"] = "ok" });
        }

        throw HealthCommands.Failed(
            request,
            $"No listener for port {port} is active on node {request.Node}. Found listeners that use the following ports: {string.Join(", ", listeners.Select(static listener => listener.Port).Order())}",
            new JsonObject
            {
                ["listeners"] = JsonOf(listeners),
                ["missing"] = request.Arguments[0],
                ["ports"] = new JsonArray([.. listeners.Select(static listener => (JsonNode)listener.Port)]),
                ["result"] = "error",
            });
    }

    private static async Task<Outcome> CheckProtocolAsync(Request request)
    {
        var protocol = ProtocolNames.GetValueOrDefault(request.Arguments[0], request.Arguments[0].ToLowerInvariant());
        var listeners = await OfAsync(request).ConfigureAwait(false);
        if (listeners.Any(listener => listener.Protocol == protocol))
        {
            return new Outcome.Message(
                $"A listener for protocol {protocol} is running on node {request.Node}.", new JsonObject { ["node"] = request.Node, ["protocol"] = protocol, ["result"] = "ok" });
        }

        throw HealthCommands.Failed(
            request,
            $"No listener for protocol {protocol} is active on node {request.Node}. Found listeners for the following protocols: {string.Join(", ", listeners.Select(static listener => listener.Protocol).Order(StringComparer.Ordinal))}",
            new JsonObject
            {
                ["listeners"] = JsonOf(listeners),
                ["missing"] = protocol,
                ["protocols"] = new JsonArray([.. listeners.Select(static listener => (JsonNode)listener.Protocol)]),
                ["result"] = "error",
            },
            hasTitle: true);
    }
}
