using System.Globalization;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>Stream queues over AMQP 0-9-1.</summary>
public sealed class StreamTests(BrokerFixture broker) : FeatureTest(broker)
{
    [Fact]
    public async Task Consuming_takes_nothing_away()
    {
        var stream = await StreamAsync(10);
        foreach (var _ in new[] { "once", "twice" })
        {
            var messages = await ReadAsync(stream, "first", 10);
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), messages.Select(message => message.Text));
            Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), messages.Select(Offset));
            Assert.All(messages, message => Assert.False(message.Redelivered));
        }
    }

    [Theory]
    [InlineData("first", 0)]
    [InlineData(4, 4)]
    [InlineData(9L, 9)]
    public async Task A_consumer_starts_where_it_says(object offset, int first)
    {
        var stream = await StreamAsync(10);
        Assert.Equal($"{first}", (await ReadAsync(stream, offset, 1))[0].Text);
    }

    [Theory]
    [InlineData("next")]
    [InlineData(null)]
    [InlineData(10)]
    public async Task A_consumer_may_wait_for_what_comes_next(object? offset)
    {
        var stream = await StreamAsync(10);
        var consumer = await ConsumeAsync(stream, offset);
        await SendAsync(stream, "new");
        var message = await consumer.NextAsync();
        Assert.Equal(("new", 10L), (message.Text, Offset(message)));
    }

    [Fact]
    public async Task The_last_chunk_holds_the_last_message()
    {
        var stream = await StreamAsync(10);
        var consumer = await ConsumeAsync(stream, "last");
        var message = await consumer.NextAsync();
        while (message.Text != "9")
        {
            message = await consumer.NextAsync();
        }

        Assert.Equal(9, Offset(message));
    }

    [Fact]
    public async Task A_time_in_the_past_starts_at_the_first_message_of_that_time_and_one_in_the_future_at_the_next()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-10).ToUnixTimeSeconds();
        var stream = await StreamAsync(5);
        Assert.Equal("0", (await ReadAsync(stream, new AmqpTimestamp(before), 1))[0].Text);
        var later = await ConsumeAsync(stream, new AmqpTimestamp(DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()));
        await SendAsync(stream, "new");
        Assert.Equal("new", (await later.NextAsync()).Text);
    }

    /// <summary>RabbitMQ reads an interval like x-max-age, back from now.</summary>
    [Fact]
    public async Task An_interval_looks_back_from_now()
    {
        var stream = await StreamAsync(5);
        Assert.Equal("0", (await ReadAsync(stream, "1h", 1))[0].Text);
    }

    [Fact]
    public async Task Credit_is_the_prefetch_count_and_comes_back_with_acknowledgements()
    {
        var stream = await StreamAsync(100);
        await using var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, prefetchCount: 10, global: false);
        var consumer = await DeliveryCollector.StartAsync(channel, stream, arguments: Table(("x-stream-offset", "first")));
        for (var seen = 0; seen < 100; seen += 10)
        {
            var part = await consumer.NextAsync(10);
            Assert.Equal(Enumerable.Range(seen, 10).Select(i => (long)i), part.Select(Offset));
            Assert.Equal(0, consumer.Waiting);
            await channel.BasicAckAsync(part[^1].Tag, multiple: true);
        }
    }

    [Fact]
    public async Task Two_consumers_read_on_their_own()
    {
        var stream = await StreamAsync(20);
        var first = await ConsumeAsync(stream, "first");
        var second = await ConsumeAsync(stream, 15);
        Assert.Equal(["15", "16", "17", "18", "19"], Texts(await second.NextAsync(5)));
        Assert.Equal(20, (await first.NextAsync(20)).Length);
    }

    [Fact]
    public async Task What_streams_do_not_have_is_refused()
    {
        var stream = await StreamAsync(1);

        // RabbitMQ 4 words it as this broker does.
        var subject = Broker.IsOwn ? $"stream queue '{stream}' in vhost '/'" : $"'queue '{stream}' in vhost '/''";
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - consumer prefetch count is not set for {subject}", channel =>
            DeliveryCollector.StartAsync(channel, stream));
    }

    /// <summary>RabbitMQ 3.10 fails by an internal error.</summary>
    [OwnBrokerFact]
    public async Task An_offset_that_is_none_is_refused()
    {
        var stream = await StreamAsync(1);
        var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 10, false);
        var reason = await ChannelErrorAsync(channel, () =>
            DeliveryCollector.StartAsync(channel, stream, arguments: Table(("x-stream-offset", "nope"))));
        Assert.Equal((ushort)406, reason.ReplyCode);
        Assert.Contains("x-stream-offset", reason.ReplyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_streams_do_not_implement_ends_the_connection()
    {
        var stream = await StreamAsync(1);
        Assert.Equal(
            $"NOT_IMPLEMENTED - basic.get not supported by stream queues queue '{stream}' in vhost '/'",
            await ConnectionErrorTextAsync(channel => channel.BasicGetAsync(stream, autoAck: false)));

        // RabbitMQ 4 words it as this broker does.
        var subject = Broker.IsOwn ? "stream" : "stream queues";
        Assert.Equal(
            $"NOT_IMPLEMENTED - automatic acknowledgement not supported by {subject} queue '{stream}' in vhost '/'",
            await ConnectionErrorTextAsync(async channel =>
            {
                await channel.BasicQosAsync(0, 10, false);
                await DeliveryCollector.StartAsync(channel, stream, autoAck: true);
            }));
    }

    [Fact]
    public async Task Messages_too_many_for_one_segment_are_read_back_whole()
    {
        var stream = await DurableQueueAsync("stream", ("x-stream-max-segment-size-bytes", 100_000));
        var body = new string('x', 10_000);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => SendAsync(stream, string.Create(CultureInfo.InvariantCulture, $"{i} {body}")).AsTask()));
        var messages = await ReadAsync(stream, "first", 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i} {body}"), messages.Select(message => message.Text));
    }

    /// <summary>Filters came with RabbitMQ 3.13.</summary>
    [OwnBrokerFact]
    public async Task A_consumer_with_a_filter_gets_the_values_that_it_named()
    {
        var stream = await DurableQueueAsync("stream");
        string?[] values = ["red", "green", null, "blue", "red"];
        foreach (var value in values)
        {
            await SendAsync(stream, value ?? "none", properties =>
                properties.Headers = value is null ? [] : Table(("x-stream-filter-value", value)));
        }

        Assert.Equal(["red", "red"], await FilteredAsync(stream, 2, ("x-stream-filter", "red")));
        Assert.Equal(["green", "blue"], await FilteredAsync(stream, 2, ("x-stream-filter", new List<object?> { "green", "blue" })));
        Assert.Equal(["none", "blue"], await FilteredAsync(stream, 2, ("x-stream-filter", "blue"), ("x-stream-match-unfiltered", true)));
    }

    private static long Offset(Delivery delivery) =>
        Convert.ToInt64(delivery.Properties.Headers!["x-stream-offset"], CultureInfo.InvariantCulture);

    private async Task<string> ConnectionErrorTextAsync(Func<IChannel, Task> action)
    {
        var connection = await ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        return (await ConnectionErrorAsync(connection, () => action(channel))).ReplyText;
    }

    private async Task<string> StreamAsync(int messages)
    {
        var stream = await DurableQueueAsync("stream");
        await PublishAsync(stream, [.. Enumerable.Range(0, messages).Select(i => $"{i}")]);
        return stream;
    }

    private async Task<DeliveryCollector> ConsumeAsync(string stream, object? offset, params (string, object?)[] arguments)
    {
        var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, prefetchCount: 100, global: false);
        if (offset is not null)
        {
            arguments = [.. arguments, ("x-stream-offset", offset)];
        }

        return await DeliveryCollector.StartAsync(channel, stream, arguments: Table(arguments));
    }

    private async Task<Delivery[]> ReadAsync(string stream, object offset, int count) =>
        await (await ConsumeAsync(stream, offset)).NextAsync(count);

    private async Task<string[]> FilteredAsync(string stream, int count, params (string, object?)[] filter) =>
        Texts(await (await ConsumeAsync(stream, "first", filter)).NextAsync(count));
}
