using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;

namespace ActorBroker.Interop.Tests.Durability.Damage;

/// <summary>What the tests of stores have in common.</summary>
public abstract class StoreTest
{
    protected static Task<IConnection> ConnectAsync(BrokerProcess broker)
    {
        ArgumentNullException.ThrowIfNull(broker);
        var factory = new ConnectionFactory
        {
            HostName = broker.Endpoint.Host,
            Port = broker.Endpoint.Port,
            AutomaticRecoveryEnabled = false,
        };
        return factory.CreateConnectionAsync();
    }

    protected static async Task UseAsync(BrokerProcess broker, Func<IChannel, Task> use)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(use);
        await using var connection = await ConnectAsync(broker);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await use(channel);
    }

    protected static async Task PublishAsync(IChannel channel, string queue, params string[] bodies)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(bodies);
        foreach (var body in bodies)
        {
            await channel.BasicPublishAsync(
                string.Empty, queue, mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(body));
        }
    }

    protected static async Task<List<string>> DrainAsync(IChannel channel, string queue)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var bodies = new List<string>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            bodies.Add(Encoding.UTF8.GetString(message.Body.Span));
        }

        return bodies;
    }
}
