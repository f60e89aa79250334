using System.Collections.Concurrent;
using System.Diagnostics;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Interop.Tests.Wire;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Pauses;

/// <summary>A broker that the machine does not run for a while: a suspended container, a starved host.</summary>
[Collection(KilledBroker.Name)]
public sealed class PausedBrokerTests
{
    private const string Queue = "paused";
    private const ushort HeartbeatSeconds = 2;

    [OwnLinuxBrokerFact]
    public async Task A_broker_goes_on_after_a_pause_and_no_connection_is_the_worse_for_it()
    {
        // Longer than a client may be silent, than entities wait for each other (10 s), and than a session waits for them (15 s).
        var pause = TimeSpan.FromSeconds(LongForm.Or(60, 17));
        var limit = pause + BrokerFixture.Limit;
        await using var broker = await BrokerProcess.StartAsync();
        var factory = new ConnectionFactory
        {
            HostName = broker.Endpoint.Host,
            Port = broker.Endpoint.Port,
            AutomaticRecoveryEnabled = false,
            ContinuationTimeout = limit,
        };
        await using var publishing = await factory.CreateConnectionAsync();
        await using var consuming = await factory.CreateConnectionAsync();
        await using var consumerChannel = await consuming.CreateChannelAsync();
        await consumerChannel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await using var publisher = await ConfirmedPublisher.OpenAsync(publishing, window: 200);
        await consumerChannel.BasicQosAsync(0, 100, global: false);
        var consumer = await DeliveryCollector.StartAsync(consumerChannel, Queue);
        var received = new ConcurrentQueue<ulong>();
        using var end = new CancellationTokenSource();
        var taking = TakeAsync(consumer, consumerChannel, received, end.Token);

        // Requests and publishes are under way when the pause begins, and heartbeats come throughout.
        await using var asking = await factory.CreateConnectionAsync();
        await using var declaring = await asking.CreateChannelAsync();
        using var resumed = new CancellationTokenSource();
        var published = PublishAsync(publisher, resumed.Token);
        var declared = DeclareAsync(declaring, resumed.Token);
        await using var raw = await RawConnection.OpenAsync(broker.Endpoint, heartbeatSeconds: HeartbeatSeconds);
        raw.LimitTo(limit);
        using var heart = new CancellationTokenSource();
        var beating = BeatAsync(raw, heart.Token);

        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await broker.SignalAsync("STOP");
        await Task.Delay(pause);
        await broker.SignalAsync("CONT");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await resumed.CancelAsync();
        var count = await published.WaitAsync(limit);
        await Task.WhenAny(declared).WaitAsync(limit);

        await using var afterwards = await ConfirmedPublisher.OpenAsync(publishing);
        await afterwards.PublishAsync("", Queue, BitConverter.GetBytes(count + 1), persistent: true);
        await afterwards.AllConfirmedAsync();
        var waiting = Stopwatch.StartNew();
        while (!received.Contains(count + 1) && waiting.Elapsed < BrokerFixture.Limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(received.Order().Distinct(), received);
        Assert.Empty(publisher.Confirmed.Append(count + 1).Except(received));
        Assert.True(await declared > 0, "nothing was declared");
        Assert.Empty(publisher.Refused);
        Assert.True(publishing.IsOpen && consuming.IsOpen, "a connection was closed");
        await heart.CancelAsync();
        await beating;
        await raw.OpenChannelAsync(1);
        await end.CancelAsync();
        await taking;
    }

    private static async Task<ulong> PublishAsync(ConfirmedPublisher publisher, CancellationToken end)
    {
        for (var number = 1UL; ; number++)
        {
            await publisher.PublishAsync("", Queue, BitConverter.GetBytes(number), persistent: true);
            if (end.IsCancellationRequested)
            {
                return number;
            }
        }
    }

    private static async Task<int> DeclareAsync(IChannel channel, CancellationToken end)
    {
        var count = 0;
        for (; !end.IsCancellationRequested; count++)
        {
            await channel.QueueDeclareAsync($"declared-{count % 5}", durable: true, exclusive: false, autoDelete: false, cancellationToken: CancellationToken.None);
            await channel.QueueDeleteAsync($"declared-{count % 5}", cancellationToken: CancellationToken.None);
        }

        return count;
    }

    private static async Task TakeAsync(
        DeliveryCollector consumer, IChannel channel, ConcurrentQueue<ulong> received, CancellationToken end)
    {
        while (await consumer.NextOrNullAsync(end) is { } delivery)
        {
            received.Enqueue(BitConverter.ToUInt64(delivery.Body));
            await channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
        }
    }

    private static async Task BeatAsync(RawConnection connection, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await connection.SendFrameAsync(FrameType.Heartbeat, 0, []);
            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(500), end));
        }
    }
}
