using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Exchanges;

/// <summary>Exchanges that RabbitMQ, or a plug-in of it, declares by itself.</summary>
public sealed class PredeclaredExchangeTests(BrokerFixture broker) : ClientTest(broker)
{
    [Theory]
    [InlineData("amq.rabbitmq.trace")]
    [InlineData("amq.rabbitmq.event")]
    public async Task An_internal_exchange_can_be_bound_and_not_published_to(string exchange)
    {
        await Channel.ExchangeDeclarePassiveAsync(exchange);
        await Channel.QueueBindAsync(await DeclareQueueAsync(), exchange, "no.such.key");
        await AssertChannelErrorAsync(
            403,
            $"ACCESS_REFUSED - cannot publish to internal exchange '{exchange}' in vhost '/'",
            async channel => await channel.BasicPublishAsync(exchange, "k", "x"u8.ToArray()));
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - inequivalent arg 'type' for exchange '{exchange}' in vhost '/': received 'direct' but current is 'topic'",
            channel => channel.ExchangeDeclareAsync(exchange, "direct", durable: true));
    }

    [OwnBrokerTheory]
    [InlineData("x-jms-topic")]
    [InlineData("x-federation-upstream")]
    [InlineData("x-rtopic")]
    [InlineData("x-lvc")]
    public async Task A_type_that_only_RabbitMQ_has_is_refused_with_540(string type)
    {
        var reason = await ChannelErrorAsync(Channel, () => Channel.ExchangeDeclareAsync(Unique("refused"), type));
        Assert.Equal((540, $"NOT_IMPLEMENTED - exchange type '{type}' is not supported"), (reason.ReplyCode, reason.ReplyText));
    }
}
