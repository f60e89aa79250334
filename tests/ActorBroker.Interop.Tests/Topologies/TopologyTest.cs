using ActorBroker.Interop.Tests.Features;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Topologies;

/// <summary>
/// The topology of a framework, declared as the framework declares it, on durable queues and exchanges that are deleted
/// after the test.
/// </summary>
[Collection(OtherClients.Name)]
public abstract class TopologyTest(BrokerFixture broker) : FeatureTest(broker), IAsyncLifetime
{
    private readonly List<string> _queues = [];
    private readonly List<string> _exchanges = [];

    async Task IAsyncLifetime.DisposeAsync()
    {
        await using var connection = await Factory().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in _queues)
        {
            await channel.QueueDeleteAsync(queue);
        }

        foreach (var exchange in _exchanges)
        {
            await channel.ExchangeDeleteAsync(exchange);
        }

        await DisposeAsync();
    }

    protected async Task DeclareQueueAsync(string queue, params (string Name, object? Value)[] arguments)
    {
        await Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, Table(arguments));
        _queues.Add(queue);
    }

    protected async Task DeclareExchangeAsync(string exchange, string type, params (string Name, object? Value)[] arguments)
    {
        await Channel.ExchangeDeclareAsync(exchange, type, durable: true, autoDelete: false, Table(arguments));
        _exchanges.Add(exchange);
    }
}
