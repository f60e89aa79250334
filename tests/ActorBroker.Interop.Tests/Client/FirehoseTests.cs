using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>What a client that is bound to amq.rabbitmq.trace sees of the others.</summary>
public sealed class FirehoseTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [OwnBrokerFact]
    public async Task Publishes_and_deliveries_of_a_traced_virtual_host_are_copied()
    {
        await using var broker = await BrokerProcess.StartAsync("actorbroker.traced-virtual-hosts=[\"/\"]");
        await using var connection = await new ConnectionFactory
        {
            HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port,
        }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var trace = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(trace, "amq.rabbitmq.trace", "#");
        await channel.QueueDeclareAsync("orders");
        var properties = new BasicProperties { ContentType = "text/plain", Priority = 3, Headers = new Dictionary<string, object?> { ["colour"] = "red" } };
        await channel.BasicPublishAsync(string.Empty, "orders", mandatory: true, properties, Encoding.UTF8.GetBytes("one"));

        var publish = await NextAsync(channel, trace);
        Assert.Equal(("publish.", "one"), (publish.RoutingKey, Encoding.UTF8.GetString(publish.Body.Span)));
        var headers = publish.BasicProperties.Headers!;
        Assert.Equal(string.Empty, Text(headers["exchange_name"]));
        Assert.Equal(["orders"], Texts(headers["routing_keys"]));
        Assert.Equal(["orders"], Texts(headers["routed_queues"]));
        Assert.Equal(("/", "guest", 1), (Text(headers["vhost"]), Text(headers["user"]), headers["channel"]));
        Assert.StartsWith("127.0.0.1:", Text(headers["connection"]), StringComparison.Ordinal);
        Assert.EndsWith($" -> 127.0.0.1:{broker.Endpoint.Port}", Text(headers["connection"]), StringComparison.Ordinal);
        Assert.NotEmpty(Text(headers["node"]));
        var copied = Assert.IsType<Dictionary<string, object?>>(headers["properties"]);
        Assert.Equal(("text/plain", 3), (Text(copied["content_type"]), copied["priority"]));
        Assert.Equal("red", Text(Assert.IsType<Dictionary<string, object?>>(copied["headers"])["colour"]));
        Assert.False(publish.BasicProperties.IsContentTypePresent());

        Assert.NotNull(await channel.BasicGetAsync("orders", autoAck: false));
        var deliver = await NextAsync(channel, trace);
        Assert.Equal(("deliver.orders", "one"), (deliver.RoutingKey, Encoding.UTF8.GetString(deliver.Body.Span)));
        Assert.Equal(0, deliver.BasicProperties.Headers!["redelivered"]);

        // Copies that were got have not been copied.
        Assert.Null(await channel.BasicGetAsync(trace, autoAck: true));
    }

    // A copy is on its way to its queue while the message is on its way to the client.
    private static async Task<BasicGetResult> NextAsync(IChannel channel, string queue)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            if (await channel.BasicGetAsync(queue, autoAck: true, limit.Token) is { } message)
                return message;
        }
    }

    private static string Text(object? value) => Encoding.UTF8.GetString(Assert.IsType<byte[]>(value));

    private static IEnumerable<string> Texts(object? value) => Assert.IsType<List<object?>>(value).Select(Text);
}
