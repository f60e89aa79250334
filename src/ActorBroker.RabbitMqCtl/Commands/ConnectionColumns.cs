using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>What can be listed of connections, channels and consumers.</summary>
internal static class ConnectionColumns
{
    /// <summary>Of connections.</summary>
    public static Columns All { get; } = new(
        "pid", "name", "port", "host", "peer_port", "peer_host", "ssl", "ssl_protocol", "ssl_key_exchange", "ssl_cipher", "ssl_hash", "peer_cert_subject",
        "peer_cert_issuer", "peer_cert_validity", "state", "channels", "protocol", "auth_mechanism", "user", "vhost", "timeout", "frame_max", "channel_max",
        "client_properties", "recv_oct", "recv_cnt", "send_oct", "send_cnt", "send_pend", "connected_at")
    {
        ["pid"] = static (item, _) => new Term.Process(ProcessId.OfConnection((string?)item["node"] ?? "", (string?)item["name"] ?? "")),
        ["host"] = static (item, _) => AddressOf(item["host"]),
        ["peer_host"] = static (item, _) => AddressOf(item["peer_host"]),
        ["state"] = static (item, _) => Term.Named(item["state"]),
        ["protocol"] = static (item, _) => ProtocolOf(item["protocol"]),
    };

    /// <summary>Of channels.</summary>
    public static Columns Channels { get; } = new(
        "pid", "connection", "name", "number", "user", "vhost", "transactional", "confirm", "consumer_count", "messages_unacknowledged", "messages_uncommitted",
        "acks_uncommitted", "messages_unconfirmed", "prefetch_count", "global_prefetch_count")
    {
        ["pid"] = static (item, _) => new Term.Process(ProcessId.OfConnection((string?)item["node"] ?? "", ConnectionOf(item), (long?)item["number"] ?? 0)),
        ["connection"] = static (item, _) => new Term.Process(ProcessId.OfConnection((string?)item["node"] ?? "", ConnectionOf(item))),
    };

    /// <summary>Those of consumers that are listed where no others are asked for.</summary>
    public static string[] OfConsumers { get; } = ["queue_name", "channel_pid", "consumer_tag", "ack_required", "prefetch_count", "active", "arguments"];

    /// <summary>Of consumers.</summary>
    public static Columns Consumers { get; } = new([.. OfConsumers, "activity_status"])
    {
        ["queue_name"] = static (item, _) => Term.Of((item["queue"] as JsonObject)?["name"]),
        ["channel_pid"] = static (item, _) => ChannelOf(item["channel_details"] as JsonObject),
        ["activity_status"] = static (item, _) => Term.Named(item["activity_status"]),
    };

    private static string ConnectionOf(JsonObject channel) => (string?)(channel["connection_details"] as JsonObject)?["name"] ?? "";

    private static Term ChannelOf(JsonObject? details) => details is null
        ? Term.None
        : new Term.Process(ProcessId.OfConnection((string?)details["node"] ?? "", (string?)details["connection_name"] ?? "", (long?)details["number"] ?? 0));

    private static Term AddressOf(JsonNode? node)
    {
        var text = (string?)node;
        if (!IPAddress.TryParse(text, out var address))
        {
            return Term.Of(text);
        }

        var bytes = address.GetAddressBytes();
        return new Term.Tuple(text, address.AddressFamily == AddressFamily.InterNetwork
            ? [.. bytes.Select(static part => (long)part)]
            : [.. bytes.Chunk(2).Select(static pair => (long)BinaryPrimitives.ReadUInt16BigEndian(pair))]);
    }

    // AMQP's version comes as a sentence from the API, and as numbers from RabbitMQ's tools.
    private static Term ProtocolOf(JsonNode? node) => (string?)node switch
    {
        null => Term.None,
        "AMQP 0-9-1" => new Term.Tuple("{0,9,1}", [0, 9, 1]),
        var other => new Term.Text(other),
    };
}
