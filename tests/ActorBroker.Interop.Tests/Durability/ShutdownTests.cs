using System.Diagnostics;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>What clients see of a broker that is asked to stop, and what is there when it is back.</summary>
[Collection(KilledBroker.Name)]
public sealed class ShutdownTests
{
    private const string Queue = "kept";

    [OwnBrokerFact]
    public async Task Clients_are_told_320_the_broker_ends_in_time_and_nothing_confirmed_is_lost()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        await using var idle = await factory.CreateConnectionAsync();
        await using var busy = await factory.CreateConnectionAsync();
        await using var publisher = await ConfirmedPublisher.OpenAsync(busy, window: 500);
        var told = Task.WhenAll(ReasonAsync(idle), ReasonAsync(busy));
        await using (var channel = await idle.CreateChannelAsync())
        {
            await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        }

        var firstConfirmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var publishing = Task.Run(() => PublishUntilClosedAsync(publisher, firstConfirmed));
        await firstConfirmed.Task.WaitAsync(BrokerFixture.Limit);

        var stopping = Stopwatch.StartNew();
        var exitCode = await broker.StopAsync();

        Assert.Equal(0, exitCode);
        Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(10), $"it took {stopping.Elapsed} to stop");
        Assert.All(
            await told.WaitAsync(BrokerFixture.Limit),
            reason => Assert.Equal((320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"), reason));
        await publishing;

        await broker.StartAgainAsync();
        await using var again = await factory.CreateConnectionAsync();
        await using var reader = await again.CreateChannelAsync();
        var kept = new HashSet<ulong>();
        while (await reader.BasicGetAsync(Queue, autoAck: true) is { } message)
        {
            kept.Add(BitConverter.ToUInt64(message.Body.Span));
        }

        Assert.NotEmpty(publisher.Confirmed);
        Assert.Empty(publisher.Confirmed.Except(kept));
    }

    private static Task<(int Code, string Text)> ReasonAsync(IConnection connection)
    {
        var reason = new TaskCompletionSource<(int, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, closed) =>
        {
            reason.TrySetResult((closed.ReplyCode, closed.ReplyText));
            return Task.CompletedTask;
        };
        return reason.Task;
    }

    // The body of a message is its sequence number.
    private static async Task PublishUntilClosedAsync(ConfirmedPublisher publisher, TaskCompletionSource firstConfirmed)
    {
        try
        {
            for (var next = 1UL; ; next++)
            {
                Assert.Equal(next, await publisher.PublishAsync("", Queue, BitConverter.GetBytes(next), persistent: true));
                if (publisher.Confirmed.Count > 0)
                {
                    firstConfirmed.TrySetResult();
                }
            }
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e))
        {
        }
    }
}
