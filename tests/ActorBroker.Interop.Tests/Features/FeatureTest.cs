using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>
/// A test of one feature beyond the specification. It states what RabbitMQ 3.10 does, and runs on it as well as on this
/// broker; where the two differ on purpose the test says so by <see cref="BrokerFixture.IsOwn"/>.
/// </summary>
[Collection(Hosting.Features.Name)]
public abstract class FeatureTest(BrokerFixture broker) : ClientTest(broker), IAsyncLifetime
{
    private readonly List<string> _durableQueues = [];

    async Task IAsyncLifetime.DisposeAsync()
    {
        if (_durableQueues.Count > 0)
        {
            await using var connection = await Factory().CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync();
            foreach (var queue in _durableQueues)
            {
                await channel.QueueDeleteAsync(queue);
            }

            await connection.CloseAsync();
        }

        await DisposeAsync();
    }

    protected static Dictionary<string, object?> Table(params (string Name, object? Value)[] fields) =>
        fields.ToDictionary(field => field.Name, field => field.Value);

    /// <summary>A classic, exclusive, transient queue.</summary>
    protected async Task<string> QueueAsync(params (string Name, object? Value)[] arguments)
    {
        var queue = Unique("queue");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false, Table(arguments));
        return queue;
    }

    /// <summary>A durable queue of the given type, deleted after the test.</summary>
    protected async Task<string> DurableQueueAsync(string type, params (string Name, object? Value)[] arguments)
    {
        var queue = Unique(type);
        await Channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, Table([.. arguments, ("x-queue-type", type)]));
        _durableQueues.Add(queue);
        return queue;
    }

    /// <summary>A queue of the type: exclusive and transient where the type has that, else deleted after the test.</summary>
    protected Task<string> QueueOfTypeAsync(string type, params (string Name, object? Value)[] arguments) =>
        type == "classic" ? QueueAsync(arguments) : DurableQueueAsync(type, arguments);

    /// <summary>A queue, and a consumer on it, to which the default exchange brings the dead letters of <see cref="ToDeadLetters"/>.</summary>
    protected async Task<(string Queue, DeliveryCollector Consumer)> DeadLetterQueueAsync()
    {
        var queue = await QueueAsync();
        return (queue, await DeliveryCollector.StartAsync(Channel, queue, autoAck: true));
    }

    /// <summary>The arguments of a queue whose dead letters go to another queue.</summary>
    protected static (string Name, object? Value)[] ToDeadLetters(string queue, params (string Name, object? Value)[] arguments) =>
        [("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", queue), .. arguments];

    /// <summary>Publishes one message through the default exchange and waits for its confirm.</summary>
    protected ValueTask SendAsync(string queue, string body, Action<BasicProperties>? set = null) =>
        SendToAsync("", queue, body, set);

    protected async ValueTask SendToAsync(string exchange, string routingKey, string body, Action<BasicProperties>? set = null)
    {
        var properties = new BasicProperties();
        set?.Invoke(properties);
        await Channel.BasicPublishAsync(exchange, routingKey, mandatory: false, properties, Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Publishes one message and says whether the broker confirmed it or refused it with basic.nack.</summary>
    protected async Task<bool> IsAcceptedAsync(string queue, string body)
    {
        try
        {
            await SendAsync(queue, body);
            return true;
        }
        catch (PublishException e) when (!e.IsReturn)
        {
            return false;
        }
    }

    protected async Task<uint> CountAsync(string queue) => await Channel.MessageCountAsync(queue);

    protected static string[] Texts(IEnumerable<Delivery> deliveries) => [.. deliveries.Select(delivery => delivery.Text)];
}
