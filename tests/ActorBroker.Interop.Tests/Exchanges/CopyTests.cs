using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Exchanges;

/// <summary>RabbitMQ's headers CC and BCC: further keys that a message is routed by.</summary>
public sealed class CopyTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task The_default_exchange_gives_a_message_to_the_queues_of_all_its_keys_once_each()
    {
        string[] queues = [await DeclareQueueAsync(), await DeclareQueueAsync(), await DeclareQueueAsync()];
        await PublishAsync("", queues[0], Headers(cc: [queues[1], queues[0], "nowhere"], bcc: [queues[2], queues[1]]));
        foreach (var queue in queues)
        {
            Assert.Equal(["x"], await DrainAsync(queue));
        }
    }

    [Fact]
    public async Task A_receiver_sees_CC_and_the_messages_own_key_and_no_BCC()
    {
        var queue = await DeclareQueueAsync();
        var other = await DeclareQueueAsync();
        await PublishAsync("", queue, Headers(cc: ["c"], bcc: [other]));
        foreach (var name in new[] { queue, other })
        {
            var received = await Channel.BasicGetAsync(name, autoAck: true);
            Assert.Equal(queue, received!.RoutingKey);
            Assert.Equal(["CC", "other"], HeadersOf(received));
            Assert.Equal("c"u8, (byte[])Assert.Single((IList<object>)received.BasicProperties.Headers!["CC"]!));
        }
    }

    [Theory]
    [InlineData("direct", "a", "b", "none")]
    [InlineData("topic", "#.a", "b.*", "none")]
    public async Task Bindings_are_matched_with_every_key(string type, string first, string second, string third)
    {
        var exchange = await DeclareExchangeAsync(type);
        string[] queues = [await DeclareQueueAsync(), await DeclareQueueAsync(), await DeclareQueueAsync()];
        await Channel.QueueBindAsync(queues[0], exchange, first);
        await Channel.QueueBindAsync(queues[1], exchange, second);
        await Channel.QueueBindAsync(queues[2], exchange, third);
        await PublishAsync(exchange, "nobody", Headers(cc: ["a", "b"], bcc: ["b.x"]));
        Assert.Equal(["x"], await DrainAsync(queues[0]));
        Assert.Equal(["x"], await DrainAsync(queues[1]));
        Assert.Empty(await DrainAsync(queues[2]));
    }

    [Fact]
    public async Task A_mandatory_message_is_returned_only_when_none_of_its_keys_leads_anywhere()
    {
        var queue = await DeclareQueueAsync();
        await PublishAsync("", Unique("nowhere"), Headers(cc: [queue], bcc: []));
        Assert.Equal(["x"], await DrainAsync(queue));
        await Assert.ThrowsAsync<PublishReturnException>(() => PublishAsync("", Unique("nowhere"), Headers(cc: ["nowhere"], bcc: ["nor here"])));
    }

    [Fact]
    public async Task A_large_message_is_copied_like_any_other()
    {
        var queue = await DeclareQueueAsync();
        var other = await DeclareQueueAsync();
        var body = new byte[300_000];
        new Random(1).NextBytes(body);
        await Channel.BasicPublishAsync("", queue, mandatory: true, Headers(cc: [], bcc: [other]), body);
        foreach (var name in new[] { queue, other })
        {
            var received = await Channel.BasicGetAsync(name, autoAck: true);
            Assert.Equal(body, received!.Body.ToArray());
            Assert.Equal(["CC", "other"], HeadersOf(received));
        }
    }

    [Theory]
    [InlineData("CC")]
    [InlineData("BCC")]
    public async Task A_header_that_is_no_list_is_refused(string header)
    {
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - invalid message: {{unacceptable_type_in_header,\"{header}\",longstr}}",
            async channel => await channel.BasicPublishAsync(
                "", "k", mandatory: false, new BasicProperties { Headers = new Dictionary<string, object?> { [header] = "text" } }, "x"u8.ToArray()));
    }

    // The client numbers what it wants confirmed in a header of its own.
    private static IEnumerable<string> HeadersOf(BasicGetResult received) =>
        received.BasicProperties.Headers!.Keys.Where(name => !name.StartsWith("x-dotnet", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static BasicProperties Headers(string[] cc, string[] bcc) => new()
    {
        Headers = new Dictionary<string, object?> { ["CC"] = cc.ToList<object>(), ["BCC"] = bcc.ToList<object>(), ["other"] = 1 },
    };

    private async Task PublishAsync(string exchange, string key, BasicProperties properties) =>
        await Channel.BasicPublishAsync(exchange, key, mandatory: true, properties, Encoding.UTF8.GetBytes("x"));
}
