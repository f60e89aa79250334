using ActorBroker.Interop.Tests.Client;
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
            await ConsumeAllAsync(connection, Count);
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

    private static async Task ConsumeAllAsync(IConnection connection, int count)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 100, global: false);
        var deliveries = await DeliveryCollector.StartAsync(channel, Queue);
        for (var i = 0; i < count; i++)
        {
            await channel.BasicAckAsync((await deliveries.NextAsync()).Tag, multiple: false);
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
        for (var i = first; i < end; i++)
        {
            var delivery = await reader.NextAsync();
            Assert.Equal(i, StreamReader.OffsetOf(delivery));
            Assert.Equal(i, BitConverter.ToInt32(delivery.Body));
            await reader.AcknowledgeAsync(delivery);
        }
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
        for (var i = first; i < first + count; i++)
        {
            var body = new byte[BodySize];
            BitConverter.TryWriteBytes(body, i);
            confirmed.Add(channel.BasicPublishAsync("", Queue, false, new BasicProperties { Persistent = true }, body).AsTask());
        }

        await Task.WhenAll(confirmed);
    }
}
