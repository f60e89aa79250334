using System.Diagnostics;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>The short form of <c>tests/space.sh</c>.</summary>
[Collection(KilledBroker.Name)]
public sealed class SpaceTests
{
    private const string Queue = "passing";
    private const int Messages = 2400;
    private const long Mebibyte = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly byte[] Body = new byte[10_000];

    [OwnBrokerFact]
    public async Task What_is_consumed_leaves_the_data_folder_while_the_broker_runs()
    {
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.journal.shrink-after=1s",
            "actorbroker.journal.keep-free=1MiB",
            "actorbroker.queue.snapshot-after-bytes=2MiB",
            "actorbroker.queue.trim-after-bytes=2MiB");
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        await using (var publisher = await ConfirmedPublisher.OpenAsync(connection, window: 500))
        {
            for (var i = 0; i < Messages; i++)
            {
                await publisher.PublishAsync("", Queue, Body, persistent: true);
            }

            await publisher.AllConfirmedAsync();
        }

        Assert.True(FolderSize(broker.DataFolder) > Messages * Body.Length);

        for (var i = 0; i < Messages; i++)
        {
            var message = await channel.BasicGetAsync(Queue, autoAck: false);
            await channel.BasicAckAsync(message!.DeliveryTag, multiple: false);
        }

        var waited = Stopwatch.StartNew();
        while (FolderSize(broker.DataFolder) > 6 * Mebibyte)
        {
            Assert.True(waited.Elapsed < Patience, $"the folder holds {FolderSize(broker.DataFolder)} bytes; {broker.Output()}");
            await Task.Delay(200);
        }
    }

    private static long FolderSize(string folder) => new DirectoryInfo(folder).EnumerateFiles().Sum(static file => file.Length);
}
