using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class ContentTests(BrokerFixture broker) : ClientTest(broker)
{
    /// <summary>Octets of a frame that are not payload (AMQP 0-9-1 §4.2.3).</summary>
    private const int FrameOverhead = 8;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096 - FrameOverhead - 1)]
    [InlineData(4096 - FrameOverhead)]
    [InlineData(4096 - FrameOverhead + 1)]
    [InlineData(131072 - FrameOverhead - 1)]
    [InlineData(131072 - FrameOverhead)]
    [InlineData(131072 - FrameOverhead + 1)]
    [InlineData(131072)]
    [InlineData(2 * (131072 - FrameOverhead))]
    [InlineData(1024 * 1024)]
    [InlineData(16 * 1024 * 1024)]
    public async Task A_body_of_any_size_arrives_unchanged_by_get_and_by_delivery(int size)
    {
        var queue = await DeclareQueueAsync();
        var body = new byte[size];
        new Random(size).NextBytes(body);
        await Channel.BasicPublishAsync("", queue, body);
        await Channel.BasicPublishAsync("", queue, body);

        var got = await Channel.BasicGetAsync(queue, autoAck: true);
        Assert.True(Same(body, got!.Body), "the body that was got differs");
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        Assert.True(Same(body, (await consumer.NextAsync()).Body), "the body that was delivered differs");
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(65536)]
    public async Task A_body_crosses_connections_of_different_frame_sizes(int frameMax)
    {
        var queue = await DeclareQueueAsync();
        var body = new byte[100_001];
        new Random(frameMax).NextBytes(body);
        var small = await ConnectAsync(factory => factory.RequestedFrameMax = (uint)frameMax);
        var publisher = await ConfirmingChannelAsync(small);
        await publisher.BasicPublishAsync("", queue, body);
        var message = await Channel.BasicGetAsync(queue, autoAck: true);
        Assert.True(Same(body, message!.Body), "small frames to large");

        var shared = Unique("shared");
        await Channel.QueueDeclareAsync(shared, durable: false, exclusive: false, autoDelete: true);
        await Channel.BasicPublishAsync("", shared, body);
        var consumer = await DeliveryCollector.StartAsync(publisher, shared, autoAck: true);
        Assert.True(Same(body, (await consumer.NextAsync()).Body), "large frames to small");
    }

    [Fact]
    public async Task Every_property_is_delivered_as_published()
    {
        var queue = await DeclareQueueAsync();
        var sent = new BasicProperties
        {
            ContentType = "text/plain",
            ContentEncoding = "utf-8",
            Headers = new Dictionary<string, object?> { ["a"] = 1 },
            DeliveryMode = DeliveryModes.Persistent,
            Priority = 7,
            CorrelationId = "correlation",
            ReplyTo = "reply-queue",
            MessageId = "message",
            Timestamp = new AmqpTimestamp(1_700_000_000),
            Type = "type",
            UserId = "guest",
            AppId = "app",
            ClusterId = "cluster",
        };
        // Our own broker refuses it (LaterFeatureTests).
        if (!Broker.IsOwn)
        {
            sent.Expiration = "3600000";
        }

        var received = (await RoundTripAsync(queue, sent)).Properties;

        Assert.Equal(sent.ContentType, received.ContentType);
        Assert.Equal(sent.ContentEncoding, received.ContentEncoding);
        Assert.Equal(sent.Headers, received.Headers);
        Assert.Equal(sent.DeliveryMode, received.DeliveryMode);
        Assert.Equal(sent.Priority, received.Priority);
        Assert.Equal(sent.CorrelationId, received.CorrelationId);
        Assert.Equal(sent.ReplyTo, received.ReplyTo);
        Assert.Equal(sent.Expiration, received.Expiration);
        Assert.Equal(sent.MessageId, received.MessageId);
        Assert.Equal(sent.Timestamp, received.Timestamp);
        Assert.Equal(sent.Type, received.Type);
        Assert.Equal(sent.UserId, received.UserId);
        Assert.Equal(sent.AppId, received.AppId);
        Assert.Equal(sent.ClusterId, received.ClusterId);
    }

    [Fact]
    public async Task A_message_without_properties_is_delivered_without_any()
    {
        var received = (await RoundTripAsync(await DeclareQueueAsync(), new BasicProperties())).Properties;
        Assert.False(received.IsContentTypePresent() || received.IsDeliveryModePresent() || received.IsHeadersPresent() || received.IsTimestampPresent());
    }

    [Fact]
    public async Task Every_header_field_type_is_delivered_as_published()
    {
        // A long string comes back as its octets: on the wire both are type S.
        var values = new Dictionary<string, object?>
        {
            ["bool"] = true,
            ["sbyte"] = (sbyte)-5,
            ["byte"] = (byte)250,
            ["short"] = (short)-30_000,
            ["ushort"] = (ushort)60_000,
            ["int"] = int.MinValue,
            ["uint"] = uint.MaxValue,
            ["long"] = long.MinValue,
            ["float"] = 1.5f,
            ["double"] = Math.PI,
            ["decimal"] = 12345.678m,
            ["octets"] = Encoding.UTF8.GetBytes("žluťoučký"),
            ["timestamp"] = new AmqpTimestamp(1_700_000_000),
            ["void"] = null,
            ["array"] = new List<object?> { 1, "two"u8.ToArray(), 3L, new List<object?> { false } },
            ["table"] = new Dictionary<string, object?> { ["nested"] = new Dictionary<string, object?> { ["deep"] = 1 } },
            ["binary"] = new BinaryTableValue([0, 1, 0xCE, 255]),
        };
        var received = (await RoundTripAsync(await DeclareQueueAsync(), new BasicProperties { Headers = values })).Properties.Headers!;

        Assert.Equal(((BinaryTableValue)values["binary"]!).Bytes, ((BinaryTableValue)received["binary"]!).Bytes);
        values.Remove("binary");
        received.Remove("binary");
        Assert.Equal(values, received);
    }

    [Fact]
    public async Task A_header_table_larger_than_64_KiB_fits_into_a_frame()
    {
        var large = new string('x', 100_000);
        var headers = new Dictionary<string, object?> { ["large"] = large };
        var received = (await RoundTripAsync(await DeclareQueueAsync(), new BasicProperties { Headers = headers })).Properties.Headers!;
        Assert.Equal(large, Encoding.UTF8.GetString((byte[])received["large"]!));
    }

    /// <summary>Compared here, because a failing assertion would print megabytes.</summary>
    private static bool Same(byte[] expected, ReadOnlyMemory<byte> actual) => actual.Span.SequenceEqual(expected);

    private async Task<Delivery> RoundTripAsync(string queue, BasicProperties properties)
    {
        // Confirm tracking would add a header of its own.
        await using var publisher = await Connection.CreateChannelAsync();
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await publisher.BasicPublishAsync("", queue, false, properties, "body"u8.ToArray());
        var delivery = await consumer.NextAsync();
        Assert.Equal(("", queue, "body"), (delivery.Exchange, delivery.RoutingKey, delivery.Text));
        return delivery;
    }
}
