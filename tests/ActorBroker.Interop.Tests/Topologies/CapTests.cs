using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Topologies;

/// <summary>What CAP declares and publishes, call by call, with its prefetch count for the whole channel.</summary>
public sealed class CapTests(BrokerFixture broker) : TopologyTest(broker)
{
    [Fact]
    public async Task CAP_routes_topics_and_keeps_its_messages_ten_days()
    {
        var router = Unique("cap.default.router");
        var queue = Unique("cap.queue.app.v1");
        await DeclareExchangeAsync(router, "topic");
        await DeclareQueueAsync(queue, ("x-message-ttl", 864_000_000));
        foreach (var topic in new[] { "order.created", "order.*.paid" })
        {
            await Channel.QueueBindAsync(queue, router, topic);
        }

        await using var channel = await Connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, prefetchCount: 1, global: true);
        var consumer = await DeliveryCollector.StartAsync(channel, queue);
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            Headers = Table(("cap-msg-id", "1"), ("cap-corr-id", "1"), ("cap-msg-name", "order.created"), ("cap-senttime", "11/22/2026 20:00:00 +00:00")),
        };
        await Channel.BasicPublishAsync(router, "order.created", false, properties, "created"u8.ToArray());
        await SendToAsync(router, "order.7.paid", "paid");
        await SendToAsync(router, "order.7.sent", "for nobody");
        var first = await consumer.NextAsync();
        Assert.Equal("created", Encoding.UTF8.GetString(first.Body));
        await channel.BasicRejectAsync(first.Tag, requeue: true);
        var again = await consumer.NextAsync();
        Assert.Equal(("created", true), (again.Text, again.Redelivered));
        await channel.BasicAckAsync(again.Tag, multiple: false);
        var second = await consumer.NextAsync();
        Assert.Equal("paid", second.Text);
        await channel.BasicAckAsync(second.Tag, multiple: false);
    }
}
