using System.Globalization;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Durability.Damage;

/// <summary>A backup of a broker that is being published to.</summary>
[Collection(KilledBroker.Name)]
public sealed class BackupTests(ITestOutputHelper output) : StoreTest
{
    private const int ConfirmedAtLeast = 2_000;

    [OwnBrokerFact]
    public async Task What_was_confirmed_before_a_backup_began_is_in_the_restored_broker()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var backup = Directory.CreateTempSubdirectory("actorbroker-backup-");
        await using var restored = await BrokerProcess.StartAsync();
        try
        {
            await UseAsync(broker, channel => channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false));
            ulong[] before;
            await using (var connection = await ConnectAsync(broker))
            await using (var publisher = await ConfirmedPublisher.OpenAsync(connection, window: 500))
            {
                using var stop = new CancellationTokenSource();
                var publishing = PublishUntilAsync(publisher, stop.Token);
                while (publisher.Confirmed.Count < ConfirmedAtLeast)
                {
                    await Task.Yield();
                }

                before = [.. publisher.Confirmed];
                var (made, report) = await ServerCommand.RunAsync("backup", "--data", broker.DataFolder, "--to", backup.FullName);
                Assert.True(made == 0, report);
                await stop.CancelAsync();
                await publishing;
                output.WriteLine($"{before.Length} confirmed before, {publisher.Confirmed.Count} after");
            }

            await restored.StopAsync();
            Assert.Equal(1, (await ServerCommand.RunAsync("restore", "--from", backup.FullName, "--data", restored.DataFolder)).ExitCode);
            foreach (var file in Directory.GetFiles(restored.DataFolder))
            {
                File.Delete(file);
            }

            var (done, text) = await ServerCommand.RunAsync("restore", "--from", backup.FullName, "--data", restored.DataFolder);
            Assert.True(done == 0, text);
            await restored.StartAgainAsync();
            await UseAsync(restored, async channel =>
            {
                var found = (await DrainAsync(channel, "q")).Select(static body => ulong.Parse(body, CultureInfo.InvariantCulture)).ToList();
                Assert.Empty(before.Except(found));
                Assert.Equal(Enumerable.Range(1, found.Count).Select(static number => (ulong)number), found);
            });
        }
        finally
        {
            backup.Delete(recursive: true);
        }
    }

    private static async Task PublishUntilAsync(ConfirmedPublisher publisher, CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            await publisher.PublishAsync(
                string.Empty, "q", System.Text.Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), persistent: true);
        }

        await publisher.AllConfirmedAsync();
    }
}
