using System.Globalization;
using System.Threading.Channels;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A consumer of messages that are numbered in their bodies: it takes them in order, and acknowledges them.</summary>
internal sealed class CountedDeliveries(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<int> _positions = [];
    private readonly TaskCompletionSource<int> _wrong = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<int> _came = System.Threading.Channels.Channel.CreateUnbounded<int>();
    private volatile int _count;

    public int Count => _count;

    /// <summary>Where each was replayed from; nothing of those that were not.</summary>
    public IReadOnlyList<int> Positions => _positions;

    public static async Task<CountedDeliveries> StartAsync(IChannel channel, string queue, ushort prefetch, string? offset = null)
    {
        await channel.BasicQosAsync(0, prefetch, global: false);
        var consumer = new CountedDeliveries(channel);
        Dictionary<string, object?>? arguments = offset is null ? null : new() { ["x-stream-offset"] = offset };
        await channel.BasicConsumeAsync(queue, autoAck: false, "", noLocal: false, exclusive: false, arguments, consumer);
        return consumer;
    }

    /// <summary>Waits until so many have come.</summary>
    public async Task AwaitAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (_count < count)
        {
            Assert.False(_wrong.Task.IsCompleted, $"After {_count} messages came another one than the next.");
            await _came.Reader.ReadAsync(limit.Token);
        }
    }

    public override async Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        if (BitConverter.ToInt32(body.Span) != _count)
        {
            _wrong.TrySetResult(_count);
        }

        if (properties.Headers?.TryGetValue("x-replayed-position", out var position) is true)
        {
            _positions.Add(Convert.ToInt32(position, CultureInfo.InvariantCulture));
        }

        _count++;
        if (_count % 100 == 0)
        {
            await Channel.BasicAckAsync(deliveryTag, multiple: true, cancellationToken);
            _came.Writer.TryWrite(_count);
        }
    }
}
