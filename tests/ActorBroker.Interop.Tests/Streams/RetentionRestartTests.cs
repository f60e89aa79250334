using System.Collections.Concurrent;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Durability;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Streams;

/// <summary>Queues with <c>x-retention</c> of a broker that is killed: what was consumed is gone from the queue and read by offset.</summary>
[Collection(KilledBroker.Name)]
public sealed class RetentionRestartTests
{
    private const string Queue = "kept";
    private const int BodySize = 1000;
    private const int Count = 2000;
    private const int More = 100;

    [OwnBrokerTheory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public async Task What_was_acknowledged_before_a_kill_is_read_after_it(string type)
    {
        // Little memory and many snapshots: most of it is read back from the journal, by an index from a snapshot.
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.queue.resident-bytes=256KiB", "actorbroker.queue.segment-bytes=64KiB", "actorbroker.queue.snapshot-after-bytes=512KiB");
        await using (var connection = await ConnectAsync(broker))
        {
            await using var channel = await DeclareAsync(connection, type);
            await PublishAsync(channel, 0, Count);
            using var limit = new CancellationTokenSource(BrokerFixture.Limit);
            await ConsumeAllAsync(connection, Count, limit.Token);
        }

        await broker.KillAsync();
        await broker.StartAgainAsync();
        await using (var connection = await ConnectAsync(broker))
        {
            await using var channel = await DeclareAsync(connection, type);

            // An acknowledgement or another may be lost with a kill.
            await DrainAsync(channel);
            var readers = new List<Task> { AssertReadAsync(connection, "first", 0, Count + More), AssertReadAsync(connection, 1234, 1234, Count + More) };
            await PublishAsync(channel, Count, More);
            await Task.WhenAll(readers);
            Assert.Equal((uint)More, await channel.MessageCountAsync(Queue));
        }

        await broker.KillAsync();
        await broker.StartAgainAsync();
        await using (var connection = await ConnectAsync(broker))
        {
            await using var channel = await DeclareAsync(connection, type);
            Assert.Equal((uint)More, await channel.MessageCountAsync(Queue));
            await AssertReadAsync(connection, Count - 5, Count - 5, Count + More);
        }
    }

    [OwnBrokerFact]
    public async Task What_was_confirmed_before_a_kill_on_the_way_is_kept_once_and_in_its_order()
    {
        const int Rounds = 3;
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.queue.resident-bytes=256KiB", "actorbroker.queue.segment-bytes=64KiB", "actorbroker.queue.snapshot-after-bytes=512KiB");
        var confirmed = new ConcurrentBag<int>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var connection = await ConnectAsync(broker);
            var channel = await DeclareAsync(connection, "classic");
            using var ended = new CancellationTokenSource();
            var consuming = TolerateKillAsync(ConsumeAllAsync(connection, int.MaxValue, ended.Token));
            var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var enough = confirmed.Count + (Count / 2);
            var publishing = Enumerable.Range(round * Count, Count).Select(async i =>
            {
                await TolerateKillAsync(PublishAsync(channel, i, 1), () => confirmed.Add(i));
                if (confirmed.Count >= enough)
                {
                    killed.TrySetResult();
                }
            }).ToArray();
            await killed.Task.WaitAsync(BrokerFixture.Limit);
            await broker.KillAsync();
            await ended.CancelAsync();
            await Task.WhenAll([consuming, .. publishing]);
            await broker.StartAgainAsync();
        }

        await using var last = await ConnectAsync(broker);
        await using var marking = await DeclareAsync(last, "classic");
        await PublishAsync(marking, int.MaxValue, 1);
        await using var reader = await StreamReader.StartAsync(last, Queue, "first");
        var kept = new List<int>();
        while (kept.LastOrDefault() < int.MaxValue)
        {
            var delivery = await reader.NextAsync();
            kept.Add(BitConverter.ToInt32(delivery.Body));
            await reader.AcknowledgeAsync(delivery);
        }

        Assert.Equal(kept.Order().Distinct(), kept);
        Assert.Empty(confirmed.Except(kept));
    }

    private static async Task TolerateKillAsync(Task task, Action? then = null)
    {
        try
        {
            await task;
            then?.Invoke();
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e))
        {
            // Whatever it was, nobody has said that it happened.
        }
    }

    private static async Task ConsumeAllAsync(IConnection connection, int count, CancellationToken end)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: end);
        await channel.BasicQosAsync(0, 100, global: false, end);
        var deliveries = await DeliveryCollector.StartAsync(channel, Queue);
        for (var i = 0; i < count && await deliveries.NextOrNullAsync(end) is { } delivery; i++)
        {
            await channel.BasicAckAsync(delivery.Tag, multiple: false, end);
        }
    }

    private static async Task DrainAsync(IChannel channel)
    {
        while (await channel.BasicGetAsync(Queue, autoAck: true) is not null)
        {
        }
    }

    private static async Task AssertReadAsync(IConnection connection, object offset, int first, int end)
    {
        await using var reader = await StreamReader.StartAsync(connection, Queue, offset, prefetch: 50);
        await reader.AssertNumbersAsync(first, end);
    }

    private static async Task<IConnection> ConnectAsync(BrokerProcess broker) => await new ConnectionFactory
    {
        HostName = broker.Endpoint.Host,
        Port = broker.Endpoint.Port,
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync();

    private static async Task<IChannel> DeclareAsync(IConnection connection, string type)
    {
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = type, ["x-retention"] = "7D;1GB" });
        return channel;
    }

    private static async Task PublishAsync(IChannel channel, int first, int count)
    {
        var confirmed = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            var body = new byte[BodySize];
            BitConverter.TryWriteBytes(body, first + i);
            confirmed.Add(channel.BasicPublishAsync("", Queue, false, new BasicProperties { Persistent = true }, body).AsTask());
        }

        await Task.WhenAll(confirmed);
    }
}
