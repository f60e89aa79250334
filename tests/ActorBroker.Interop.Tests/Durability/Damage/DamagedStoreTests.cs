using ActorBroker.Interop.Tests.Durability.Files;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Damage;

/// <summary>A broker starts on a store in which a bit has changed, and a stopped one's store is verified and repaired.</summary>
[Collection(KilledBroker.Name)]
public sealed class DamagedStoreTests : StoreTest
{
    [OwnBrokerFact]
    public async Task A_flipped_bit_in_a_batch_costs_its_messages_and_is_reported()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclareAsync("damaged", durable: true, exclusive: false, autoDelete: false);
            await PublishAsync(channel, "damaged", "message-one", "message-two", "message-three");
            await channel.QueueDeclareAsync("whole", durable: true, exclusive: false, autoDelete: false);
            await PublishAsync(channel, "whole", "message-four");
        });
        await broker.StopAsync();
        new StoredJournal(broker.DataFolder).FlipBit("damaged", "message-two"u8.ToArray());
        var (verified, report) = await ServerCommand.RunAsync("verify", "--data", broker.DataFolder);
        Assert.Equal(3, verified);
        Assert.Contains("DAMAGED: queue/%2F:damaged 3:", report, StringComparison.Ordinal);

        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            Assert.Equal(["message-one", "message-three"], await DrainAsync(channel, "damaged"));
            Assert.Equal(["message-four"], await DrainAsync(channel, "whole"));
            await PublishAsync(channel, "damaged", "message-five");
        });
        Assert.Contains(
            "queue/%2F:damaged: journal damage: 1 messages of queue 'damaged' in vhost '/' are lost with event 3 with positions 1 to 1",
            broker.Output(), StringComparison.Ordinal);
        await broker.StopAsync();

        var (repaired, done) = await ServerCommand.RunAsync("verify", "--data", broker.DataFolder, "--repair", "--json");
        Assert.Equal(0, repaired);
        Assert.Contains("\"inQuarantine\": 1", done, StringComparison.Ordinal);
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel => Assert.Equal(["message-five"], await DrainAsync(channel, "damaged")));
    }

    [OwnBrokerFact]
    public async Task A_queue_whose_definition_is_damaged_is_refused_until_the_store_is_repaired()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            var arguments = new Dictionary<string, object?> { ["x-dead-letter-exchange"] = "nowhere-in-particular" };
            await channel.QueueDeclareAsync("damaged", durable: true, exclusive: false, autoDelete: false, arguments);
            await PublishAsync(channel, "damaged", "message-one");
            await channel.QueueDeclareAsync("whole", durable: true, exclusive: false, autoDelete: false);
            await PublishAsync(channel, "whole", "message-two");
        });
        await broker.StopAsync();
        new StoredJournal(broker.DataFolder).FlipBit("damaged", "nowhere-in-particular"u8.ToArray());

        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            await Assert.ThrowsAsync<PublishException>(() => PublishAsync(channel, "damaged", "message-three"));
            Assert.Equal(["message-two"], await DrainAsync(channel, "whole"));
            var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync("damaged"));
            Assert.Equal((ushort)404, refused.ShutdownReason!.ReplyCode);
            Assert.Contains("queue 'damaged' in vhost '/' is not served: its journal is damaged", refused.Message, StringComparison.Ordinal);
        });
        await broker.StopAsync();

        Assert.Equal(0, (await ServerCommand.RunAsync("verify", "--data", broker.DataFolder, "--repair")).ExitCode);
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclareAsync("damaged", durable: true, exclusive: false, autoDelete: false);
            Assert.Empty(await DrainAsync(channel, "damaged"));
        });
    }

    [OwnBrokerFact]
    public async Task A_file_that_SQLite_cannot_read_whole_is_saved_row_by_row()
    {
        const int Messages = 60;
        await using var broker = await BrokerProcess.StartAsync("actorbroker.journal.page-size=4KiB");
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
            await PublishAsync(channel, "q", [.. Enumerable.Range(0, Messages).Select(static i => $"{i:000}{new string('x', 1_000)}")]);
        });
        await broker.StopAsync();
        await using (var file = File.OpenWrite(Path.Combine(broker.DataFolder, "journal.db")))
        {
            // A page of rows in the middle of the file.
            file.Position = file.Length / 4096 / 2 * 4096;
            file.Write(new byte[4096]);
        }

        Assert.Equal(3, (await ServerCommand.RunAsync("verify", "--data", broker.DataFolder)).ExitCode);
        var (repaired, report) = await ServerCommand.RunAsync("verify", "--data", broker.DataFolder, "--repair");
        Assert.True(repaired == 0, report);
        Assert.Contains("the damaged file is", report, StringComparison.Ordinal);
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            var left = await DrainAsync(channel, "q");
            Assert.InRange(left.Count, Messages / 2, Messages);
            Assert.Equal(left.Order(StringComparer.Ordinal), left);
        });
    }

    [OwnBrokerFact]
    public async Task A_running_broker_is_not_verified()
    {
        await using var broker = await BrokerProcess.StartAsync();

        var (exitCode, output) = await ServerCommand.RunAsync("verify", "--data", broker.DataFolder);

        Assert.Equal(1, exitCode);
        Assert.Contains("is in use by another process", output, StringComparison.Ordinal);
    }
}
