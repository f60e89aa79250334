using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>What RabbitMQ offers and this version does not is refused, never silently ignored.</summary>
public sealed class LaterFeatureTests(BrokerFixture broker) : ClientTest(broker)
{
    public static TheoryData<string, object> QueueArguments => new()
    {
        { "x-message-ttl", 60_000 },
        { "x-expires", 60_000 },
        { "x-max-length", 10 },
        { "x-max-length-bytes", 10_000 },
        { "x-overflow", "reject-publish" },
        { "x-dead-letter-exchange", "amq.fanout" },
        { "x-dead-letter-routing-key", "dead" },
        { "x-max-priority", 10 },
        { "x-single-active-consumer", true },
        { "x-queue-type", "quorum" },
        { "x-queue-type", "stream" },
    };

    [OwnBrokerTheory]
    [MemberData(nameof(QueueArguments))]
    public async Task A_queue_argument_of_a_later_version_is_refused_with_540(string argument, object value)
    {
        var reason = await ChannelErrorAsync(Channel, () => Channel.QueueDeclareAsync(
            Unique("later"), durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { [argument] = value }));
        Assert.Equal((ushort)540, reason.ReplyCode);
        Assert.StartsWith("NOT_IMPLEMENTED - ", reason.ReplyText, StringComparison.Ordinal);
        Assert.Contains(argument, reason.ReplyText, StringComparison.Ordinal);
    }

    [OwnBrokerFact]
    public async Task A_consumer_priority_is_refused_with_540()
    {
        var queue = await DeclareQueueAsync();
        var reason = await ChannelErrorAsync(Channel, () => Channel.BasicConsumeAsync(
            queue, true, "", false, false, new Dictionary<string, object?> { ["x-priority"] = 10 }, new DeliveryCollector(Channel)));
        Assert.Equal((ushort)540, reason.ReplyCode);
        Assert.Contains("x-priority", reason.ReplyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_classic_queue_type_may_be_named()
    {
        var queue = Unique("classic");
        var declared = await Channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "classic" });
        Assert.Equal(queue, declared.QueueName);
        await Channel.QueueDeleteAsync(queue);
    }
}
