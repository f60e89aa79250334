using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Streams;

/// <summary>Streams through RabbitMQ.Client: who reads what, from where, and what a stream refuses.</summary>
public sealed class StreamTests(BrokerFixture broker) : ClientTest(broker)
{
    private static readonly string[] Bodies = [.. Enumerable.Range(0, 10).Select(static i => $"m{i}")];

    [Theory]
    [InlineData("first", 0)]
    [InlineData("last", 9)]
    [InlineData("next", 10)]
    [InlineData(null, 10)]
    [InlineData(7, 7)]
    [InlineData(7L, 7)]
    [InlineData(12, 12)]
    [InlineData("1h", 0)]
    [InlineData("2M", 0)]
    public async Task A_reader_starts_where_it_says(object? offset, int first)
    {
        var stream = await FilledStreamAsync();
        var reader = await StreamReader.StartAsync(Connection, stream, offset);
        await PublishAsync(stream, "m10", "m11", "m12");
        Assert.Equal(Numbered(first, 13), await reader.ReadAsync(13 - first));
    }

    [Fact]
    public async Task A_reader_starts_at_a_time()
    {
        var stream = await FilledStreamAsync();
        var past = await StreamReader.StartAsync(Connection, stream, new AmqpTimestamp(DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds()));
        var future = await StreamReader.StartAsync(Connection, stream, new AmqpTimestamp(DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()));
        await PublishAsync(stream, "m10");
        Assert.Equal(Numbered(0, 11), await past.ReadAsync(11));
        Assert.Equal(Numbered(10, 11), await future.ReadAsync(1));
    }

    [Fact]
    public async Task Reading_takes_nothing_out_of_the_stream()
    {
        var stream = await FilledStreamAsync();
        for (var i = 0; i < 3; i++)
        {
            var reader = await StreamReader.StartAsync(Connection, stream, "first");
            Assert.Equal(Numbered(0, 10), await reader.ReadAsync(10));
        }
    }

    [Fact]
    public async Task A_reader_holds_no_more_than_its_prefetch_count()
    {
        var stream = await FilledStreamAsync();
        var reader = await StreamReader.StartAsync(Connection, stream, "first", prefetch: 2);
        var first = await reader.NextAsync();
        var second = await reader.NextAsync();
        Assert.Equal((0, 1), (StreamReader.OffsetOf(first), StreamReader.OffsetOf(second)));

        // Answered after anything that was sent before.
        await PublishAsync(stream, "m10");
        Assert.Equal(0, reader.Waiting);
        await reader.AcknowledgeAsync(first);
        Assert.Equal(2, StreamReader.OffsetOf(await reader.NextAsync()));
    }

    [Fact]
    public async Task Headers_of_the_message_are_kept_beside_the_offset()
    {
        var stream = await FilledStreamAsync();
        var properties = new BasicProperties
        {
            Headers = new Dictionary<string, object?> { ["kind"] = "order", ["x-stream-offset"] = 77 },
            ContentType = "text/plain",
            MessageId = "id",
        };
        await Channel.BasicPublishAsync("", stream, mandatory: true, properties, "body"u8.ToArray());
        var reader = await StreamReader.StartAsync(Connection, stream, 10);
        var delivery = await reader.NextAsync();
        Assert.Equal(10, StreamReader.OffsetOf(delivery));
        Assert.Equal("order", System.Text.Encoding.UTF8.GetString((byte[])delivery.Properties.Headers!["kind"]!));
        Assert.Equal(("text/plain", "id", "body"), (delivery.Properties.ContentType, delivery.Properties.MessageId, delivery.Text));
    }

    [Theory]
    [InlineData(false, false, false, "non-durable")]
    [InlineData(true, true, false, "exclusive-owner")]
    [InlineData(true, false, true, "auto-delete")]
    public async Task A_stream_is_durable_shared_and_there_until_it_is_deleted(bool durable, bool exclusive, bool autoDelete, string property)
    {
        var stream = Unique("stream");
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - invalid property '{property}' for queue '{stream}' in vhost '/'",
            channel => channel.QueueDeclareAsync(stream, durable, exclusive, autoDelete, new Dictionary<string, object?> { ["x-queue-type"] = "stream" }));
    }

    [Fact]
    public async Task A_reader_without_a_prefetch_count_is_refused_with_406()
    {
        var stream = await FilledStreamAsync();
        var channel = await Connection.CreateChannelAsync();
        var reason = await ChannelErrorAsync(channel, () => channel.BasicConsumeAsync(stream, autoAck: false, new DeliveryCollector(channel)));
        Assert.Equal((ushort)406, reason.ReplyCode);
        Assert.StartsWith("PRECONDITION_FAILED - consumer prefetch count is not set for ", reason.ReplyText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1z")]
    [InlineData("1")]
    public async Task An_offset_that_is_none_is_refused_with_406(string offset)
    {
        var stream = await FilledStreamAsync();
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue '{stream}' in vhost '/': {{invalid_stream_offset_arg,{{longstr,<<\"{offset}\">>}}}}",
            async channel =>
            {
                await channel.BasicQosAsync(0, 10, global: false);
                await channel.BasicConsumeAsync(
                    stream, false, "", false, false, new Dictionary<string, object?> { ["x-stream-offset"] = offset }, new DeliveryCollector(channel));
            });
    }

    [Fact]
    public async Task Reading_without_acknowledgement_is_refused_with_540()
    {
        var stream = await FilledStreamAsync();
        var reason = await RefusedAsync(async channel =>
        {
            await channel.BasicQosAsync(0, 10, global: false);
            await channel.BasicConsumeAsync(stream, autoAck: true, new DeliveryCollector(channel));
        });
        Assert.StartsWith("NOT_IMPLEMENTED - automatic acknowledgement not supported by stream", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_get_is_refused_with_540()
    {
        var stream = await FilledStreamAsync();
        Assert.Equal(
            $"NOT_IMPLEMENTED - basic.get not supported by stream queues queue '{stream}' in vhost '/'",
            await RefusedAsync(channel => channel.BasicGetAsync(stream, autoAck: true)));
    }

    [Fact]
    public async Task A_purge_is_refused_with_540()
    {
        var stream = await FilledStreamAsync();
        Assert.Equal(
            $"NOT_IMPLEMENTED - queue.purge not supported by stream queues queue '{stream}' in vhost '/'",
            await RefusedAsync(channel => channel.QueuePurgeAsync(stream)));
    }

    [OwnBrokerFact]
    public async Task A_reader_is_given_the_messages_of_its_filter_values_and_no_other()
    {
        var stream = await StreamAsync();
        foreach (var (body, value) in new[] { ("m0", "red"), ("m1", "blue"), ("m2", null), ("m3", "red"), ("m4", "green") })
        {
            var headers = value is null ? null : new Dictionary<string, object?> { ["x-stream-filter-value"] = value };
            await Channel.BasicPublishAsync("", stream, mandatory: true, new BasicProperties { Headers = headers }, System.Text.Encoding.UTF8.GetBytes(body));
        }

        var one = await StreamReader.StartAsync(Connection, stream, "first", more: ("x-stream-filter", "red"));
        Assert.Equal(["0 m0", "3 m3"], await one.ReadAsync(2));
        var two = await StreamReader.StartAsync(Connection, stream, "first", more: ("x-stream-filter", new List<object> { "blue", "green" }));
        Assert.Equal(["1 m1", "4 m4"], await two.ReadAsync(2));
        var unfiltered = await StreamReader.StartAsync(
            Connection, stream, "first", more: [("x-stream-filter", "green"), ("x-stream-match-unfiltered", true)]);
        Assert.Equal(["2 m2", "4 m4"], await unfiltered.ReadAsync(2));
        await PublishAsync(stream, "m5");
        Assert.Equal("5 m5", Assert.Single(await unfiltered.ReadAsync(1)));
        Assert.Equal(0, one.Waiting);
    }

    [Fact]
    public async Task The_oldest_messages_leave_a_stream_that_is_too_large()
    {
        const int Count = 200;
        const int BodySize = 1000;
        var stream = await StreamAsync(("x-max-length-bytes", 60_000), ("x-stream-max-segment-size-bytes", 10_000));
        for (var i = 0; i < Count; i++)
        {
            await Channel.BasicPublishAsync("", stream, new byte[BodySize]);
        }

        // RabbitMQ deletes segments in the background.
        using var limit = new CancellationTokenSource(Limit);
        var first = 0L;
        while (first == 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            await using var probe = await StreamReader.StartAsync(Connection, stream, "first", prefetch: 1);
            first = StreamReader.OffsetOf(await probe.NextAsync());
        }

        Assert.InRange(first, 1, Count - 30);
        var reader = await StreamReader.StartAsync(Connection, stream, 0);
        var offsets = new List<long>();
        do
        {
            var delivery = await reader.NextAsync();
            await reader.AcknowledgeAsync(delivery);
            offsets.Add(StreamReader.OffsetOf(delivery));
        }
        while (offsets[^1] < Count - 1);

        Assert.InRange(offsets[0], first, Count - 30);
        Assert.Equal(offsets.Distinct().Order(), offsets);
    }

    [OwnBrokerFact]
    public async Task Messages_leave_a_stream_when_they_are_too_old()
    {
        var stream = await StreamAsync(("x-max-age", "1s"));
        await PublishAsync(stream, "old");
        using var limit = new CancellationTokenSource(Limit);
        string[] first;
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            await PublishAsync(stream, "young");
            await using var reader = await StreamReader.StartAsync(Connection, stream, "first", prefetch: 1);
            first = await reader.ReadAsync(1);
        }
        while (first[0] == "0 old");

        Assert.EndsWith(" young", first[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_is_bound_like_any_queue_and_its_readers_hear_of_its_end()
    {
        var stream = await StreamAsync();
        var exchange = await DeclareExchangeAsync("topic");
        await Channel.QueueBindAsync(stream, exchange, "a.*");
        await Channel.BasicPublishAsync(exchange, "a.b", mandatory: true, "routed"u8.ToArray());
        await using var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 10, global: false);
        var collector = new DeliveryCollector(channel);
        var tag = await channel.BasicConsumeAsync(
            stream, false, "", false, false, new Dictionary<string, object?> { ["x-stream-offset"] = "first" }, collector);
        var delivery = await collector.NextAsync();
        Assert.Equal(("routed", exchange, "a.b", false), (delivery.Text, delivery.Exchange, delivery.RoutingKey, delivery.Redelivered));
        await Channel.QueueDeleteAsync(stream);
        Assert.Equal(tag, await collector.CancelledByBroker);
    }

    private static string[] Numbered(int first, int end) => [.. Enumerable.Range(first, end - first).Select(static i => $"{i} m{i}")];

    private async Task<string> RefusedAsync(Func<IChannel, Task> action)
    {
        var connection = await ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        var reason = await ConnectionErrorAsync(connection, () => action(channel));
        Assert.Equal((ushort)540, reason.ReplyCode);
        return reason.ReplyText;
    }

    private async Task<string> FilledStreamAsync()
    {
        var stream = await StreamAsync();
        await PublishAsync(stream, Bodies);
        return stream;
    }

    private async Task<string> StreamAsync(params (string Name, object? Value)[] arguments)
    {
        var stream = Unique("stream");
        var all = arguments.ToDictionary(static argument => argument.Name, static argument => argument.Value);
        all["x-queue-type"] = "stream";
        await Channel.QueueDeclareAsync(stream, durable: true, exclusive: false, autoDelete: false, all);
        return stream;
    }
}
