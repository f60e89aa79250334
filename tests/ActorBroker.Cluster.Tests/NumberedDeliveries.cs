using System.Threading.Channels;
using RabbitMQ.Client;

namespace ActorBroker.Cluster.Tests;

/// <summary>A consumer of messages that are numbered in their bodies: acknowledges each, and notes which came twice.</summary>
internal sealed class NumberedDeliveries(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly HashSet<int> _seen = [];
    private readonly Channel<int> _came = System.Threading.Channels.Channel.CreateUnbounded<int>();
    private int _count;

    /// <summary>In the order in which each came first.</summary>
    public List<int> Numbers { get; } = [];

    /// <summary>Those that came once more without being marked as redelivered.</summary>
    public List<int> UnmarkedRepetitions { get; } = [];

    /// <summary>Waits until so many different ones have come.</summary>
    public async Task AwaitAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (_count < count)
        {
            await _came.Reader.ReadAsync(limit.Token);
            _count++;
        }
    }

    public override async Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        var number = BitConverter.ToInt32(body.Span);
        if (_seen.Add(number))
        {
            Numbers.Add(number);
            _came.Writer.TryWrite(number);
        }
        else if (!redelivered)
        {
            UnmarkedRepetitions.Add(number);
        }

        await Channel.BasicAckAsync(deliveryTag, multiple: false, cancellationToken);
    }
}
