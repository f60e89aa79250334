using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>What RabbitMQ offers and this version does not is refused, never silently ignored.</summary>
public sealed class LaterFeatureTests(BrokerFixture broker) : ClientTest(broker)
{
    [OwnBrokerFact]
    public async Task A_message_that_shall_expire_is_refused_with_540()
    {
        var queue = await DeclareQueueAsync();
        var properties = new BasicProperties { Expiration = "3600000" };
        var reason = await ConnectionErrorAsync(
            Connection, async () => await Channel.BasicPublishAsync("", queue, false, properties, "x"u8.ToArray()));
        Assert.Equal((ushort)540, reason.ReplyCode);
        Assert.Contains("expiration", reason.ReplyText, StringComparison.Ordinal);
    }
}
