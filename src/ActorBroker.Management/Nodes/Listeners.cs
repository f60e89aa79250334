using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Nodes;

/// <summary>What RabbitMQ calls the protocols of listeners.</summary>
internal static class Listeners
{
    private static readonly Dictionary<string, string> Protocols = new(StringComparer.Ordinal)
    {
        ["amqps"] = "amqp/ssl",
        ["mqtts"] = "mqtt/ssl",
        ["stomps"] = "stomp/ssl",
        ["ws-mqtt"] = "http/web-mqtt",
        ["ws-stomp"] = "http/web-stomp",
        ["prometheus"] = "http/prometheus",
    };

    /// <summary>The protocol of the listener of this name.</summary>
    public static string ProtocolOf(string listener) => Protocols.GetValueOrDefault(listener, listener);

    /// <summary>Whether the listener serves the protocol: under either of its names.</summary>
    public static bool Serves(ListenerInfo listener, string protocol) =>
        listener.Protocol == protocol || ProtocolOf(listener.Protocol) == protocol || (protocol == "amqp091" && listener.Protocol == "amqp");
}
