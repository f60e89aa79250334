using System.Diagnostics;
using System.Globalization;
using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Files;

/// <summary>A broker starts on a store that something has damaged while it did not run.</summary>
[Collection(KilledBroker.Name)]
public sealed class StoreFaultTests
{
    private const string Whole = "whole";
    private const string Damaged = "damaged";

    [OwnBrokerFact]
    public async Task A_flipped_bit_in_a_batch_is_reported_and_costs_that_batch_only()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            await DeclareAsync(channel, Damaged);
            for (var i = 0; i < 10; i++)
            {
                await PublishAsync(channel, Damaged, 1_000_000 + i);
            }
        });
        await broker.StopAsync();
        new StoredJournal(broker.DataFolder).FlipBit(Damaged, "1000005"u8.ToArray());
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            var expected = Enumerable.Range(1_000_000, 10).Except([1_000_005]);
            Assert.Equal(expected, await DrainAsync(channel, Damaged));
            await PublishAsync(channel, Damaged, 1);
            Assert.Equal([1], await DrainAsync(channel, Damaged));
        });
        Assert.Contains("journal damage", broker.Output(), StringComparison.Ordinal);
    }

    [OwnBrokerFact]
    public async Task An_older_snapshot_takes_the_place_of_one_of_garbage()
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.queue.snapshot-after-events=10", "actorbroker.queue.trim-after-events=5", "actorbroker.queue.segment-bytes=4KiB");
        await FillAsync(broker, Damaged);
        await broker.StopAsync();
        new StoredJournal(broker.DataFolder).SetNewestSnapshot(Damaged, Garbage());
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel => Assert.Equal(Enumerable.Range(20, 20), await DrainAsync(channel, Damaged)));
        Assert.Contains("journal damage", broker.Output(), StringComparison.Ordinal);
    }

    [OwnBrokerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_its_snapshot_a_queue_comes_back_from_its_events(bool isGarbage)
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.queue.snapshot-after-events=10", "actorbroker.queue.trim-after-events=1000000");
        await FillAsync(broker, Damaged);
        await broker.StopAsync();
        Damage(new StoredJournal(broker.DataFolder), isGarbage);
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel => Assert.Equal(Enumerable.Range(20, 20), await DrainAsync(channel, Damaged)));
    }

    [OwnBrokerFact]
    public async Task An_empty_queue_that_has_lost_its_snapshots_does_not_go_without_a_word()
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.queue.snapshot-after-events=1", "actorbroker.queue.trim-after-events=1");
        await FillAsync(broker, Damaged);
        await UseAsync(broker, channel => DrainAsync(channel, Damaged));
        var store = new StoredJournal(broker.DataFolder);
        await EventuallyAsync(() => store.Count("journal", Damaged) == 1);
        await broker.StopAsync();
        store.DeleteSnapshots(Damaged);

        await broker.StartAgainAsync();

        await EventuallyAsync(() => broker.Output().Contains("journal damage: queue 'damaged' in vhost '/' is named by its catalogue", StringComparison.Ordinal));
        await UseAsync(broker, async channel =>
        {
            await DeclareAsync(channel, Damaged);
            Assert.Empty(await DrainAsync(channel, Damaged));
        });
    }

    [OwnBrokerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_queue_that_has_lost_its_beginning_says_so_and_loses_nothing_more(bool isGarbage)
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.queue.snapshot-after-events=10", "actorbroker.queue.trim-after-events=5", "actorbroker.queue.segment-bytes=4KiB");
        await FillAsync(broker, Damaged);
        await FillAsync(broker, Whole);
        await broker.StopAsync();
        var store = new StoredJournal(broker.DataFolder);
        var copy = Directory.CreateTempSubdirectory("actorbroker-interop-");
        try
        {
            store.CopyTo(copy.FullName);
            var events = store.Count("journal", Damaged);
            Assert.True(store.FirstEvent(Damaged) > 1, "nothing was trimmed");
            var snapshot = store.Snapshot(Damaged);
            Damage(store, isGarbage);
            await broker.StartAgainAsync();
            await UseAsync(broker, async channel =>
            {
                Assert.Equal(Enumerable.Range(20, 20), await DrainAsync(channel, Whole));
                await Assert.ThrowsAnyAsync<PublishException>(() => PublishAsync(channel, Damaged, 100));
            });
            await AssertRefusedAsync(broker, channel => channel.QueueDeclarePassiveAsync(Damaged));
            await AssertRefusedAsync(broker, channel => DeclareAsync(channel, Damaged));
            await AssertRefusedAsync(broker, channel => channel.BasicGetAsync(Damaged, autoAck: true));
            Assert.Contains("journal damage", broker.Output(), StringComparison.Ordinal);

            await broker.StopAsync();
            Assert.Equal(events, store.Count("journal", Damaged));
            store.CopyFrom(copy.FullName);
            Assert.Equal(snapshot, store.Snapshot(Damaged));
            await broker.StartAgainAsync();
            await UseAsync(broker, async channel => Assert.Equal(Enumerable.Range(20, 20), await DrainAsync(channel, Damaged)));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static void Damage(StoredJournal store, bool isGarbage)
    {
        Assert.NotEqual(0, store.Count("snapshot", Damaged));
        if (isGarbage)
        {
            store.SetSnapshot(Damaged, Garbage());
        }
        else
        {
            store.DeleteSnapshots(Damaged);
        }
    }

    private static byte[] Garbage()
    {
        var garbage = new byte[500];
        new Random(7).NextBytes(garbage);
        return garbage;
    }

    // 40 messages, an event each; the first 20 are taken, with one always left, so that nothing is trimmed but what is asked for.
    private static Task FillAsync(BrokerProcess broker, string queue) => UseAsync(broker, async channel =>
    {
        await DeclareAsync(channel, queue);
        for (var i = 0; i < 40; i++)
        {
            await PublishAsync(channel, queue, i);
            if (i is > 0 and <= 20)
            {
                Assert.Equal(i - 1, Number((await channel.BasicGetAsync(queue, autoAck: true))!));
            }
        }
    });

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < BrokerFixture.Limit, "it did not come to be so");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    private static async Task AssertRefusedAsync(BrokerProcess broker, Func<IChannel, Task> request)
    {
        const ushort NotFound = 404;
        var refused = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => UseAsync(broker, request));
        Assert.Equal(NotFound, refused.ShutdownReason!.ReplyCode);
    }

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);

    private static Task PublishAsync(IChannel channel, string queue, int number) => channel.BasicPublishAsync(
        "", queue, false, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture).PadRight(2_000))).AsTask();

    private static async Task<List<int>> DrainAsync(IChannel channel, string queue)
    {
        var drained = new List<int>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            drained.Add(Number(message));
        }

        return drained;
    }

    private static int Number(BasicGetResult message) => int.Parse(Encoding.UTF8.GetString(message.Body.Span), CultureInfo.InvariantCulture);

    private static async Task UseAsync(BrokerProcess broker, Func<IChannel, Task> use)
    {
        var factory = new ConnectionFactory
        {
            HostName = broker.Endpoint.Host,
            Port = broker.Endpoint.Port,
            AutomaticRecoveryEnabled = false,
            ContinuationTimeout = BrokerFixture.Limit,
        };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await use(channel);
    }
}
