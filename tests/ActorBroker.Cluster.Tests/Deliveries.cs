using System.Threading.Channels;
using RabbitMQ.Client;

namespace ActorBroker.Cluster.Tests;

/// <summary>A consumer that keeps what it gets, until the test asks for it.</summary>
internal sealed class Deliveries(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Channel<(ulong Tag, bool Redelivered, byte[] Body)> _received = System.Threading.Channels.Channel.CreateUnbounded<(ulong, bool, byte[])>();
    private readonly TaskCompletionSource<string> _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The tag of the consumer, once the broker has cancelled it.</summary>
    public Task<string> Cancelled => _cancelled.Task.WaitAsync(Limit);

    public ValueTask<(ulong Tag, bool Redelivered, byte[] Body)> NextAsync() =>
        _received.Reader.ReadAsync(new CancellationTokenSource(Limit).Token);

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        _received.Writer.TryWrite((deliveryTag, redelivered, body.ToArray()));
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _cancelled.TrySetResult(consumerTag);
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }
}
