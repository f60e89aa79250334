using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Streams;

/// <summary>Streams of a broker that is killed: what was confirmed is there, at its offset.</summary>
[Collection(KilledBroker.Name)]
public sealed class StreamRestartTests
{
    private const string Stream = "log";
    private const int BodySize = 1000;

    [OwnBrokerFact]
    public async Task A_stream_is_read_from_the_start_after_a_kill()
    {
        const int Count = 3000;

        // Little memory and many snapshots: most of it is read back from the journal, by an index from a snapshot.
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.queue.resident-bytes=256KiB", "actorbroker.queue.segment-bytes=64KiB", "actorbroker.queue.snapshot-after-bytes=512KiB");
        await using (var connection = await ConnectAsync(broker))
        {
            await using var channel = await DeclareAsync(connection);
            await PublishAsync(channel, 0, Count);
        }

        await broker.KillAsync();
        await broker.StartAgainAsync();
        await using (var connection = await ConnectAsync(broker))
        {
            await using var channel = await DeclareAsync(connection);
            Assert.Equal((uint)Count, await channel.MessageCountAsync(Stream));
            var readers = new List<Task>
            {
                AssertReadAsync(connection, "first", 0, Count), AssertReadAsync(connection, "first", 0, Count), AssertReadAsync(connection, 1234, 1234, Count + 100),
            };
            await PublishAsync(channel, Count, 100);
            await Task.WhenAll(readers);
        }
    }

    private static async Task AssertReadAsync(IConnection connection, object offset, int first, int end)
    {
        var reader = await StreamReader.StartAsync(connection, Stream, offset, prefetch: 50);
        await reader.AssertNumbersAsync(first, end);
    }

    private static async Task<IConnection> ConnectAsync(BrokerProcess broker) => await new ConnectionFactory
    {
        HostName = broker.Endpoint.Host,
        Port = broker.Endpoint.Port,
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync();

    private static async Task<IChannel> DeclareAsync(IConnection connection)
    {
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync(
            Stream, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "stream" });
        return channel;
    }

    private static async Task PublishAsync(IChannel channel, int first, int count)
    {
        var confirmed = new List<Task>();
        for (var i = first; i < first + count; i++)
        {
            var body = new byte[BodySize];
            BitConverter.TryWriteBytes(body, i);
            confirmed.Add(channel.BasicPublishAsync("", Stream, body).AsTask());
        }

        await Task.WhenAll(confirmed);
    }
}
