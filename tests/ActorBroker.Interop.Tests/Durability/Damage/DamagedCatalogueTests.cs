using System.Diagnostics;
using ActorBroker.Interop.Tests.Durability.Files;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Interop.Tests.Wire;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability.Damage;

/// <summary>The broker starts on a store that does not say any more what the names of a virtual host are.</summary>
[Collection(KilledBroker.Name)]
public sealed class DamagedCatalogueTests : StoreTest
{
    [OwnBrokerFact]
    public async Task A_virtual_host_without_its_catalogue_is_refused_at_once_and_has_its_names_again_after_a_repair()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.QueueDeclareAsync("named-queue", durable: true, exclusive: false, autoDelete: false);
            await channel.ExchangeDeclareAsync("named-exchange", ExchangeType.Direct, durable: true);
            await channel.QueueDeclareAsync("gone", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueDeleteAsync("gone");
            await channel.QueueBindAsync("named-queue", "named-exchange", "key");
            await PublishAsync(channel, "named-queue", "message-one");
        });
        await broker.StopAsync();
        new StoredJournal(broker.DataFolder).FlipCatalogueBit("named-queue"u8.ToArray());

        await broker.StartAgainAsync();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var asked = Stopwatch.StartNew();
            await using var connection = await RawConnection.TuneAsync(broker.Endpoint);
            await connection.SendTuneOkAsync(10, 131072, 0);
            await connection.SendOpenAsync();
            var refused = await connection.ExpectConnectionCloseAsync();
            Assert.True(asked.Elapsed < TimeSpan.FromSeconds(5), $"refused after {asked.Elapsed}");
            Assert.Equal(541, refused.Code);
            Assert.StartsWith(
                "INTERNAL_ERROR - access to vhost '/' refused for user 'guest': vhost '/' is down: the catalogue of vhost '/' is not served: its journal is damaged",
                refused.Text, StringComparison.Ordinal);
        }

        await broker.StopAsync();
        var (exitCode, report) = await ServerCommand.RunAsync("verify", "--data", broker.DataFolder, "--repair");
        Assert.True(exitCode == 0, report);
        Assert.Contains("named again: ", report, StringComparison.Ordinal);
        await broker.StartAgainAsync();
        await UseAsync(broker, async channel =>
        {
            await channel.BasicPublishAsync("named-exchange", "key", mandatory: true, new BasicProperties { Persistent = true }, "message-two"u8.ToArray());
            await PublishAsync(channel, "named-queue", "message-three");
            Assert.Equal(["message-one", "message-two", "message-three"], await DrainAsync(channel, "named-queue"));
        });
        await UseAsync(broker, async channel =>
        {
            var absent = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync("gone"));
            Assert.Equal((ushort)404, absent.ShutdownReason!.ReplyCode);
        });
    }
}
