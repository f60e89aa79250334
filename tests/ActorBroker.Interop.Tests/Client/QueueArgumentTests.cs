using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>Arguments of queues and consumers: which are accepted, and what is said of those that are not.</summary>
public sealed class QueueArgumentTests(BrokerFixture broker) : ClientTest(broker)
{
    public static TheoryData<string, string, object> Accepted => new()
    {
        { "classic", "x-queue-mode", "lazy" },
        { "classic", "x-queue-version", 1 },
        { "classic", "x-message-ttl", 60_000 },
        { "classic", "x-expires", 60_000L },
        { "classic", "x-max-length", (short)10 },
        { "classic", "x-max-length-bytes", 10_000 },
        { "classic", "x-overflow", "reject-publish-dlx" },
        { "classic", "x-dead-letter-exchange", "amq.fanout" },
        { "classic", "x-max-priority", 10 },
        { "classic", "x-single-active-consumer", true },
        { "quorum", "x-delivery-limit", 5 },
        { "quorum", "x-dead-letter-strategy", "at-least-once" },
        { "quorum", "x-quorum-initial-group-size", 1 },
        { "stream", "x-max-age", "7D" },
        { "stream", "x-stream-max-segment-size-bytes", 1_000_000 },
    };

    public static TheoryData<string, string, object, string> Refused => new()
    {
        { "classic", "x-message-ttl", -1, "{value_negative,-1}" },
        { "classic", "x-message-ttl", "soon", "\"expected integer, got longstr\"" },
        { "classic", "x-expires", 0, "{value_zero,0}" },
        { "classic", "x-max-priority", 256, "{max_value_exceeded,256}" },
        { "classic", "x-overflow", "nope", "invalid_overflow" },
        { "classic", "x-single-active-consumer", "yes", "{unacceptable_type,longstr}" },
        { "classic", "x-dead-letter-routing-key", "dead", "routing_key_but_no_dlx_defined" },
        { "stream", "x-max-age", "7X", "invalid_max_age" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_queue_argument_is_accepted_and_compared_when_the_queue_is_declared_again(string type, string argument, object value)
    {
        var queue = Unique("argument");
        await DeclareAsync(queue, type, argument, value);
        await DeclareAsync(queue, type, argument, value);
        var without = await ChannelErrorAsync(Channel, () => Channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = type }));
        Assert.Equal((ushort)406, without.ReplyCode);
        Assert.StartsWith(
            $"PRECONDITION_FAILED - inequivalent arg '{argument}' for queue '{queue}' in vhost '/': received none but current is the value '",
            without.ReplyText,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_wrong_value_is_refused_with_406(string type, string argument, object value, string error)
    {
        var queue = Unique("argument");
        var reason = await ChannelErrorAsync(Channel, () => DeclareAsync(queue, type, argument, value));
        Assert.Equal((ushort)406, reason.ReplyCode);
        Assert.Equal($"PRECONDITION_FAILED - invalid arg '{argument}' for queue '{queue}' in vhost '/': {error}", reason.ReplyText);
    }

    [Fact]
    public async Task An_argument_of_another_type_of_queue_is_refused_with_406()
    {
        var queue = Unique("argument");
        var reason = await ChannelErrorAsync(Channel, () => DeclareAsync(queue, "stream", "x-message-ttl", 1));
        Assert.Equal((ushort)406, reason.ReplyCode);
        Assert.Equal(
            $"PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue '{queue}' in vhost '/' of queue type rabbit_stream_queue", reason.ReplyText);
    }

    [Fact]
    public async Task A_consumer_priority_has_to_be_a_number()
    {
        var queue = await DeclareQueueAsync();
        var reason = await ChannelErrorAsync(Channel, () => Channel.BasicConsumeAsync(
            queue, true, "", false, false, new Dictionary<string, object?> { ["x-priority"] = "high" }, new DeliveryCollector(Channel)));
        Assert.Equal((ushort)406, reason.ReplyCode);
        Assert.Equal(
            $"PRECONDITION_FAILED - invalid arg 'x-priority' for queue '{queue}' in vhost '/': \"expected integer, got longstr\"", reason.ReplyText);
    }

    [OwnBrokerFact]
    public async Task The_arguments_of_a_queue_are_changed_by_a_redeclaration_that_says_so()
    {
        var queue = Unique("argument");
        await DeclareAsync(queue, "classic", "x-max-length", 10);
        await Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "classic", ["x-max-length"] = 20, ["x-allow-redefine"] = true,
        });
        await DeclareAsync(queue, "classic", "x-max-length", 20);
    }

    private Task<QueueDeclareOk> DeclareAsync(string queue, string type, string argument, object value) => Channel.QueueDeclareAsync(
        queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = type, [argument] = value });
}
