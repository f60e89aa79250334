using System.Globalization;
using System.Text;
using System.Threading.Channels;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>An event as it was delivered.</summary>
internal sealed record BrokerEventMessage(string Key, IReadOnlyBasicProperties Properties, IDictionary<string, object?> Headers)
{
    /// <summary>Every header but the time as <c>name=value</c>, in the order of names; by the form of a value its type can be told.</summary>
    public string[] Lines(params string[] without) =>
    [
        .. Headers.Where(header => header.Key != "timestamp_in_ms" && !without.Contains(header.Key))
            .Select(header => $"{header.Key}={Show(header.Value)}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a header; empty when it is not there.</summary>
    public string Text(string header) => Headers.TryGetValue(header, out var value) && value is byte[] text ? Encoding.UTF8.GetString(text) : "";

    /// <summary>The items of a header that is an array.</summary>
    public IReadOnlyList<string> Items(string header) => [.. Assert.IsType<List<object?>>(Headers[header]).Select(Show)];

    private static string Show(object? value) => value switch
    {
        byte[] text => $"'{Encoding.UTF8.GetString(text)}'",
        long number => number.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",

        // RabbitMQ.Client reads an empty array as nothing.
        null => "[]",
        List<object?> items => $"[{string.Join(", ", items.Select(Show))}]",
        _ => $"{value.GetType().Name} {value}",
    };
}

/// <summary>Collects events from a queue that is bound to <c>amq.rabbitmq.event</c>.</summary>
internal sealed class EventCollector
{
    private readonly Channel<BrokerEventMessage> _arrived = System.Threading.Channels.Channel.CreateUnbounded<BrokerEventMessage>();
    private readonly List<BrokerEventMessage> _passed = [];

    private EventCollector(string queue) => Queue = queue;

    public string Queue { get; }

    public static async Task<EventCollector> StartAsync(IChannel channel, string bindingKey = "#")
    {
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        var collector = new EventCollector(queue);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            Assert.Equal("amq.rabbitmq.event", delivery.Exchange);
            Assert.Equal(0, delivery.Body.Length);
            await collector._arrived.Writer.WriteAsync(
                new BrokerEventMessage(delivery.RoutingKey, new BasicProperties(delivery.BasicProperties), delivery.BasicProperties.Headers!));
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        await channel.QueueBindAsync(queue, "amq.rabbitmq.event", bindingKey);
        return collector;
    }

    /// <summary>The first event with this key that is of this, whenever it comes. Others are kept for other questions.</summary>
    public async Task<BrokerEventMessage> NextAsync(string key, Func<BrokerEventMessage, bool> isWanted)
    {
        bool IsIt(BrokerEventMessage message) => message.Key == key && isWanted(message);
        if (_passed.Find(IsIt) is { } known)
        {
            _passed.Remove(known);
            return known;
        }

        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        while (true)
        {
            var next = await _arrived.Reader.ReadAsync(limit.Token);
            if (IsIt(next))
                return next;
            _passed.Add(next);
        }
    }

    public Task<BrokerEventMessage> NextAsync(string key, string header, string text) => NextAsync(key, message => message.Text(header) == text);

    /// <summary>What has come and was not asked for.</summary>
    public IEnumerable<BrokerEventMessage> Rest()
    {
        while (_arrived.Reader.TryRead(out var next))
            _passed.Add(next);
        return _passed;
    }
}
