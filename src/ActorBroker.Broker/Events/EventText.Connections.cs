using System.Globalization;
using ActorBroker.Contracts.Events;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Events;

/// <content>Connections, channels and consumers.</content>
internal sealed partial class EventText
{
    private const string AmqpPrefix = "AMQP ";

    // RabbitMQ leaves all of it empty without TLS.
    private static readonly TlsDescription NoTls = new(string.Empty, string.Empty, string.Empty, string.Empty);

    private IEnumerable<(string RoutingKey, EventHeaders Headers)> OfConnection(ConnectionEvent happened)
    {
        var connection = happened.Connection;
        switch (happened)
        {
            case LoginAnswered { Refusal: null } login:
                yield return ("user.authentication.success", Login(connection, login.User));
                break;
            case LoginAnswered login:
                yield return ("user.authentication.failure", Login(connection, login.User).AddCharacters("error", login.Refusal!.Text));
                break;
            case ConnectionCreated:
                yield return ("connection.created", Created(connection));
                break;
            case ConnectionClosed:
                yield return ("connection.closed", Closed(connection));
                break;
            case ChannelCreated created:
                yield return ("channel.created", Created(connection, created.Channel));
                break;
            case ChannelClosed closed:
                yield return ("channel.closed", By(new EventHeaders().Add("pid", names.Of(connection.Actor, closed.Channel)), connection.User));
                break;
            case ConsumerCreated created:
                yield return ("consumer.created", Created(created));
                break;
            case ConsumerDeleted deleted:
                yield return ("consumer.deleted", By(Consumer(deleted, deleted.Channel, deleted.Queue, deleted.Tag), connection.User));
                break;
        }
    }

    private static EventHeaders Login(ConnectionDescription connection, string user) => new EventHeaders()
        .Add("connection_type", "network")
        .Add("name", user)
        .Add("host", ProcessNames.Of(connection.Local.Address))
        .Add("connection_name", connection.Name)
        .Add("peer_host", ProcessNames.Of(connection.Peer.Address))
        .Add("peer_port", connection.Peer.Port)
        .Add("protocol", ProtocolOf(connection.Client))
        .Add("auth_mechanism", connection.Client.Mechanism)
        .Add("ssl", connection.Tls is not null);

    private EventHeaders Created(ConnectionDescription connection)
    {
        var tls = connection.Tls ?? NoTls;
        var client = connection.Client;
        var headers = Named(connection)
            .Add("type", "network")
            .Add("port", connection.Local.Port)
            .Add("peer_port", connection.Peer.Port)
            .Add("host", ProcessNames.Of(connection.Local.Address))
            .Add("peer_host", ProcessNames.Of(connection.Peer.Address))
            .Add("ssl", connection.Tls is not null)
            .Add("peer_cert_subject", tls.PeerSubject)
            .Add("peer_cert_issuer", tls.PeerIssuer)
            .Add("peer_cert_validity", tls.PeerValidity)
            .Add("ssl_protocol", tls.Protocol)
            .Add("ssl_key_exchange", tls.KeyExchange)
            .Add("ssl_cipher", tls.Cipher)
            .Add("ssl_hash", tls.Hash)
            .Add("auth_mechanism", client.Mechanism)
            .Add("protocol", ProtocolOf(client))
            .Add("user", connection.User)
            .Add("vhost", connection.VirtualHost)
            .Add("timeout", (long)client.Heartbeat.TotalSeconds)
            .Add("frame_max", client.FrameMax)
            .Add("channel_max", client.ChannelMax)
            .Add("connected_at", connection.ConnectedAt.ToUnixTimeMilliseconds());
        return By(headers, connection.User);
    }

    private EventHeaders Closed(ConnectionDescription connection) => Named(connection);

    private EventHeaders Named(ConnectionDescription connection)
    {
        var headers = new EventHeaders();
        if (connection.Client.Properties.TryGetValue("connection_name", out var value) && value.TryGetString(out var name))
            headers.Add("user_provided_name", name);
        return headers
            .Add("name", connection.Name)
            .Add("pid", names.Of(connection.Actor))
            .Add("node", names.Node)
            .AddTerms("client_properties", connection.Client.Properties);
    }

    private EventHeaders Created(ConnectionDescription connection, SessionChannel channel) => By(
        new EventHeaders()
            .Add("pid", names.Of(connection.Actor, channel))
            .Add("name", string.Create(CultureInfo.InvariantCulture, $"{connection.Name} ({channel.Number})"))
            .Add("connection", names.Of(connection.Actor))
            .Add("number", channel.Number)
            .Add("user", connection.User)
            .Add("vhost", connection.VirtualHost),
        connection.User);

    private EventHeaders Created(ConsumerCreated created)
    {
        var settings = created.Settings;
        return By(
            Consumer(created, created.Channel, created.Queue, settings.Tag)
                .Add("exclusive", settings.Exclusive)
                .Add("ack_required", !settings.NoAck)
                .Add("prefetch_count", settings.PrefetchCount)
                .AddTerms("arguments", settings.Arguments),
            created.Connection.User);
    }

    private EventHeaders Consumer(ConnectionEvent happened, SessionChannel channel, QueueKey queue, string tag) => new EventHeaders()
        .Add("consumer_tag", tag)
        .Add("channel", names.Of(happened.Connection.Actor, channel))
        .Add("queue", queue.Name)
        .Add("vhost", queue.VirtualHost);

    // AMQP 0-9-1 is {0,9,1}.
    private static string ProtocolOf(ClientDescription client) => client.Protocol.StartsWith(AmqpPrefix, StringComparison.Ordinal)
        ? $"{{{client.Protocol[AmqpPrefix.Length..].Replace('-', ',').Replace('.', ',')}}}"
        : client.Protocol;
}
