using System.Globalization;
using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Durability.Files;

/// <summary>A broker starts on a write-ahead log that has lost its end.</summary>
[Collection(KilledBroker.Name)]
public sealed class LogFaultTests(ITestOutputHelper output)
{
    private const string First = "first";
    private const string Second = "second";

    [OwnBrokerFact]
    public async Task A_write_ahead_log_that_was_cut_anywhere_leaves_what_was_committed_before()
    {
        const int Messages = 60;
        var cuts = LongForm.Or(100, 4);
        var random = new Random(LongForm.IsAsked ? Random.Shared.Next() : 1);

        // Nothing is copied out of the log meanwhile: what it held before would be in the file after all.
        await using var broker = await BrokerProcess.StartAsync(
            "actorbroker.journal.checkpoint-after=1GiB", "actorbroker.journal.wal-limit=2GiB");
        await UseAsync(broker, async channel =>
        {
            await DeclareAsync(channel, First);
            await DeclareAsync(channel, Second);
            for (var i = 0; i < Messages; i++)
            {
                await PublishAsync(channel, First, i);
                await PublishAsync(channel, Second, i);
            }
        });
        await broker.KillAsync();
        var store = new StoredJournal(broker.DataFolder);
        var copy = Directory.CreateTempSubdirectory("actorbroker-interop-");
        try
        {
            store.CopyTo(copy.FullName);
            for (var cut = 0; cut < cuts; cut++)
            {
                store.CopyFrom(copy.FullName);
                long left;
                await using (var log = File.OpenWrite(store.LogPath))
                {
                    left = cut == 0 ? log.Length - 1 : random.NextInt64(log.Length);
                    log.SetLength(left);
                }

                await broker.StartAgainAsync();
                var counts = new List<int>();
                await UseAsync(broker, async channel =>
                {
                    foreach (var queue in new[] { First, Second })
                    {
                        await DeclareAsync(channel, queue);
                        var kept = await DrainAsync(channel, queue);
                        Assert.Equal(Enumerable.Range(0, kept.Count), kept);
                        counts.Add(kept.Count);
                        await PublishAsync(channel, queue, Messages);
                        Assert.Equal([Messages], await DrainAsync(channel, queue));
                    }
                });
                output.WriteLine($"{left} octets left of the log: {string.Join(" and ", counts)} messages");
                Assert.InRange(counts[0] - counts[1], 0, 1);
                Assert.True(cut > 0 || counts[0] >= Messages - 1, "the last octet was cut, and more than the last message is gone");
                await broker.KillAsync();
            }
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);

    private static Task PublishAsync(IChannel channel, string queue, int number) => channel.BasicPublishAsync(
        "", queue, false, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))).AsTask();

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
