using ActorBroker.Interop.Tests.Client;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Streams;

/// <summary>A consumer of a stream on a channel of its own, which acknowledges what it is asked for.</summary>
public sealed class StreamReader : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly DeliveryCollector _deliveries;

    private StreamReader(IChannel channel)
    {
        _channel = channel;
        _deliveries = new DeliveryCollector(channel);
    }

    /// <summary>Deliveries received and not yet asked for.</summary>
    public int Waiting => _deliveries.Waiting;

    /// <param name="offset">The argument <c>x-stream-offset</c>; null for none.</param>
    /// <param name="more">Further arguments.</param>
    public static async Task<StreamReader> StartAsync(
        IConnection connection, string stream, object? offset, ushort prefetch = 100, params (string Name, object? Value)[] more)
    {
        var reader = new StreamReader(await connection.CreateChannelAsync());
        await reader._channel.BasicQosAsync(0, prefetch, global: false);
        var arguments = more.ToDictionary(static argument => argument.Name, static argument => argument.Value);
        if (offset is not null)
        {
            arguments["x-stream-offset"] = offset;
        }

        await reader._channel.BasicConsumeAsync(stream, false, "", false, false, arguments, reader._deliveries);
        return reader;
    }

    public Task<Delivery> NextAsync() => _deliveries.NextAsync();

    public ValueTask AcknowledgeAsync(Delivery delivery) => _channel.BasicAckAsync(delivery.Tag, multiple: false);

    /// <summary>The next messages as offset and body, acknowledged one by one.</summary>
    public async Task<string[]> ReadAsync(int count)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            var delivery = await NextAsync();
            texts[i] = $"{OffsetOf(delivery)} {delivery.Text}";
            await AcknowledgeAsync(delivery);
        }

        return texts;
    }

    /// <summary>The next messages have these offsets and, as their bodies, the same numbers; acknowledged one by one.</summary>
    public async Task AssertNumbersAsync(int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            var delivery = await NextAsync();
            Assert.Equal(i, OffsetOf(delivery));
            Assert.Equal(i, BitConverter.ToInt32(delivery.Body));
            await AcknowledgeAsync(delivery);
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    public static long OffsetOf(Delivery delivery) => (long)delivery.Properties.Headers!["x-stream-offset"]!;
}
