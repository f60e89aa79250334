using System.Text;
using System.Threading.Channels;
using ActorBroker.Testing.Processes;
using RabbitMQ.Client;

namespace ActorBroker.Testing.Clients;

/// <summary>One delivery, with a body of its own.</summary>
public sealed record Delivery(
    string ConsumerTag,
    ulong Tag,
    bool Redelivered,
    string Exchange,
    string RoutingKey,
    IReadOnlyBasicProperties Properties,
    byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A consumer that keeps what it receives until the test asks for it.</summary>
public sealed class DeliveryCollector(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private readonly Channel<Delivery> _deliveries = System.Threading.Channels.Channel.CreateUnbounded<Delivery>();
    private readonly TaskCompletionSource<string> _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the consumer tag when the broker itself cancels the consumer.</summary>
    public Task<string> CancelledByBroker => _cancelled.Task.WaitAsync(BrokerProcess.AnswerLimit);

    /// <summary>As <see cref="CancelledByBroker"/>, and never else.</summary>
    public Task Cancellation => _cancelled.Task;

    /// <summary>Deliveries received and not yet asked for.</summary>
    public int Waiting => _deliveries.Reader.Count;

    /// <summary>Starts consuming from a queue.</summary>
    public static async Task<DeliveryCollector> StartAsync(
        IChannel channel, string queue, bool autoAck = false, bool exclusive = false, IDictionary<string, object?>? arguments = null)
    {
        var collector = new DeliveryCollector(channel);
        await channel.BasicConsumeAsync(queue, autoAck, consumerTag: "", noLocal: false, exclusive, arguments, collector);
        return collector;
    }

    public async Task<Delivery> NextAsync()
    {
        using var limit = new CancellationTokenSource(BrokerProcess.AnswerLimit);
        return await _deliveries.Reader.ReadAsync(limit.Token);
    }

    /// <summary>The next delivery whenever it comes, or null once the token is cancelled.</summary>
    public async Task<Delivery?> NextOrNullAsync(CancellationToken end)
    {
        try
        {
            return await _deliveries.Reader.ReadAsync(end);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<Delivery[]> NextAsync(int count)
    {
        var deliveries = new Delivery[count];
        for (var i = 0; i < count; i++)
        {
            deliveries[i] = await NextAsync();
        }

        return deliveries;
    }

    public override async Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default) =>
        await _deliveries.Writer.WriteAsync(
            new Delivery(consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, body.ToArray()), cancellationToken);

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _cancelled.TrySetResult(consumerTag);
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }
}
