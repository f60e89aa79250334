using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>What clients meet at the limits of a virtual host and of a user.</summary>
public sealed class LimitTests
{
    [OwnBrokerFact]
    public async Task One_queue_more_than_the_virtual_host_allows_is_refused_with_406()
    {
        await using var broker = await BrokerProcess.StartAsync("actorbroker.limits=[{ vhost = \"/\", max-queues = 1 }]");
        await using var connection = await ConnectAsync(broker);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("first", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("first", durable: true, exclusive: false, autoDelete: false);
        await using var refusedOn = await connection.CreateChannelAsync();
        var refused = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => refusedOn.QueueDeclareAsync("second"));
        Assert.Equal(
            (406, "PRECONDITION_FAILED - cannot declare queue 'second': queue limit in vhost '/' (1) is reached"),
            (refused.ShutdownReason!.ReplyCode, refused.ShutdownReason.ReplyText));
        await channel.QueueDeleteAsync("first");
        await channel.QueueDeclareAsync("second");
    }

    [OwnBrokerTheory]
    [InlineData("{ vhost = \"/\", max-connections = 1 }", "access to vhost '/' refused for user 'guest': connection limit (1) is reached")]
    [InlineData("{ user = guest, max-connections = 1 }", "connection refused for user 'guest': user connection limit (1) is reached")]
    [InlineData("{ user = guest, max-channels = 1 }", "number of channels opened for user 'guest' has reached the maximum allowed user limit of 1")]
    public async Task One_connection_or_channel_more_than_allowed_is_refused_with_530(string limit, string text)
    {
        await using var broker = await BrokerProcess.StartAsync($"actorbroker.limits=[{limit}]");
        await using var first = await ConnectAsync(broker);
        await using var channel = await first.CreateChannelAsync();
        await using var second = await ConnectAsync(broker);
        var refused = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => second.CreateChannelAsync());
        Assert.Equal((530, $"NOT_ALLOWED - {text}"), (refused.ShutdownReason!.ReplyCode, refused.ShutdownReason.ReplyText));
        Assert.True(channel.IsOpen);
    }

    private static Task<IConnection> ConnectAsync(BrokerProcess broker) =>
        new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port }.CreateConnectionAsync();
}
