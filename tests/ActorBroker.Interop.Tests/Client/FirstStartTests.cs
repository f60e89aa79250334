using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>Who is let in after the very first start, which the environment decides.</summary>
public sealed class FirstStartTests
{
    [OwnBrokerFact]
    public async Task The_default_user_and_virtual_host_come_from_the_environment_of_the_first_start()
    {
        var environment = new Dictionary<string, string>
        {
            ["RABBITMQ_DEFAULT_USER"] = "operator",
            ["RABBITMQ_DEFAULT_PASS"] = "of choice",
            ["RABBITMQ_DEFAULT_VHOST"] = "orders",
        };
        await using var broker = await BrokerProcess.StartAsync(environment);
        await AssertLetsInAsync(broker, "of choice");

        await using (var connection = await Factory(broker, "operator", "of choice", "/").CreateConnectionAsync())
        {
            var refused = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => connection.CreateChannelAsync());
            Assert.Equal((ushort)530, refused.ShutdownReason!.ReplyCode);
        }

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => Factory(broker, "guest", "guest", "orders").CreateConnectionAsync());

        // Later starts do not undo what an operator may have changed since.
        await broker.StopAsync();
        environment["RABBITMQ_DEFAULT_PASS"] = "another";
        await broker.StartAgainAsync();
        await AssertLetsInAsync(broker, "of choice");
    }

    private static async Task AssertLetsInAsync(BrokerProcess broker, string password)
    {
        await using var connection = await Factory(broker, "operator", password, "orders").CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        Assert.NotEmpty((await channel.QueueDeclareAsync()).QueueName);
    }

    private static ConnectionFactory Factory(BrokerProcess broker, string user, string password, string virtualHost) => new()
    {
        HostName = broker.Endpoint.Host,
        Port = broker.Endpoint.Port,
        UserName = user,
        Password = password,
        VirtualHost = virtualHost,
        AutomaticRecoveryEnabled = false,
    };
}
