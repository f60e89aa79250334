using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class ConnectionTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public void The_server_presents_itself_as_RabbitMQ()
    {
        Assert.Equal("RabbitMQ", Text("product"));
        Assert.True(Version.Parse(Text("version")) >= new Version(3, 10), Text("version"));
        Assert.NotEmpty(Text("platform"));
        Assert.NotEmpty(Text("cluster_name"));
    }

    [OwnBrokerFact]
    public void The_server_tells_its_own_version_beside_the_compatible_one()
    {
        Assert.Equal(4, Version.Parse(Text("version")).Major);
        Assert.DoesNotContain("Erlang", Text("platform"), StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(Text("actorbroker_version"));
    }

    [Theory]
    [InlineData("publisher_confirms")]
    [InlineData("exchange_exchange_bindings")]
    [InlineData("basic.nack")]
    [InlineData("consumer_cancel_notify")]
    [InlineData("connection.blocked")]
    [InlineData("authentication_failure_close")]
    [InlineData("per_consumer_qos")]
    [InlineData("consumer_priorities")]
    [InlineData("direct_reply_to")]
    public void The_server_names_its_capabilities(string capability)
    {
        var capabilities = Assert.IsType<IDictionary<string, object?>>(Connection.ServerProperties!["capabilities"], exactMatch: false);
        Assert.Equal(true, capabilities[capability]);
    }

    [Fact]
    public void The_limits_are_negotiated_to_the_servers_defaults()
    {
        Assert.Equal(131072u, Connection.FrameMax);
        Assert.Equal(2047, Connection.ChannelMax);
        Assert.Equal(TimeSpan.FromSeconds(60), Connection.Heartbeat);
    }

    [Fact]
    public async Task A_client_may_ask_for_less_than_the_server_offers()
    {
        var connection = await ConnectAsync(factory =>
        {
            factory.RequestedFrameMax = 4096;
            factory.RequestedChannelMax = 5;
            factory.RequestedHeartbeat = TimeSpan.FromSeconds(7);
        });
        Assert.Equal((4096u, (ushort)5, TimeSpan.FromSeconds(7)), (connection.FrameMax, connection.ChannelMax, connection.Heartbeat));

        var channel = await ConfirmingChannelAsync(connection);
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        var body = new byte[20_000];
        Random.Shared.NextBytes(body);
        await channel.BasicPublishAsync("", queue, body);
        var message = await channel.BasicGetAsync(queue, autoAck: true);
        Assert.Equal(body, message!.Body.ToArray());
    }

    [Theory]
    [InlineData("guest", "wrong")]
    [InlineData("nobody", "guest")]
    public async Task A_wrong_user_or_password_is_refused_with_403(string user, string password)
    {
        var failure = await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(factory =>
        {
            factory.UserName = user;
            factory.Password = password;
        }));
        var refused = Assert.IsType<AuthenticationFailureException>(failure.InnerException);
        Assert.Equal(
            "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.",
            refused.Message);
    }

    [Theory]
    [InlineData("no/such", "NOT_ALLOWED - vhost no/such not found")]
    [InlineData("", "NOT_ALLOWED - vhost  not found")]
    public async Task An_unknown_virtual_host_is_refused_with_530(string virtualHost, string text)
    {
        // The client does not wait for open-ok: the refusal meets the first thing it asks for.
        var connection = await ConnectAsync(factory => factory.VirtualHost = virtualHost);
        var refused = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => connection.CreateChannelAsync());
        Assert.Equal(((ushort)530, text), (refused.ShutdownReason!.ReplyCode, refused.ShutdownReason.ReplyText));
        Assert.Equal((10, 40), (refused.ShutdownReason.ClassId, refused.ShutdownReason.MethodId));
    }

    [Fact]
    public async Task A_connection_closes_cleanly_and_its_channels_with_it()
    {
        var connection = await ConnectAsync();
        var channel = await connection.CreateChannelAsync();

        await connection.CloseAsync(200, "Goodbye", Limit, abort: false);

        Assert.False(channel.IsOpen);
        Assert.Equal(ShutdownInitiator.Application, connection.CloseReason!.Initiator);
        Assert.Equal((ushort)200, connection.CloseReason.ReplyCode);
    }

    [Fact]
    public async Task An_idle_client_and_the_server_keep_each_other_alive_with_heartbeats()
    {
        var idle = await ConnectAsync(factory => factory.RequestedHeartbeat = TimeSpan.FromSeconds(2));

        // The server's heartbeats to another connection are the clock: more than a dead peer would be given.
        await using var clock = await Wire.RawConnection.OpenAsync(Broker.Endpoint, heartbeatSeconds: 2);
        for (var beat = 0; beat < 6; beat++)
        {
            Assert.Equal(Wire.FrameType.Heartbeat, (await clock.ReadFrameAsync()).Type);
            await clock.SendFrameAsync(Wire.FrameType.Heartbeat, 0, []);
        }

        Assert.True(idle.IsOpen, idle.CloseReason?.ToString());
        await using var channel = await idle.CreateChannelAsync();
        Assert.NotEmpty((await channel.QueueDeclareAsync()).QueueName);
    }

    [Fact]
    public async Task Many_connections_are_served_at_once()
    {
        var factory = Factory();
        var connections = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => factory.CreateConnectionAsync()));
        try
        {
            var queues = await Task.WhenAll(connections.Select(async connection =>
            {
                var channel = await connection.CreateChannelAsync();
                return (await channel.QueueDeclareAsync()).QueueName;
            }));
            Assert.Equal(connections.Length, queues.Distinct(StringComparer.Ordinal).Count());
        }
        finally
        {
            await Task.WhenAll(connections.Select(connection => connection.CloseAsync()));
        }
    }

    private string Text(string property) =>
        Connection.ServerProperties!.TryGetValue(property, out var value) ? Encoding.UTF8.GetString((byte[])value!) : "";
}
