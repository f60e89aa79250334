using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Lists;

/// <summary>Connections, channels and consumers under RabbitMQ's names for what there is to say of them.</summary>
internal static class ClientJson
{
    /// <summary>A connection.</summary>
    public static JsonObject ObjectOf(ConnectionInfo connection) => new JsonObject
    {
        ["auth_mechanism"] = connection.Client.Mechanism,
        ["channel_max"] = connection.Client.ChannelMax,
        ["channels"] = connection.Channels,
        ["client_properties"] = JsonArguments.ObjectOf(connection.Client.Properties),
        ["connected_at"] = connection.ConnectedAt.ToUnixTimeMilliseconds(),
        ["frame_max"] = connection.Client.FrameMax,
        ["host"] = connection.Host,
        ["name"] = connection.Name,
        ["node"] = connection.Node,
        ["peer_host"] = connection.PeerHost,
        ["peer_port"] = connection.PeerPort,
        ["port"] = connection.Port,
        ["protocol"] = connection.Client.Protocol,
        ["send_pend"] = 0,
        ["peer_cert_issuer"] = Certified(connection.Tls?.PeerIssuer),
        ["peer_cert_subject"] = Certified(connection.Tls?.PeerSubject),
        ["peer_cert_validity"] = Certified(connection.Tls?.PeerValidity),
        ["ssl"] = connection.Tls is not null,
        ["ssl_cipher"] = connection.Tls?.Cipher,
        ["ssl_hash"] = connection.Tls?.Hash,
        ["ssl_key_exchange"] = connection.Tls?.KeyExchange,
        ["ssl_protocol"] = connection.Tls?.Protocol,
        ["state"] = connection.IsBlocked ? "blocked" : "running",
        ["timeout"] = (int)connection.Client.Heartbeat.TotalSeconds,
        ["type"] = connection.Client.Protocol == NodeStatistics.LocalProtocol ? "direct" : "network",
        ["user"] = connection.User,
        ["user_provided_name"] = NameOf(connection),
        ["user_who_performed_action"] = connection.User,
        ["vhost"] = connection.VirtualHost,
    }.With(connection.Traffic);

    /// <summary>A channel.</summary>
    public static JsonObject ObjectOf(ChannelInfo channel) => new JsonObject
    {
        ["acks_uncommitted"] = channel.AcksUncommitted,
        ["confirm"] = channel.IsConfirming,
        ["connection_details"] = new JsonObject
        {
            ["name"] = channel.Connection,
            ["peer_host"] = channel.PeerHost,
            ["peer_port"] = channel.PeerPort,
        },
        ["consumer_count"] = channel.Consumers,
        ["global_prefetch_count"] = channel.GlobalPrefetchCount,
        ["messages_unacknowledged"] = channel.Unacknowledged,
        ["messages_uncommitted"] = channel.Uncommitted,
        ["messages_unconfirmed"] = channel.Unconfirmed,
        ["name"] = channel.Name,
        ["node"] = channel.Node,
        ["number"] = channel.Number,
        ["prefetch_count"] = channel.PrefetchCount,
        ["state"] = "running",
        ["transactional"] = channel.IsTransactional,
        ["user"] = channel.User,
        ["user_who_performed_action"] = channel.User,
        ["vhost"] = channel.VirtualHost,
    }.WithMessageStats(channel.MessageStats);

    /// <summary>A consumer.</summary>
    public static JsonObject ObjectOf(ConsumerInfo consumer) => new()
    {
        ["ack_required"] = !consumer.Settings.NoAck,
        ["active"] = true,
        ["activity_status"] = "up",
        ["arguments"] = JsonArguments.ObjectOf(consumer.Settings.Arguments),
        ["channel_details"] = new JsonObject
        {
            ["connection_name"] = consumer.Connection,
            ["name"] = $"{consumer.Connection} ({consumer.Channel})",
            ["node"] = consumer.Node,
            ["number"] = consumer.Channel,
            ["peer_host"] = consumer.PeerHost,
            ["peer_port"] = consumer.PeerPort,
            ["user"] = consumer.User,
        },
        ["consumer_tag"] = consumer.Settings.Tag,
        ["exclusive"] = consumer.Settings.Exclusive,
        ["prefetch_count"] = consumer.Settings.PrefetchCount,
        ["queue"] = new JsonObject { ["name"] = consumer.Queue, ["vhost"] = consumer.VirtualHost },
    };

    private static string? Certified(string? field) => field is { Length: > 0 } ? field : null;

    private static string? NameOf(ConnectionInfo connection) =>
        connection.Client.Properties.TryGetValue("connection_name", out var name) && name.TryGetString(out var text) ? text : null;
}
