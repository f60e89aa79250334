using ActorBroker.Client.Streams;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>What the broker does when a client is gone.</summary>
public sealed class ClientDeathTests(OneBroker broker) : IClassFixture<OneBroker>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_a_client_held_comes_again_and_its_exclusive_queues_go()
    {
        var queue = await broker.NewQueueAsync();
        await broker.Client.PublishAsync(OutgoingMessage.ToQueue(queue, "1"u8.ToArray(), MessageProperties.Durable));
        var application = ClientSystem.Start("short-lived");
        var client = BrokerClient.Start(application, broker.Settings);
        var exclusive = await client.DeclareQueueAsync("", durable: false, exclusive: true);
        Assert.NotNull(await client.GetAsync(queue, noAck: false));
        Assert.Null(await broker.Client.GetAsync(queue, noAck: false));
        var locked = await Assert.ThrowsAsync<BrokerRefusedException>(() => broker.Client.FindQueueAsync(exclusive.Queue));
        Assert.Equal(RefusalReason.ResourceLocked, locked.Refusal.Reason);

        await application.Terminate();

        var again = await BrokerSource.AtMostOnceSource(broker.Client, new SourceSettings(queue))
            .RunWith(Sink.First<ReceivedMessage>(), broker.Application.Materializer()).WaitAsync(Limit);
        Assert.True(again.Redelivered);
        Assert.True(await IsGoneAsync(exclusive.Queue));
    }

    private async Task<bool> IsGoneAsync(string queue)
    {
        using var overdue = new CancellationTokenSource(Limit);
        while (!overdue.IsCancellationRequested)
        {
            try
            {
                await broker.Client.FindQueueAsync(queue);
            }
            catch (BrokerRefusedException refused) when (refused.Refusal.Reason == RefusalReason.NotFound)
            {
                return true;
            }
            catch (BrokerRefusedException)
            {
                // Still locked: the broker has not heard that its owner has gone.
            }
        }

        return false;
    }
}
